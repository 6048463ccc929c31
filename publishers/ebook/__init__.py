"""An Edition between two covers: EPUB 3.3 and PDF/UA-1 from one value, whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from content.binding import Book
from publishers.ebook import cover, epub, pagination, pdf
from publishers.ebook.figures import Missing, figures
from publishers.ebook.outline import Outline
from publishers.ebook.pdf import unprinted
from publishers.ebook.typesetting import TooLarge, Unprintable

__all__ = [
    "Empty", "Missing", "TooLarge", "Unprintable", "build_epub", "build_pdf", "missing", "named",
    "undescribed",
    "unprinted",
]  # fmt: skip


class Empty(Exception):
    """There is no piece in the edition: that would be no book."""


def build_epub(book: Book, path: Path, media_root: Path, printed: Path | None = None) -> None:
    """Write a book as EPUB to `path`, in one step: what was there stays until it is whole.

    It tells the pages of the book's PDF for the screen where that is given. Raises Empty, Missing
    when the file of a picture is not there, and OSError.
    """
    paged = pagination.read(printed, book.title) if printed else None
    _build(book, path, lambda part: epub.write(book, part, media_root, paged))


def build_pdf(book: Book, path: Path, media_root: Path, *, for_print: bool = False) -> None:
    """Write a book as PDF to `path`, in one step, for the screen or to be printed.

    Raises Empty, Missing, OSError, Unprintable when the compiler refuses it, and TooLarge when
    it takes more memory or time than there is for it.
    """
    _build(book, path, lambda part: pdf.write(book, part, media_root, for_print=for_print))


def missing(book: Book, media_root: Path) -> list[Missing]:
    """Return the pictures of a book whose files are not there, or are none."""
    found = []
    try:
        cover.made(book, media_root)
    except Missing as lost:
        found.append(lost)
    for one, title in figures(book):
        try:
            one.read(media_root, title)
        except Missing as lost:
            found.append(lost)
    return found


def named(book: Book) -> dict[str, str]:
    """Return how the parts of a book are called that people gave no title, by their keys."""
    return {part.part.key: part.title for part in Outline(book).parts if not part.part.title}


def undescribed(book: Book) -> list[str]:
    """Return the titles of the pieces of which some picture has no description."""
    return [leaf.title for leaf in Outline(book).undescribed]


def _build(book: Book, path: Path, write: Callable[[Path], None]) -> None:
    if not book.parts:
        raise Empty
    with _whole(path) as part:
        write(part)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` for what takes its place at the end, or leaves no trace.

    It is in a folder of its own: two may be at it at once, and the last one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        part = Path(folder, path.name)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    opened = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
