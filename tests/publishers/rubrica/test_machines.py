"""What machines read: structured data, site maps, servers' settings; what leaves in a ZIP."""

import io
import json
import os
import shutil
import socket
import subprocess
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image

from content.goals import GOALS
from content.media import keep
from content.posts import Section
from publishers.rubrica import films, shadows, share
from publishers.rubrica.checking import Flaw
from tests import files as samples
from tests.publishers.rubrica.newsroom import (
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
from tests.requirements import need

ORTO = "notizie/un-orto-per-tutti-1"
GOOGLE = {
    "NewsArticle": {"author", "dateModified", "datePublished", "headline", "image"},
    "VideoObject": {
        "name", "thumbnailUrl", "uploadDate", "contentUrl", "description", "duration",
    },
    "BreadcrumbList": {"itemListElement"},
}  # fmt: skip
"""What Google requires and recommends, but for what no article of ours has (live broadcasts,
clips, regions): https://developers.google.com/search/docs/appearance/structured-data"""


def test_search_engines_read_all_that_they_ask_for(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    film = keep(tmp_path / "media", samples.film())
    publish(rubrica, piece(media=(photograph(tmp_path), film)))
    told = page(rubrica, ORTO)
    for kind, names in GOOGLE.items():
        assert names <= structured(told, kind).keys(), kind
    article = structured(told, "NewsArticle")
    assert article["author"][0]["url"] == f"{URL}/enti/tirano-so/"
    steps = structured(told, "BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3]
    assert all({"name", "item"} <= step.keys() for step in steps)
    video = structured(told, "VideoObject")
    assert video["duration"] == "PT2S"
    assert (rubrica.site / video["contentUrl"].removeprefix(f"{URL}/")).exists()
    assert (rubrica.site / video["thumbnailUrl"][0].removeprefix(f"{URL}/")).exists()


def test_a_film_on_youtube_is_a_link_until_somebody_starts_it(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(link="https://youtu.be/dQw4w9WgXcQ?t=3"))
    told = page(rubrica, ORTO)
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in told
    assert "<iframe" not in told
    assert structured(told, "VideoObject")["embedUrl"].endswith("/embed/dQw4w9WgXcQ")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1s", "dQw4w9WgXcQ"),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?v=<script>", None),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://www.youtube.com/@canale", None),
        ("https://[", None),
        (None, None),
    ],
)
def test_films_are_known_by_their_address(address: str | None, name: str | None) -> None:
    found = films.film(address)
    assert (found.id if found else None) == name


