"""The pages themselves: valid, light, safe with any words, and feeds that readers can read."""

import calendar
import gzip
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from PIL import Image

from content.posts import Section
from publishers.rubrica.site import PAGE
from tests.nu import complaints
from tests.publishers.rubrica.newsroom import (
    MORNING,
    URL,
    column,
    files,
    page,
    photograph,
    piece,
    publish,
    retract,
    structured,
)

HOSTILE = [
    "Parola " * 43,
    "P" * 300,
    'Il «nuovo» "orto" dell\'asilo & <altro>',
    "Festa 👩‍👩‍👧‍👦🇮🇹 in piazza 🎉",
    "حديقة للجميع في المدينة",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> &amp; <![CDATA[",
    "{{ 7 * 7 }} {% raw %}",
    "riga\u2028altra\x00\x0b riga\u202egirata",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_is_shown_as_it_is(tmp_path: Path, title: str) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(title=title, lead=title, organisation=title, municipality=title))
    shown = rubrica.render(piece(title=title)).title
    told = page(rubrica, "notizie/un-orto-per-tutti-1")
    assert "<script>alert" not in told
    assert len(re.findall(r"<script", told)) == 1
    assert structured(told, "NewsArticle")["headline"] == shown
    feed = feedparser.parse((rubrica.site / "feed.xml").read_bytes())
    assert not feed.bozo
    assert ET.fromstring((rubrica.site / "feed.xml").read_bytes())[6][1].text == shown  # noqa: S314


def test_every_kind_of_page_is_valid_html(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    empty = tmp_path / "empty.html"
    empty.write_bytes((rubrica.site / "index.html").read_bytes())
    text = "# Uno\n\n### Due\n\n- a\n- b\n\n> detto\n\n1. c\n\n---\n\n```\ncodice\n```\n\nhttps://a.example/è"
    for number, title in enumerate(HOSTILE, 1):
        media = (photograph(tmp_path, "navy", alt=title), photograph(tmp_path, width=300))
        told = piece(
            number, title=title, lead=title, organisation=title, author=title, text=text,
            media=media, sdgs=(1, 17), ai_model="m", link="https://a.example/?a=1&b=è",
            section=list(Section)[number % 4],
        )  # fmt: skip
        publish(rubrica, told)
    for number in range(20, 20 + 2 * PAGE + 3):
        publish(rubrica, piece(number))
    publish(rubrica, piece(20, section=Section.ARTICLES))
    publish(rubrica, piece(21, title="Corretto"), days=1)
    retract(rubrica, piece(22))
    kinds = {".html", ".css", ".svg"}
    pages = [file for file in rubrica.site.rglob("*") if file.suffix in kinds]
    assert complaints([*pages, empty]) == []


def test_an_article_weighs_little_before_its_pictures(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(
        rubrica, piece(text="Parola **parola** *parola*. " * 300, media=(photograph(tmp_path),))
    )
    site = files(rubrica.site)
    told = gzip.compress(site["notizie/un-orto-per-tutti-1/index.html"])
    (style,) = [gzip.compress(data) for path, data in site.items() if path.endswith(".css")]
    fonts = sum(len(data) for path, data in site.items() if path.endswith(".woff2"))
    assert len(told) + len(style) + fonts <= 100 * 1024


def test_pages_run_only_the_search_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(media=(photograph(tmp_path),)))
    for path, data in files(rubrica.site).items():
        if not path.endswith((".html", ".css", ".svg")):
            continue
        told = data.decode()
        assert not re.search(r"\sstyle=|<style|\son\w+=", told), path
        scripts = re.findall(r"<script(?! type=\"application/ld\+json\")[^>]*>", told)
        own = r'<script type="module" src="/static/search-[0-9a-f]{10}.js">'
        assert [
            one for one in scripts if path != "cerca/index.html" or not re.match(own, one)
        ] == []
        assert not re.findall(r"(?:src|srcset)=\"(?!/media/|/static/)", told), path
        assert not re.findall(r"url\(\"?(?!fonts/|\")", told.replace('url("fonts', "")), path
        links = re.findall(r'<link rel="(?:preload|stylesheet|icon)" href="([^"]*)"', told)
        assert all(link.startswith("/static/") for link in links), path


def test_every_address_in_the_pages_leads_somewhere(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    for number in range(1, 2 * PAGE + 4):
        publish(rubrica, piece(number, media=(photograph(tmp_path),)))
    publish(rubrica, piece(5, section=Section.ARTICLES))
    retract(rubrica, piece(6))
    site = files(rubrica.site)
    for path, data in site.items():
        if path.endswith(".html"):
            for address in re.findall(r'(?:href|src)="/([^"#]*)"', data.decode()):
                file = address + "index.html" if address == "" or address[-1] == "/" else address
                assert file in site, (path, address)


def test_the_feed_tells_the_whole_article_with_addresses_that_hold_anywhere(
    tmp_path: Path,
) -> None:
    rubrica = column(tmp_path)
    medium = photograph(tmp_path)
    publish(rubrica, piece(1, media=(medium,)))
    publish(
        rubrica, piece(2, title="Secondo", lead='Dice <img src="/media/x" srcset="a" sizes="b">')
    )
    publish(rubrica, piece(1, media=(medium,), title="Primo"), days=1)
    feed = feedparser.parse((rubrica.site / "feed.xml").read_bytes())
    assert not feed.bozo
    assert feed.feed.id == f"{URL}/"
    second, first = feed.entries
    assert (first.title, second.title) == ("Primo", "Secondo")
    assert first.link == f"{URL}/notizie/un-orto-per-tutti-1/"
    assert calendar.timegm(first.published_parsed) == MORNING.timestamp()
    assert calendar.timegm(first.updated_parsed) == (MORNING + timedelta(days=1)).timestamp()
    assert f'src="{URL}/media/{medium.file_name}"' in first.content[0].value
    assert "srcset" not in first.content[0].value
    assert "srcset" in second.summary


def test_a_feed_entry_keeps_its_name_when_the_article_moves(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    ids = set()
    for days, section in enumerate((Section.NEWS, Section.ARTICLES)):
        publish(rubrica, piece(section=section), days=days)
        ids.add(feedparser.parse((rubrica.site / "feed.xml").read_bytes()).entries[0].id)
    assert len(ids) == 1


def test_the_site_map_names_every_article_that_stands(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in (1, 2, 3):
        publish(rubrica, piece(number))
    retract(rubrica, piece(2))
    index = ET.fromstring((rubrica.site / "sitemap.xml").read_bytes())  # noqa: S314
    assert [part[0].text for part in index] == [f"{URL}/sitemap-1.xml"]
    part = ET.fromstring((rubrica.site / "sitemap-1.xml").read_bytes())  # noqa: S314
    named = [url[0].text for url in part]
    assert f"{URL}/notizie/un-orto-per-tutti-1/" in named
    assert f"{URL}/notizie/un-orto-per-tutti-2/" not in named
    assert f"{URL}/accessibilita/" in named
    assert f"Sitemap: {URL}/sitemap.xml" in (rubrica.site / "robots.txt").read_text()


def test_the_preview_is_the_page_that_goes_out(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    told = piece(media=(photograph(tmp_path),))
    before = rubrica.preview(rubrica.render(told), MORNING)
    publish(rubrica, told)
    assert page(rubrica, "notizie/un-orto-per-tutti-1") == before


def test_who_shares_an_article_shows_its_title_its_picture_and_its_section(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(media=(photograph(tmp_path, alt="L’orto"),)))
    told = page(rubrica, "notizie/un-orto-per-tutti-1")
    for line in (
        '<meta property="og:type" content="article">',
        '<meta property="og:title" content="Un orto per tutti">',
        '<meta property="og:image:width" content="1200">',
        '<meta property="og:image:height" content="630">',
        '<meta property="og:image:alt" content="Un orto per tutti">',
        '<meta name="twitter:card" content="summary_large_image">',
        f'<link rel="canonical" href="{URL}/notizie/un-orto-per-tutti-1/">',
    ):
        assert line in told
    (address,) = re.findall(r'<meta property="og:image" content="([^"]*)">', told)
    drawn = rubrica.site / address.removeprefix(f"{URL}/")
    with Image.open(drawn) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
