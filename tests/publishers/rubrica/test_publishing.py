"""An article goes out, is corrected, is retracted; whatever happens on the way, all ends well."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from content.posts import Section
from publishers.base import Action, Rejected, Unavailable
from publishers.rubrica import Rubrica, permalink
from publishers.rubrica.checking import Flaw
from publishers.rubrica.files import write as really_write
from publishers.rubrica.site import PAGE, RETRACTED_MARK
from tests.publishers.rubrica.newsroom import (
    MORNING,
    URL,
    call,
    column,
    files,
    page,
    photograph,
    piece,
    publish,
    retract,
    visible,
)

ORTO = "notizie/un-orto-per-tutti-1"


def test_an_article_is_out_on_its_page_the_home_its_section_the_feed_and_the_map(
    tmp_path: Path,
) -> None:
    rubrica = column(tmp_path)
    done = publish(rubrica, piece())
    assert done.permalink == f"{URL}/{ORTO}/"
    assert done.remote_id == "1"
    told = visible(page(rubrica, ORTO))
    assert told.startswith(
        "Notizie › Laboratori dell&#39;Innovazione Un orto per tutti 22 novembre 2026 A Tirano"
    )
    for path in ("index.html", "notizie/index.html", "feed.xml", "sitemap-1.xml"):
        assert f"/{ORTO}/" in (rubrica.site / path).read_text(), path
    assert ORTO not in page(rubrica, "articoli")


def test_the_date_is_the_day_in_rome(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    late = call()
    late = type(late)(late.key, late.action, late.now, MORNING.replace(day=30, hour=23, minute=30))
    rubrica.publish(rubrica.render(piece()), late)
    assert "1º dicembre 2026" in page(rubrica, ORTO)
    assert 'datetime="2026-11-30T23:30:00Z"' in page(rubrica, ORTO)


def test_publishing_again_changes_nothing(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    before = files(rubrica.site)
    publish(rubrica, piece(), days=3)
    assert files(rubrica.site) == before


def test_a_correction_keeps_the_date_and_says_when_it_was_made(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    changed = rubrica.render(piece(title="Un orto per tutte"))
    for days in (2, 5):
        rubrica.publish(changed, call(Action.EDIT, days))
    told = visible(page(rubrica, ORTO))
    assert "Un orto per tutte 22 novembre 2026 Aggiornato il 24 novembre 2026" in told
    assert "per tutte" in page(rubrica, "")


def test_a_retracted_article_leaves_nothing_of_itself(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    shared, own = photograph(tmp_path, "navy"), photograph(tmp_path, "olive")
    gone = piece(media=(shared, own), title="Segreto", lead="Segreto")
    publish(rubrica, gone)
    publish(rubrica, piece(2, media=(shared,)))
    assert "Segreto" in page(rubrica, "notizie/un-orto-per-tutti-2")
    retract(rubrica, gone)
    assert "ritirato dalla redazione il 23 novembre 2026" in visible(page(rubrica, ORTO))
    left = files(rubrica.site)
    assert not [path for path, data in left.items() if b"Segreto" in data]
    assert not [path for path in left if own.sha256 in path]
    assert len([path for path in left if shared.sha256 in path]) == 3
    assert b"Segreto" not in (tmp_path / "site-index/index.sqlite3").read_bytes()


def test_the_pages_of_a_list_on_which_nothing_stands_go_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubrica = column(tmp_path)
    many = [piece(number) for number in range(1, 2 * PAGE + 2)]
    for one in many:
        publish(rubrica, one)
    town = rubrica.site / "enti/tirano-so"
    first, newest = town / "pagina/1/index.html", town / "index.html"
    assert first.exists()
    unlinked = os.unlink
    halves = []

    def unlink(path: Any, **how: Any) -> None:
        unlinked(path, **how)
        halves.append(first.exists() != newest.exists())

    for one in many:
        monkeypatch.setattr(os, "unlink", unlink)
        retract(rubrica, one)
    assert halves
    assert not any(halves)
    assert not list(rubrica.site.rglob("*tirano*"))


def test_nothing_leads_to_an_article_when_it_is_taken_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(lab="Idee", lab_slug="idee-2026"))
    publish(rubrica, piece(2, municipality="Sondrio"), days=1)
    leading: list[str] = []

    def noted(path: str, data: bytes, *, lasting: bool) -> bool:
        if path.endswith(RETRACTED_MARK):
            others = (
                file for file in rubrica.site.rglob("*.html") if file.parent != rubrica.site / ORTO
            )
            leading.extend(str(one) for one in others if "un-orto-per-tutti-1/" in one.read_text())
        return really_write(path, data, lasting=lasting)

    monkeypatch.setattr("publishers.rubrica.site.write", noted)
    retract(rubrica, piece())
    assert leading == []
    assert not (rubrica.site / "laboratori/idee-2026").exists()


def test_retracting_what_was_never_out_is_no_trouble(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    retract(rubrica, piece())
    assert not (rubrica.site / ORTO).exists()


def test_two_articles_may_have_the_same_title(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    assert publish(rubrica, piece(1)).permalink != publish(rubrica, piece(2)).permalink
    assert page(rubrica, "notizie").count("<h2><a") == 2


def test_an_address_belongs_to_one_article(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(1))
    before = files(rubrica.site)
    with pytest.raises(Rejected, match="altro articolo"):
        publish(rubrica, piece(2, slug="un-orto-per-tutti-1", title="Altro"))
    assert files(rubrica.site) == before


def test_an_article_that_changes_section_leaves_the_way_to_itself(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    publish(rubrica, piece(section=Section.ARTICLES), days=1)
    assert 'content="0; url=/articoli/un-orto-per-tutti-1/"' in page(rubrica, ORTO)
    assert "un-orto" not in page(rubrica, "notizie")
    assert "un-orto" in page(rubrica, "articoli")
    publish(rubrica, piece(), days=2)
    assert "Un orto per tutti" in visible(page(rubrica, ORTO))
    assert "refresh" not in page(rubrica, ORTO)


def test_read_also_names_three_of_the_same_place_before_others(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in (1, 2, 3):
        publish(rubrica, piece(number, title=f"Tirano {number}"))
    publish(rubrica, piece(4, municipality="Lodi", title="Lodi 4"))
    publish(rubrica, piece(5, title="Tirano 5"))
    told = visible(page(rubrica, "notizie/un-orto-per-tutti-5")).split("Leggi anche")[1]
    assert "Tirano 1" in told
    assert "Lodi" not in told
    retract(rubrica, piece(2))
    publish(rubrica, piece(3, title="Tirano corretto"), days=1)
    told = visible(page(rubrica, "notizie/un-orto-per-tutti-5")).split("Leggi anche")[1]
    assert "Tirano 2" not in told
    assert "Tirano corretto" in told


def test_older_articles_move_to_numbered_pages_that_stay(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in range(1, 3 * PAGE + 2):
        publish(rubrica, piece(number, title=f"Pezzo {number}."))
    newest, second, first = (
        page(rubrica, path) for path in ("notizie", "notizie/pagina/2", "notizie/pagina/1")
    )
    assert [text.count("<h2><a") for text in (newest, second, first)] == [PAGE + 1, PAGE, PAGE]
    assert 'href="/notizie/pagina/2/" rel="next"' in newest
    assert 'href="/notizie/" rel="prev"' in second
    assert 'href="/notizie/pagina/1/" rel="next"' in second
    assert 'href="/notizie/pagina/2/" rel="prev"' in first
    assert 'rel="next"' not in first
    shown = newest + second + first
    assert all(f">Pezzo {number}.<" in shown for number in range(1, 3 * PAGE + 2))


def test_a_rebuild_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    rubrica.prepare()
    for number in range(1, 2 * PAGE + 4):
        section = list(Section)[0 if number % 9 else number % 4]
        media = (photograph(tmp_path, f"#{number:06x}"),) if number % 20 == 0 else ()
        town = f"Borgo {number % 7}"
        told = piece(number, section=section, media=media, municipality=town,
                     organisation=f"Ente {number % 11}", sdgs=(number % 17 + 1, 11))  # fmt: skip
        publish(rubrica, told, days=number)
    publish(rubrica, piece(20, title="Corretto", correction="Il giorno era un altro."), days=60)
    publish(rubrica, piece(7, section=Section.DOCUMENTS), days=61)
    retract(rubrica, piece(40), days=62)
    retract(rubrica, piece(7, section=Section.DOCUMENTS), days=63)
    rubrica.finish()
    assert list(rubrica.flaws()) == []
    incremental = files(rubrica.site)
    rubrica.site.rename(tmp_path / "old")
    again = column(tmp_path)
    again.rebuild()
    again.finish()
    rebuilt = files(rubrica.site)
    assert "enti/borgo-3-so/index.html.br" in rebuilt
    assert rebuilt.keys() == incremental.keys()
    assert [path for path in rebuilt if rebuilt[path] != incremental[path]] == []


def test_a_rebuild_writes_every_page_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rubrica = column(tmp_path)
    for number in range(1, 2 * PAGE + 4):
        publish(rubrica, piece(number, sdgs=(11,)), days=number)
    rubrica.site.rename(tmp_path / "old")
    written: list[str] = []

    def noted(path: str, data: bytes, *, lasting: bool) -> bool:
        written.append(path)
        return really_write(path, data, lasting=lasting)

    monkeypatch.setattr("publishers.rubrica.site.write", noted)
    column(tmp_path).rebuild()
    assert written
    assert [path for path in written if written.count(path) > 1] == []


class PowerCutError(BaseException):
    """Not an Exception: nothing may catch it on the way."""


def create(rubrica: Rubrica) -> None:
    publish(rubrica, piece(3, media=(photograph(rubrica.site.parent),)), days=1)


def edit(rubrica: Rubrica) -> None:
    publish(rubrica, piece(1, title="Corretto"), days=1)


def change_place(rubrica: Rubrica) -> None:
    told = piece(1, municipality="Lodi", province="LO", organisation="Biblioteca", sdgs=(4, 5))
    publish(rubrica, told, days=1)


def move(rubrica: Rubrica) -> None:
    publish(rubrica, piece(1, section=Section.ARTICLES), days=1)


def delete(rubrica: Rubrica) -> None:
    retract(rubrica, piece(1))


def begun(folder: Path) -> Rubrica:
    rubrica = column(folder)
    told = piece(1, media=(photograph(folder, "navy"),), lab="Idee", lab_slug="idee-2026")
    publish(rubrica, told)
    publish(rubrica, piece(2, municipality="Sondrio"))
    return rubrica


def cut_short(perform: Callable[[Rubrica], None], rubrica: Rubrica, allowed: int) -> bool:
    """Perform with power for so many changed files alone; tell whether it went out."""
    left = allowed

    def write(path: str, data: bytes, *, lasting: bool = True) -> bool:
        nonlocal left
        if Path(path).exists() and Path(path).read_bytes() == data:
            return False
        if left == 0:
            raise PowerCutError
        left -= 1
        return really_write(path, data, lasting=lasting)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("publishers.rubrica.site.write", write)
        try:
            perform(rubrica)
        except PowerCutError:
            return True
    return False


def links_without_a_page(rubrica: Rubrica) -> list[Flaw]:
    return [flaw for flaw in rubrica.flaws() if flaw.kind == "link"]


@pytest.mark.parametrize("perform", [create, edit, change_place, move, delete])
def test_interrupted_after_any_file_no_link_is_dead_and_performing_again_completes_it(
    tmp_path: Path, perform: Callable[[Rubrica], None]
) -> None:
    whole = begun(tmp_path / "whole")
    perform(whole)
    allowed = 0
    while cut_short(perform, rubrica := begun(tmp_path / str(allowed)), allowed):
        assert links_without_a_page(rubrica) == []
        perform(rubrica)
        assert files(rubrica.site) == files(whole.site)
        allowed += 1
    assert allowed >= 3


def test_what_is_said_to_be_there_can_be_read(tmp_path: Path) -> None:
    whole = begun(tmp_path / "whole")
    create(whole)
    allowed = 0
    while cut_short(create, begun(tmp_path / str(allowed)), allowed):
        after = column(tmp_path / str(allowed))
        told = piece(3, media=(photograph(after.site.parent),))
        found = [proof.permalink for _, proof in after.seek([after.render(told)], MORNING)]
        assert found == [f"{URL}/notizie/un-orto-per-tutti-3/"]
        assert files(after.site) == files(whole.site)
        allowed += 1
    assert allowed >= 3


def test_publications_at_once_wait_for_each_other(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    threads = [
        threading.Thread(target=publish, args=(column(tmp_path), piece(number)))
        for number in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert page(rubrica, "notizie").count("<h2><a") == 8
    before = files(rubrica.site)
    rubrica.rebuild()
    assert files(rubrica.site) == before


def test_a_publication_that_cannot_have_its_turn_is_certainly_not_performed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubrica = column(tmp_path)
    monkeypatch.setattr(Rubrica, "patience", 0.05)
    with rubrica.works.open(), pytest.raises(Unavailable):
        publish(column(tmp_path), piece())


@pytest.mark.parametrize("action", [Action.CREATE, Action.EDIT, Action.DELETE])
def test_a_turn_that_came_too_late_is_not_used(tmp_path: Path, action: Action) -> None:
    """While it waited somebody else may have taken over, and the article have been retracted."""
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    before = files(rubrica.site)
    turns: list[bool] = []

    def in_hand() -> bool:
        with pytest.raises(Timeout):
            FileLock(tmp_path / "site-index" / "lock").acquire(timeout=0)
        turns.append(True)
        return False

    late = replace(call(action, days=1), still_ours=in_hand)
    with pytest.raises(Unavailable):
        rubrica.publish(rubrica.render(piece(title="Altro")), late)

    assert turns
    assert files(rubrica.site) == before


def test_find_knows_exactly_what_is_out(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    post, other = rubrica.render(piece()), rubrica.render(piece(title="Altro"))
    assert rubrica.find(post, MORNING) is None
    done = rubrica.publish(post, call())
    assert rubrica.find(post, MORNING) == done
    assert rubrica.find(other, MORNING) is None
    retract(rubrica, piece())
    assert rubrica.find(post, MORNING) is None


@pytest.mark.parametrize(
    "slug", ["", "../../etc", "a/b", "A", "è", "a--b", "-a", "a-", "a\n", "a" * 121, ".."]
)
def test_a_slug_that_is_none_is_refused_before_anything_is_written(
    tmp_path: Path, slug: str
) -> None:
    with pytest.raises(ValueError, match="not a slug"):
        permalink(URL, "notizie", slug)
    rubrica = column(tmp_path)
    post = rubrica.render(piece())
    bad = post.model_copy(update={"facts": post.facts | {"slug": slug}})
    with pytest.raises(Rejected):
        rubrica.publish(bad, call())
    assert not rubrica.site.exists()


def test_a_section_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="altrove"):
        permalink(URL, "altrove", "a")


def test_a_reply_and_a_lost_picture_are_refused(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    with pytest.raises(Rejected):
        rubrica.publish(rubrica.render(piece()), call(Action.REPLY))
    medium = photograph(tmp_path)
    (tmp_path / "media" / medium.file_name).unlink()
    with pytest.raises(Rejected, match="fotografia"):
        publish(rubrica, piece(media=(medium,)))
    assert "un-orto" not in str(files(rubrica.site).keys())


def test_what_goes_missing_once_the_index_has_the_article_is_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal says that nothing of it is out."""

    def write(path: str, *_: Any, **__: Any) -> bool:
        raise FileNotFoundError(path)

    rubrica = column(tmp_path)
    rubrica.prepare()
    monkeypatch.setattr("publishers.rubrica.site.write", write)
    with pytest.raises(FileNotFoundError):
        publish(rubrica, piece())


def test_the_column_may_live_below_a_path(tmp_path: Path) -> None:
    rubrica = column(tmp_path, "https://comune.example/laboratori/")
    medium = photograph(tmp_path)
    done = publish(rubrica, piece(media=(medium,)))
    assert done.permalink == f"https://comune.example/laboratori/{ORTO}/"
    told = page(rubrica, ORTO)
    assert f'src="/laboratori/media/{medium.file_name}"' in told
    assert f'"https://comune.example/laboratori/media/{medium.file_name}"' in told
    assert 'href="/laboratori/static/rubrica-' in told
    assert 'href="/laboratori/enti/tirano-so/"' in told
    assert '"item":"https://comune.example/laboratori/notizie/"' in told


def test_the_doctor_is_told_whether_it_can_write_and_whom_to_write_to(tmp_path: Path) -> None:
    assert all(finding.well for finding in column(tmp_path).check())
    (tmp_path / "file").write_text("")
    nowhere = Rubrica(Rubrica.Config(site=tmp_path / "file/site"), tmp_path)
    writing, contact = nowhere.check()
    assert not writing.well
    assert writing.mend
    assert contact.well  # nothing stops for it, but the law's contact is asked for
    assert "RUBRICA_EMAIL" in contact.what
