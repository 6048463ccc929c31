"""The shelf of e-books in the column: what readers have is what editions say now."""

import errno
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from content.binding import Book
from content.media import Medium
from publishers import bookshop, ebook
from publishers.bookshop import Bookshop, Kept, Lack
from publishers.ebook import epub, pdf, typesetting
from publishers.rubrica import Rubrica
from publishers.rubrica.site import Site
from publishers.rubrica.works import Busy
from tests import nu
from tests.publishers.ebook import library
from tests.publishers.rubrica import newsroom


@pytest.fixture
def rubrica(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rubrica:
    monkeypatch.setattr(Rubrica, "rest", 3600.0)
    config = Rubrica.Config(site=tmp_path / "site", url="https://column.example/rubrica")
    column = Rubrica(config, tmp_path / "media")
    column.prepare()
    return column


@pytest.fixture
def shop(rubrica: Rubrica, tmp_path: Path) -> Bookshop:
    return Bookshop(rubrica, tmp_path / "media")


def short(*numbers: int) -> Book:
    return library.book([library.piece(n, f"Pezzo {n}", "Testo.") for n in numbers])


def files(rubrica: Rubrica) -> set[str]:
    folder = rubrica.site / "ebook"
    return {path.relative_to(folder).as_posix() for path in folder.glob("*/*") if path.is_file()}


def test_a_book_has_its_page_its_files_and_what_search_engines_read(
    rubrica: Rubrica, shop: Bookshop
) -> None:
    book = short(1, 2)

    shop.keep([book])

    name = book.name
    ends = (f"{name}.epub", f"{name}.pdf", f"{name}-stampa.pdf", "copertina.jpg", "index.html",
            "libro.json")  # fmt: skip
    assert files(rubrica) == {f"{name}/{end}" for end in ends}
    page = rubrica.site / f"ebook/{name}/index.html"
    html = page.read_text()
    assert f'href="/rubrica/ebook/{name}/{name}.epub"' in html
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found
    [data] = json.loads(found[1])
    assert (data["@type"], data["name"]) == ("Book", "Città che cambiano")
    assert len(data["encoding"]) == 3
    assert list(rubrica.flaws()) == []
    assert nu.complaints([page]) == []


def test_a_book_with_its_own_cover_shows_it_with_its_words(
    rubrica: Rubrica, shop: Bookshop, tmp_path: Path
) -> None:
    own = library.picture(
        tmp_path / "media", size=(500, 700), alt="Una piazza", credit="Carla <Neri>"
    )

    shop.keep([short(1).model_copy(update={"cover": own})])

    page = rubrica.site / f"ebook/{short(1).name}/index.html"
    assert 'alt="Copertina: Una piazza" width="500" height="700"' in page.read_text()
    assert "Immagine: Carla &lt;Neri&gt;</figcaption>" in page.read_text()
    assert list(rubrica.flaws()) == []
    assert nu.complaints([page]) == []


def test_the_site_map_names_a_book_as_long_as_it_stands(rubrica: Rubrica, shop: Bookshop) -> None:
    newsroom.publish(rubrica, newsroom.piece(1))

    def named() -> list[str | None]:
        part = ET.fromstring((rubrica.site / "sitemap-1.xml").read_bytes())  # noqa: S314
        return [url[0].text for url in part]

    address = f"https://column.example/rubrica/ebook/{short(1).name}/"
    shop.keep([short(1)])
    assert address in named()
    newsroom.publish(rubrica, newsroom.piece(2))
    assert address in named()
    shop.keep([])
    assert address not in named()


def test_what_did_not_change_is_left_alone(rubrica: Rubrica, shop: Bookshop) -> None:
    book = short(1)
    shop.keep([book])
    made = (rubrica.site / f"ebook/{book.name}/{book.name}.epub").stat().st_mtime_ns

    shop.keep([book])

    assert (rubrica.site / f"ebook/{book.name}/{book.name}.epub").stat().st_mtime_ns == made


def test_a_piece_that_left_is_in_no_file_any_more(rubrica: Rubrica, shop: Bookshop) -> None:
    shop.keep([short(1, 2)])
    before = (rubrica.site / f"ebook/{short(1).name}/{short(1).name}.epub").read_bytes()

    shop.keep([short(1)])

    assert (rubrica.site / f"ebook/{short(1).name}/{short(1).name}.epub").read_bytes() != before
    told = json.loads((rubrica.site / f"ebook/{short(1).name}/libro.json").read_text())
    assert told["articles"] == [1]


def test_what_can_no_longer_be_built_is_taken_away(rubrica: Rubrica, shop: Bookshop) -> None:
    shop.keep([short(1)])
    lost = library.book([library.piece(1, "Uno", "Testo.", media=(Medium(
        sha256="e" * 64, mime="image/jpeg", alt="Perduta"),))])  # fmt: skip

    [kept] = shop.keep([lost])

    assert kept.lack is Lack.PICTURE
    assert files(rubrica) == set()


def names(book: Book, *ends: str) -> set[str]:
    return {f"{book.name}/{end}" for end in (*ends, "copertina.jpg", "index.html", "libro.json")}


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The PDFs that were begun."""
    begun: list[Path] = []
    write = ebook.build_pdf

    def noted(book: Book, path: Path, media_root: Path, **how: bool) -> None:
        begun.append(path)
        write(book, path, media_root, **how)

    monkeypatch.setattr(ebook, "build_pdf", noted)
    return begun


def test_a_pdf_that_is_too_large_leaves_the_epub_and_is_not_tried_again_before_the_book_changes(
    rubrica: Rubrica, shop: Bookshop, attempts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.keep([short(1)])
    book = short(1, 2)
    with monkeypatch.context() as little:
        little.setattr(typesetting, "MEMORY", 96 << 20)
        kept = shop.keep([book])

    assert kept == [Kept(book.edition_id, book.sha256, Lack.PDF_TOO_LARGE)]
    assert files(rubrica) == names(book, f"{book.name}.epub")
    page = (rubrica.site / f"ebook/{book.name}/index.html").read_text()
    assert ".pdf" not in page
    assert "Il PDF per ora non c’è" in page
    assert list(rubrica.flaws()) == []
    attempts.clear()
    assert Bookshop(rubrica, rubrica.site.parent / "media").keep([book]) == kept
    assert shop.keep([book]) == kept
    assert attempts == []

    [kept_now] = shop.keep([short(1, 3)])

    assert kept_now.lack is None
    assert files(rubrica) == names(
        book, f"{book.name}.epub", f"{book.name}.pdf", f"{book.name}-stampa.pdf"
    )
    assert "Il PDF per ora" not in (rubrica.site / f"ebook/{book.name}/index.html").read_text()


def paged(rubrica: Rubrica, book: Book) -> int:
    """How many pages of its PDF the EPUB lists that readers have."""
    with zipfile.ZipFile(rubrica.site / f"ebook/{book.name}/{book.name}.epub") as archive:
        return archive.read("EPUB/nav.xhtml").count(b"#page")


def test_the_epub_tells_the_pages_of_the_pdf_that_stands_beside_it(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = short(1, 2)
    shop.keep([book])
    with pikepdf.open(rubrica.site / f"ebook/{book.name}/{book.name}.pdf") as screen:
        assert paged(rubrica, book) == len(screen.pages)

    with monkeypatch.context() as little:
        little.setattr(typesetting, "MEMORY", 96 << 20)
        shop.keep([short(1)])

    assert paged(rubrica, book) == 0


def test_a_pdf_that_the_compiler_refuses_leaves_the_epub(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_TEMPLATE", rubrica.site.parent / "book.typ")
    (rubrica.site.parent / "book.typ").write_text("#panic()")

    [kept] = shop.keep([short(1)])

    assert kept.lack is Lack.PDF_REFUSED
    assert files(rubrica) == names(short(1), f"{short(1).name}.epub")


def test_a_pdf_for_which_the_disk_has_no_room_is_tried_again_after_a_while(
    rubrica: Rubrica, shop: Bookshop, attempts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = short(1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(typesetting, "typeset", full)
        kept = shop.keep([book])
        assert kept == [Kept(book.edition_id, book.sha256, Lack.PDF_UNWRITTEN)]
        assert files(rubrica) == names(book, f"{book.name}.epub")
        attempts.clear()
        assert [shop.keep([book]) for _ in range(10)] == [kept] * 10
        assert attempts == []

    [kept_now] = shop.keep([book])

    assert kept_now.lack is None
    assert len(attempts) == 2


def test_a_book_for_which_the_disk_has_no_room_is_gone_and_comes_back(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.keep([short(1)])
    book = short(1, 2)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(epub, "write", full)
        [kept] = shop.keep([book])
        assert kept.lack is Lack.UNWRITTEN
        assert files(rubrica) == set()

    assert [shop.keep([book])[0].lack for _ in range(11)] == [Lack.UNWRITTEN] * 10 + [None]


def served(rubrica: Rubrica) -> dict[str, bytes]:
    """What readers can have of e-books: each file by its name, pages aside."""
    names = (one for one in files(rubrica) if one.endswith((".epub", ".pdf", ".jpg")))
    return {name: (rubrica.site / "ebook" / name).read_bytes() for name in names}


def test_while_a_pdf_is_made_readers_have_all_of_the_book_as_it_was(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.keep([short(1)])
    before, seen = served(rubrica), list[dict[str, bytes]]()
    write = ebook.build_pdf

    def looked(book: Book, path: Path, media_root: Path, **how: bool) -> None:
        seen.append(served(rubrica))
        write(book, path, media_root, **how)

    monkeypatch.setattr(ebook, "build_pdf", looked)

    shop.keep([short(1, 2)])

    assert seen == [before, before]
    now = served(rubrica)
    assert now.keys() == before.keys()
    assert [name for name in now if now[name] == before[name]] == []


def test_files_put_in_place_by_halves_by_a_crash_are_not_taken_for_the_book_as_it_was(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.keep([short(1)])
    before = served(rubrica)

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(bookshop, "settle", killed)
        shop.keep([short(1, 2)])
    assert served(rubrica) != before
    monkeypatch.setattr(ebook, "build_epub", lambda *_: pytest.fail("not before it is gone"))

    with pytest.raises(pytest.fail.Exception):
        shop.keep([short(1)])  # the second piece was withdrawn meanwhile

    assert served(rubrica) == {}


def test_what_may_be_said_no_more_waits_for_no_other_book(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (
        short(1, 2).model_copy(update={"edition_id": n, "name": f"libro-{n}"}) for n in (1, 2, 3)
    )
    shop.keep([first, second, third])
    seen = list[set[str]]()
    write = ebook.build_epub

    def looked(book: Book, *where: Path) -> None:
        seen.append({name.partition("/")[0] for name in served(rubrica)})
        write(book, *where)

    monkeypatch.setattr(ebook, "build_epub", looked)
    without = short(1).model_copy(update={"edition_id": 2, "name": "libro-2"})

    shop.keep([first.model_copy(update={"title": "Un altro titolo"}), without])

    assert seen[0] == {"libro-1"}


@pytest.mark.parametrize("problem", [Busy(), OSError(errno.ENOSPC, "No space left on device")])
def test_what_is_withdrawn_has_no_files_though_the_pages_have_to_wait(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    shop.keep([short(1)])

    def refuse(*_: object) -> None:
        raise problem

    with monkeypatch.context() as column:
        column.setattr(Rubrica, "show_volumes", refuse)
        assert shop.keep([]) == []

    assert files(rubrica) == set()


def test_a_page_for_which_the_disk_has_no_room_is_told_and_written_with_the_next_sweep(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = short(1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Site, "volumes", full)
        assert shop.keep([book]) == [Kept(book.edition_id, book.sha256, Lack.UNWRITTEN)]

    assert shop.keep([book]) == [Kept(book.edition_id, book.sha256, None)]
    assert (rubrica.site / f"ebook/{book.name}/index.html").exists()


@pytest.mark.parametrize("left", [[], [library.book([])]])
def test_an_edition_that_is_opened_again_or_empty_is_gone(
    rubrica: Rubrica, shop: Bookshop, left: list[Book]
) -> None:
    shop.keep([short(1)])

    shop.keep(left)

    assert files(rubrica) == set()


LAB: Any = {"lab": "Città intelligenti", "lab_slug": "citta-intelligenti-2026"}
PATH = "/rubrica/ebook/citta-intelligenti-2026-1/"
LISTS = ("index.html", "laboratori/citta-intelligenti-2026/index.html")
SITEMAP = "sitemap-1.xml"
FEEDS = tuple(
    f"{where}{name}"
    for where in ("", "laboratori/citta-intelligenti-2026/")
    for name in ("feed.xml", "feed.json")
)


def of_the_lab() -> Book:
    return short(1).model_copy(update={"lab_slug": LAB["lab_slug"]})


def leading(rubrica: Rubrica) -> set[str]:
    """Which lists and feeds lead to the e-book's page, as files without their folders."""
    there = (path for path in rubrica.site.rglob("*") if path.suffix in (".html", ".xml", ".json"))
    names = {path.relative_to(rubrica.site).as_posix(): path.read_text() for path in there}
    return {name for name, text in names.items()
            if PATH in text and not name.startswith("ebook/")}  # fmt: skip


def test_home_feeds_and_its_lab_lead_to_a_book_until_it_is_withdrawn(
    rubrica: Rubrica, shop: Bookshop
) -> None:
    newsroom.publish(rubrica, newsroom.piece(**LAB))
    before = newsroom.files(rubrica.site)

    shop.keep([of_the_lab()])
    assert leading(rubrica) == {*LISTS, *FEEDS, SITEMAP}
    assert list(rubrica.flaws()) == []
    assert nu.complaints([rubrica.site / one for one in LISTS]) == []

    shop.keep([])
    after = newsroom.files(rubrica.site)
    after.pop("ebook/libri.json")
    assert after == before


def test_a_piece_that_comes_out_later_finds_the_book_there(
    rubrica: Rubrica, shop: Bookshop
) -> None:
    shop.keep([of_the_lab()])

    newsroom.publish(rubrica, newsroom.piece(**LAB))
    rubrica.rebuild()

    assert leading(rubrica) == {*LISTS, *FEEDS, SITEMAP}


def test_lists_cut_short_by_a_crash_are_written_with_the_next_sweep(
    rubrica: Rubrica, shop: Bookshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.publish(rubrica, newsroom.piece(**LAB))

    def killed(_: Site) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(Site, "front", killed)
        shop.keep([of_the_lab()])
    assert "index.html" not in leading(rubrica)

    shop.keep([of_the_lab()])

    assert leading(rubrica) == {*LISTS, *FEEDS, SITEMAP}


def test_feeds_tell_of_a_book_among_the_pieces_in_order(rubrica: Rubrica, shop: Bookshop) -> None:
    for number in range(1, 23):
        newsroom.publish(rubrica, newsroom.piece(number, slug=f"pezzo-{number}"), days=number - 1)

    shop.keep([of_the_lab()])

    def told(name: str) -> list[str]:
        if name == "feed.json":
            return [one["url"] for one in json.loads((rubrica.site / name).read_text())["items"]]
        root = ET.fromstring((rubrica.site / name).read_bytes())  # noqa: S314
        return [one.get("href", "") for one in root.iterfind("{*}entry/{*}link[@rel='alternate']")]

    for name in ("feed.xml", "feed.json"):
        addresses = told(name)
        assert len(addresses) == 20
        assert addresses[-1].endswith("/pezzo-3/")
    shop.keep([of_the_lab().model_copy(update={"modified": newsroom.call(days=9).due_at})])
    for name in ("feed.xml", "feed.json"):
        addresses = told(name)
        assert len(addresses) == 20
        at = next(n for n, one in enumerate(addresses) if one.endswith(PATH))
        assert addresses[at + 1].endswith("/pezzo-10/")
