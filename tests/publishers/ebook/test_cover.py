"""The cover: the editor's where there is one, whole and told in words, else drawn by us."""

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from content import media
from content.binding import Book
from content.media import Medium
from publishers import ebook
from publishers.ebook import Missing, cover
from tests import ace, epubcheck
from tests.publishers.ebook import library
from tests.publishers.ebook.tagged import tags

EMBEDDED = "USAGE CSS-028"
ALT = "Una piazza “nuova” & il suo <mercato>"


@pytest.fixture
def media_root(tmp_path: Path) -> Path:
    return tmp_path / "media"


def picture(root: Path, size: tuple[int, int], mode: str = "RGB") -> Medium:
    out = io.BytesIO()
    Image.new(mode, size, (0, 128, 128, 90)[: len(mode)]).save(out, "PNG")
    return media.keep(root, out.getvalue()).model_copy(update={"alt": ALT})


def covered(root: Path, size: tuple[int, int] = (1000, 1500), mode: str = "RGB") -> Book:
    return library.every_kind(root).model_copy(update={"cover": picture(root, size, mode)})


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1000, 1500), (1000, 1500)), ((2400, 2400), (1600, 1600)), ((90, 2500), (86, 2400))],
)
def test_it_is_shown_whole_and_no_larger_than_bookshops_ask(
    media_root: Path, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    book = covered(media_root, size)

    with Image.open(io.BytesIO(cover.made(book, media_root))) as image:
        assert (image.format, image.size) == ("JPEG", shown)
    assert cover.size(book) == shown


def test_what_is_transparent_stands_on_white(media_root: Path) -> None:
    book = covered(media_root, mode="RGBA")

    with Image.open(io.BytesIO(cover.made(book, media_root))) as image:
        assert image.getpixel((5, 5)) == pytest.approx((165, 210, 210), abs=4)


@pytest.mark.parametrize("size", [(1000, 1500), (2000, 700)])
def test_the_books_carry_it_with_its_words(media_root: Path, size: tuple[int, int]) -> None:
    book, made = covered(media_root, size), media_root.parent
    for name in ("one", "other"):
        ebook.build_epub(book, made / f"{name}.epub", media_root)
        ebook.build_pdf(book, made / f"{name}.pdf", media_root)

    for form in ("epub", "pdf"):
        assert (made / f"one.{form}").read_bytes() == (made / f"other.{form}").read_bytes()
    with zipfile.ZipFile(made / "one.epub") as archive:
        assert archive.read("EPUB/images/cover.jpg") == cover.made(book, media_root)
    with pikepdf.open(made / "one.pdf") as printed:
        figures = [one for _, one in tags(printed.Root.StructTreeRoot) if one.S == "/Figure"]
        assert str(figures[0].Alt) == f"Copertina: {ALT}"


def test_who_made_its_picture_is_said_among_the_credits(media_root: Path) -> None:
    plain, made = covered(media_root), media_root.parent
    assert plain.cover
    credited = plain.cover.model_copy(update={"credit": "Carla <Neri> (CC BY-SA 4.0)"})

    for book, times in ((plain, 0), (plain.model_copy(update={"cover": credited}), 1)):
        ebook.build_epub(book, made / "book.epub", media_root)
        ebook.build_pdf(book, made / "book.pdf", media_root)
        with zipfile.ZipFile(made / "book.epub") as archive:
            html = archive.read("EPUB/colophon.xhtml").decode()
        with pypdfium2.PdfDocument(made / "book.pdf") as printed:
            said = printed[2].get_textpage().get_text_range()
        assert html.count("Immagine di copertina: Carla &lt;Neri&gt; (CC BY-SA 4.0).") == times
        assert said.count("Immagine di copertina: Carla <Neri> (CC BY-SA 4.0).") == times
        assert said.count("Immagine di copertina") == times


def test_nobody_has_anything_to_say_of_a_cover_that_fills_no_page(media_root: Path) -> None:
    path = media_root.parent / "book.epub"
    short = library.book([library.piece(1, "Uno", "Testo.")])
    cover_alone = short.model_copy(update={"cover": picture(media_root, (2000, 700))})
    ebook.build_epub(cover_alone, path, media_root)

    found = epubcheck.complaints(path)

    assert [one for one in found if not one.startswith(EMBEDDED)] == []
    assert ace.violations(path) == []


def test_a_book_with_another_cover_is_another_book(media_root: Path) -> None:
    book = covered(media_root)
    assert book.sha256 != library.every_kind(media_root).sha256


def test_a_cover_whose_file_is_gone_is_named(media_root: Path) -> None:
    book = covered(media_root)
    assert book.cover
    (media_root / book.cover.file_name).unlink()

    assert [one.title for one in ebook.missing(book, media_root)] == ["la copertina"]
    with pytest.raises(Missing):
        ebook.build_epub(book, media_root.parent / "book.epub", media_root)