def test_the_news_of_two_days_have_a_site_map(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number, days in ((1, 0), (2, 5), (3, 6)):
        publish(rubrica, piece(number), days=days)
    told = ET.fromstring((rubrica.site / "sitemap-news.xml").read_bytes())  # noqa: S314
    assert [url[0].text for url in told] == [
        f"{URL}/notizie/un-orto-per-tutti-3/", f"{URL}/notizie/un-orto-per-tutti-2/",
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["P" * 300, "Parola " * 43, "حديقة 🎉", "", "</script>"])
def test_any_title_can_be_drawn_and_the_same_is_drawn_the_same(title: str) -> None:
    shared = share.Shared(title, "Notizia", "Laboratori", "Comune di Tirano", (1, 17))
    assert share.draw(shared) == share.draw(shared)


def test_a_drawing_has_the_colours_it_is_meant_to_have() -> None:
    shared = share.Shared("Un orto", "Notizia", "Laboratori", "Comune di Tirano", (4, 11))
    drawn = Image.open(io.BytesIO(share.draw(shared))).convert("RGB")
    data = drawn.tobytes()
    shown = {f"#{bytes(data[at : at + 3]).hex()}" for at in range(0, len(data), 3)}
    chips = {goal.colour.lower() for goal in GOALS if goal.number in shared.goals}
    assert {"#ffffff", "#17212b", "#0066cc", *chips} <= shown
    assert drawn.getpixel((1, share.HEIGHT - 1)) == (255, 255, 255)


def test_a_new_title_leaves_no_image_of_the_old_one(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    publish(rubrica, piece(version=2, title="Altro"), days=1)
    assert len([path for path in files(rubrica.site) if path.endswith("-share.png")]) == 1
    retract(rubrica, piece(), days=2)
    assert not [path for path in files(rubrica.site) if path.endswith("-share.png")]


def test_a_site_that_is_whole_has_no_flaws_and_a_broken_one_has_each(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    publish(rubrica, piece(media=(photograph(tmp_path, alt="L’orto"),)))
    publish(rubrica, piece(2))
    publish(rubrica, piece(2, section=Section.ARTICLES), days=1)
    rubrica.finish()
    assert list(rubrica.flaws()) == []

    (rubrica.site / "privacy/index.html").unlink()
    (rubrica.site / "media/vecchia.jpg").write_bytes(b"")
    about = rubrica.site / "note-legali/index.html"
    about.write_text(about.read_text().replace("</h1>", '</h1><img src="/media/vecchia.png">'))
    found = set(rubrica.flaws())
    assert Flaw("link", "index.html", "/privacy/") in found
    assert Flaw("alt", "note-legali/index.html", "/media/vecchia.png") in found
    assert Flaw("orphan", "media/vecchia.jpg", "media/vecchia.jpg") in found


def test_compressed_copies_are_made_again_when_their_file_is_newer(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    publish(rubrica, piece())
    rubrica.finish()
    assert shadows.wanting(rubrica.site) == []
    (rubrica.site / "index.html").write_text("nuovo " * 200)
    (rubrica.site / "feed.xml.part").write_text("metà")
    assert shadows.wanting(rubrica.site) == [rubrica.site / "index.html"]
    assert not (rubrica.site / "feed.xml.part").exists()


def test_an_article_leaves_as_clean_html_with_its_pictures(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    medium = photograph(tmp_path, alt="L’orto")
    publish(rubrica, piece(media=(medium,)))
    publish(rubrica, piece(2))
    data, count = rubrica.export([f"{URL}/{ORTO}/"])
    assert count == 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        folder = "un-orto-per-tutti-1"
        (picture,) = [name for name in archive.namelist() if "/file/" in name]
        assert archive.read(picture) == medium.read(tmp_path / "media")
        html = archive.read(f"{folder}/articolo.html").decode()
    assert f'src="{picture.removeprefix(f"{folder}/")}"' in html
    assert 'alt="L’orto"' in html
    assert "srcset" not in html
    assert "class=" not in html
    assert rubrica.export()[1] == 2
    assert rubrica.export(["2"])[1] == 1
    with pytest.raises(LookupError):
        rubrica.export(["notizie/nessuno"])


def moved_and_gone(folder: Path) -> Path:
    rubrica = column(folder)
    rubrica.prepare()
    publish(rubrica, piece(1))
    publish(rubrica, piece(1, section=Section.ARTICLES), days=1)
    publish(rubrica, piece(2))
    retract(rubrica, piece(2))
    rubrica.finish()
    return folder / "site-index"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def reads_as_told(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as reader:
        for _ in range(100):
            try:
                reader.get("/")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        home = reader.get("/", headers={"accept-encoding": "gzip"})
        assert home.headers["content-encoding"] == "gzip"
        assert home.headers["cache-control"] == "public, max-age=60"
        assert "default-src 'none'" in home.headers["content-security-policy"]
        moved = reader.get(f"/{ORTO}/")
        assert (moved.status_code, moved.headers["location"]) == (
            301, "/articoli/un-orto-per-tutti-1/",
        )  # fmt: skip
        gone = reader.get("/notizie/un-orto-per-tutti-2/")
        assert gone.status_code == 410
        assert "ritirato dalla redazione" in gone.text
        assert reader.get("/nulla/").status_code == 404
        assert reader.get("/notizie/un-orto-per-tutti-2/ritirato").status_code == 404


def test_nginx_serves_what_plain_files_cannot_say(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    need(nginx is not None, "nginx (apt-get install nginx)")
    told, port = moved_and_gone(tmp_path), free_port()
    tmp_path.chmod(0o755)
    settings = tmp_path / "nginx.conf"
    settings.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/errors; worker_processes 1;"
        f"user root; events {{}} http {{ include /etc/nginx/mime.types; access_log off;"
        f"include {told}/nginx-http.conf;"
        f"server {{ listen 127.0.0.1:{port}; include {told}/nginx-server.conf; }} }}"
    )
    serving = subprocess.Popen([str(nginx), "-c", str(settings), "-p", str(tmp_path)])
    try:
        reads_as_told(port)
    finally:
        serving.terminate()
        serving.wait()


def test_caddy_serves_what_plain_files_cannot_say(tmp_path: Path) -> None:
    need(shutil.which("caddy") is not None, "Caddy (apt-get install caddy)")
    told, port = moved_and_gone(tmp_path), free_port()
    settings = tmp_path / "Caddyfile"
    settings.write_text(
        f"{{\n\tadmin off\n\tauto_https off\n}}\nhttp://127.0.0.1:{port} {{\n"
        f"\timport {told}/Caddyfile\n}}\n"
    )
    serving = subprocess.Popen(
        ["caddy", "run", "--config", str(settings)],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin"},
        stderr=subprocess.DEVNULL,
    )
    try:
        reads_as_told(port)
    finally:
        serving.terminate()
        serving.wait()


def test_json_feeds_have_what_the_format_requires(tmp_path: Path) -> None:
    """https://www.jsonfeed.org/version/1.1/"""
    rubrica = column(tmp_path)
    publish(rubrica, piece(title='Il "nuovo" </script>'))
    feed = json.loads((rubrica.site / "feed.json").read_text())
    assert feed["title"]
    assert feed["feed_url"] == f"{URL}/feed.json"
    (item,) = feed["items"]
    assert item["id"]
    assert item["content_html"]
    assert item["date_published"] == "2026-11-22T08:30:00Z"
