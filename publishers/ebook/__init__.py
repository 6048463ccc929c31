"""An Edition between two covers: an EPUB 3.3 from one value, whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from content.binding import Book
from publishers.ebook import epub
from publishers.ebook.figures import Missing

__all__ = ["Empty", "Missing", "build_epub"]


class Empty(Exception):
    """There is no piece in the edition: that would be no book."""


def build_epub(book: Book, path: Path, media_root: Path) -> None:
    """Write a book as EPUB to `path`, in one step: what was there stays until it is whole.

    Raises Empty, Missing when the file of a picture is not there, and OSError.
    """
    _build(book, path, lambda part: epub.write(book, part, media_root))


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
