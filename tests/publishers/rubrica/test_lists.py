"""Articles by goal, body, month and Lab; what was put right; the search's pieces."""

import json
from pathlib import Path

import pytest

from publishers.rubrica import site as sites
from publishers.rubrica.site import PAGE
from tests.publishers.rubrica.newsroom import (
    call,
    column,
    files,
    page,
    piece,
    publish,
    retract,
    visible,
)

ORTO = "notizie/un-orto-per-tutti-1"


def test_an_article_is_found_by_its_goals_its_body_its_month_and_its_lab(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    told = piece(organisation="Pro Loco Tirano", lab="Idee in Comune", lab_slug="idee-2026")
    publish(rubrica, told)
    places = ("obiettivi/11", "enti/pro-loco-tirano", "enti/tirano-so", "archivio/2026-11",
              "laboratori/idee-2026")  # fmt: skip
    for path in places:
        assert f"/{ORTO}/" in page(rubrica, path), path
        assert f'href="/{path}/"' in page(rubrica, ORTO), path
    assert ORTO not in page(rubrica, "obiettivi/4")
    for kind, name in (
        ("enti", "Tirano (SO)"), ("archivio", "Novembre 2026"), ("laboratori", "Idee in Comune"),
    ):  # fmt: skip
        assert name in visible(page(rubrica, kind))


def test_a_municipality_that_tells_of_itself_has_one_page(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    standing = sorted(one.name for one in (rubrica.site / "enti").iterdir())
    assert standing == ["index.html", "tirano-so"]


def test_a_goal_stands_even_when_nothing_serves_it_and_search_engines_pass_by(
    tmp_path: Path,
) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    assert "Sconfiggere la fame" in visible(page(rubrica, "obiettivi"))
    assert "noindex" in page(rubrica, "obiettivi/2")


def test_a_page_whose_last_article_goes_goes_with_it(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    gone = piece(municipality="Segreto", organisation="Segreto", lab="Segreto", lab_slug="segreto")
    publish(rubrica, gone)
    publish(rubrica, piece(2))
    assert (rubrica.site / "enti/segreto-so/index.html").exists()
    retract(rubrica, gone)
    left = files(rubrica.site)
    assert not [path for path in left if "segreto" in path]
    assert not [path for path, data in left.items() if b"egreto" in data]
    assert list(rubrica.flaws()) == []


def test_many_bodies_are_looked_for_by_their_initial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "LISTED", 2)
    rubrica = column(tmp_path)
    for number, town in enumerate(("Lodi", "Tirano", "Lecco"), 1):
        publish(rubrica, piece(number, municipality=town, organisation=f"Comune di {town}"))
    assert "Lodi" not in visible(page(rubrica, "enti"))
    assert 'href="/enti/iniziale/l/"' in page(rubrica, "enti")
    assert "Lecco (SO) Lodi (SO)" in visible(page(rubrica, "enti/iniziale/l"))
    retract(rubrica, piece(2))
    assert "Lodi (SO)" in visible(page(rubrica, "enti"))
    assert not (rubrica.site / "enti/iniziale/t").exists()


def test_what_was_put_right_is_said_with_its_day(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    publish(rubrica, piece(version=2, title="A", correction="Il giorno era un altro."), days=1)
    publish(rubrica, piece(version=3, title="B", correction="Il nome <b>giusto</b>."), days=2)
    told = visible(page(rubrica, ORTO))
    assert "Aggiornato il 23 novembre 2026 : Il giorno era un altro." in told
    assert "Aggiornato il 24 novembre 2026 : Il nome &lt;b&gt;giusto&lt;/b&gt;." in told
    said = page(rubrica, ORTO)
    assert (
        '"correction":[{"@type":"CorrectionComment","text":"Il giorno era un altro.",'
        '"datePublished":"2026-11-23T' in said
    )


def test_a_lasting_list_has_feeds_and_a_long_one_has_pages(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in range(1, 2 * PAGE + 2):
        publish(rubrica, piece(number, sdgs=(4,)))
    assert 'href="/obiettivi/4/pagina/1/" rel="next"' in page(rubrica, "obiettivi/4")
    feed = json.loads((rubrica.site / "obiettivi/4/feed.json").read_text())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 20
    assert feed["items"][0]["url"].startswith("https://rubrica.example/notizie/")


def test_the_search_reads_what_stands_from_the_newest(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in (1, 2, 3):
        publish(rubrica, piece(number, title=f"Pezzo {number}"))
    retract(rubrica, piece(2))
    told = json.loads((rubrica.site / "cerca/1.json").read_text())
    assert [one[1] for one in told] == ["Pezzo 3", "Pezzo 1"]
    assert told[0][0] == "/notizie/un-orto-per-tutti-3/"
    assert 'data-parts="1"' in page(rubrica, "cerca")
    assert "<noscript>" in page(rubrica, "cerca")


def test_a_post_that_was_frozen_before_there_were_lists_is_still_shown(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    post = rubrica.render(piece())
    kept = ("article_id", "version", "section", "slug", "municipality")
    old = post.model_copy(update={"facts": {name: post.facts[name] for name in kept}})
    rubrica.publish(old, call())
    assert f"/{ORTO}/" in page(rubrica, "enti/tirano")


def test_what_a_crash_left_without_a_page_is_named_by_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    rubrica = column(tmp_path)
    rubrica.prepare()
    publish(rubrica, piece())
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(sites.Site, "show", crash)
        publish(column(tmp_path), piece(2, municipality="Lodi", organisation="Comune di Lodi"))
    begun = column(tmp_path)
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(sites.Site, "complete", crash)
        begun.prepare()

    assert "Lodi" not in page(begun, "enti")
    begun.prepare()
    assert "Lodi" in page(begun, "enti")
    assert (begun.site / "enti/lodi-so/index.html").exists()
