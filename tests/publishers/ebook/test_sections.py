"""A long book, printed in sections: to the reader the very book that is printed at once."""

import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Name
from PIL import ImageChops, ImageStat

from content.binding import Book
from publishers import ebook
from publishers.ebook import Unprintable, sections, typesetting
from publishers.ebook.outline import Outline
from tests.publishers.ebook import library, tagged

FEW = 2_500
"""So few signs that each piece of the library, or two of them, is a section of its own."""
EDGE = 0.05
"""So much of 255 may a page differ; a line that stands elsewhere makes it some units."""


@pytest.fixture
def media_root(tmp_path: Path) -> Path:
    return tmp_path / "media"


def built(book: Book, media_root: Path, name: str, for_print: bool = False) -> Path:
    path = media_root.parent / name
    ebook.build_pdf(book, path, media_root, for_print=for_print)
    return path


def pages(path: Path) -> list[str]:
    """What each page says; a hyphen may be a hard one or a soft one."""
    with pypdfium2.PdfDocument(path) as opened:
        said = [page.get_textpage().get_text_range() for page in opened]
    return ["".join(re.sub("[-\ufffe]", "", one).split()) for one in said]


def unlike(one: Path, other: Path) -> list[int]:
    """The pages that do not look the same, but for the edge of a letter."""
    with pypdfium2.PdfDocument(one) as first, pypdfium2.PdfDocument(other) as second:
        looks = [[page.render(scale=0.5).to_pil() for page in made] for made in (first, second)]
    differences = [ImageChops.difference(*pair) for pair in zip(*looks, strict=True)]
    return [n for n, seen in enumerate(differences, 1) if max(ImageStat.Stat(seen).mean) > EDGE]


def cuts(book: Book) -> list[list[tuple[str, bool, list[str]]]]:
    return [
        [(one.division.title, one.begins, [leaf.title for leaf in one.leaves]) for one in stretches]
        for stretches in sections.cut(Outline(book))
    ]


@pytest.mark.parametrize("for_print", [False, True])
@pytest.mark.parametrize("make", [library.real, library.every_kind, library.hostile])
def test_a_book_in_sections_is_the_book_printed_at_once(
    make: Any, for_print: bool, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make(media_root)
    once = built(book, media_root, "once.pdf", for_print)
    monkeypatch.setattr(sections, "MOST", FEW)
    assert len(sections.cut(Outline(book))) > 3

    many = built(book, media_root, "many.pdf", for_print)

    assert pages(many) == pages(once)
    assert unlike(once, many) == []
    with tagged.opened(once) as one, tagged.opened(many) as other:
        assert tagged.faults(other) == []
        assert tagged.said(other) == tagged.said(one)
        assert tagged.links(other) == tagged.links(one)
        assert tagged.bookmarks(other) == tagged.bookmarks(one)
        assert dict(other.docinfo) == dict(one.docinfo)
        boxes = [[page.mediabox, page.trimbox] for page in one.pages]
        assert [[page.mediabox, page.trimbox] for page in other.pages] == boxes


def test_it_is_the_same_bytes_each_time(media_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MOST", FEW)
    book = library.every_kind(media_root)

    one = built(book, media_root, "one.pdf").read_bytes()

    assert one == built(book, media_root, "other.pdf").read_bytes()


def test_books_that_differ_have_other_names_in_their_metadata(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "MOST", FEW)
    books = [
        library.book([library.piece(n, "Titolo", f"{word} " * 400) for n in range(1, 9)])
        for word in ("uno", "due")
    ]

    names = set()
    for number, book in enumerate(books):
        with pikepdf.open(built(book, media_root, f"{number}.pdf")) as made:
            names.add(made.open_metadata()["xmpMM:InstanceID"])

    assert len(names) == 2


def test_contents_longer_than_was_thought_move_everything_behind_them(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [
        f"Un titolo lungo quanto una riga del sommario, o quasi: numero {n}" for n in range(1, 42)
    ]
    book = library.book([library.piece(n, one, "Testo.") for n, one in enumerate(titles, 1)])
    once = built(book, media_root, "once.pdf")
    monkeypatch.setattr(sections, "MOST", FEW * 4)
    guess = sections._guessed
    monkeypatch.setattr(sections, "_guessed", lambda outline: dict.fromkeys(guess(outline), 10**15))

    assert pages(built(book, media_root, "many.pdf")) == pages(once)

    monkeypatch.setattr(sections, "_TRIES", 1)
    with pytest.raises(Unprintable, match="length"):
        built(book, media_root, "never.pdf")


def test_a_section_ends_where_the_next_piece_would_be_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sections, "MOST", 5_000)
    told = [library.piece(n, str(n), "x" * long) for n, long in enumerate((1000, 2000, 9000, 10))]
    book = library.book(told)

    assert cuts(book) == [
        [("Notizie", True, ["0", "1"])],
        [("Notizie", False, ["2"])],
        [("Notizie", False, ["3"])],
    ]
    monkeypatch.undo()
    assert cuts(book) == [[("Notizie", True, ["0", "1", "2", "3"])]]


def test_what_stops_in_the_middle_leaves_nothing(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = library.every_kind(media_root)
    before = built(book, media_root, "book.pdf").read_bytes()
    monkeypatch.setattr(sections, "MOST", FEW)
    apart = typesetting.apart

    def stopped(program: Path, *told: Any) -> None:
        if program.stem == "joining":
            raise Unprintable("the disk is full")
        apart(program, *told)

    monkeypatch.setattr(typesetting, "apart", stopped)
    with pytest.raises(Unprintable):
        built(book, media_root, "book.pdf")

    assert (media_root.parent / "book.pdf").read_bytes() == before
    assert sorted(one.name for one in media_root.parent.iterdir()) == ["book.pdf", "media"]


def spoiled_tag(pdf: Any) -> None:
    pdf.Root.StructTreeRoot.K[0].K = pdf.Root.StructTreeRoot.K[0].K[1:]


def spoiled_number(pdf: Any) -> None:
    pdf.pages[4].obj.StructParents = 0


def spoiled_link(pdf: Any) -> None:
    del pdf.pages[3].obj.Annots[0].Contents


def spoiled_place(pdf: Any) -> None:
    del pdf.pages[-1]


def spoiled_language(pdf: Any) -> None:
    del pdf.Root.Lang


def spoiled_heading(pdf: Any) -> None:
    next(n for _, n in tagged.tags(pdf.Root.StructTreeRoot) if str(n.S) == "/H2").S = Name.H6


@pytest.mark.parametrize(
    "spoil",
    [spoiled_tag, spoiled_number, spoiled_link, spoiled_place, spoiled_language, spoiled_heading],
)
def test_what_is_read_back_would_show_what_is_wrong(spoil: Any, media_root: Path) -> None:
    with tagged.opened(built(library.every_kind(media_root), media_root, "book.pdf")) as pdf:
        assert tagged.faults(pdf) == []

        spoil(pdf)

        assert tagged.faults(pdf)
