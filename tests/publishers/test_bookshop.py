"""The shelf of e-books in the column: what readers have is what editions say now."""

import json
import re
from pathlib import Path

import pytest

from content.binding import Book
from content.media import Medium
from publishers.bookshop import Bookshop
from publishers.rubrica import Rubrica
from tests import nu
from tests.publishers.ebook import library


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
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


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

    shop.keep([lost])

    assert files(rubrica) == set()


@pytest.mark.parametrize("left", [[], [library.book([])]])
def test_an_edition_that_is_opened_again_or_empty_is_gone(
    rubrica: Rubrica, shop: Bookshop, left: list[Book]
) -> None:
    shop.keep([short(1)])

    shop.keep(left)

    assert files(rubrica) == set()
