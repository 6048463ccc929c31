"""The e-books that readers can have: built when anything in them changed, and shown in the column.

It is no channel: it follows what editions say now, and may be done again at any moment.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import structlog

from content.binding import Book
from publishers import ebook
from publishers.ebook import cover
from publishers.ebook.outline import Outline
from publishers.rubrica import Rubrica
from publishers.rubrica.files import write
from publishers.rubrica.shelves import lab_path
from publishers.rubrica.volumes import COVER, FOLDER, Download, Volume
from publishers.rubrica.works import Busy

log = structlog.get_logger()
_BUILT: Final = "libro.json"
_EPUB, _PDF = "application/epub+zip", "application/pdf"


class Bookshop:
    """The column's shelf of e-books; their files are named as the book, below its folder."""

    def __init__(self, rubrica: Rubrica, media_root: Path) -> None:
        self._rubrica, self._media_root = rubrica, media_root
        self._folder = rubrica.site / FOLDER

    def keep(self, books: Sequence[Book]) -> None:
        """Give readers these books, as they are now, and no others; blocking.

        What can no longer be built is taken away: it would say what may be said no more.
        """
        standing = [book for book in books if book.parts and self._fresh(book)]
        try:
            self._rubrica.show_volumes([self._volume(one) for one in standing])
        except Busy:  # what is withdrawn has no files any more; its page goes with the next sweep
            log.warning("ebook_waiting")

    def _fresh(self, book: Book) -> bool:
        """See to it that a book's files say what it says; False when there is no way to."""
        folder = self._folder / book.name
        there = _read(folder / _BUILT)
        if there.get("sha256") == book.sha256 and all(one.exists() for one in self._files(book)):
            return True
        ids = sorted(one.piece.article_id for one in book.chapters)
        if set(there.get("articles", ())) - set(ids):  # nobody gets it while the rest is built
            shutil.rmtree(folder, ignore_errors=True)
        try:
            epub, pdf, printed = self._files(book)
            ebook.build_epub(book, epub, self._media_root)
            ebook.build_pdf(book, pdf, self._media_root)
            ebook.build_pdf(book, printed, self._media_root, for_print=True)
        except (ebook.Missing, ebook.Unprintable, OSError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            log.warning("ebook_failed", edition=book.edition_id, error=type(problem).__name__)
            return False
        write(folder / COVER, cover.draw(book))
        told = {"sha256": book.sha256, "articles": ids}
        write(folder / _BUILT, json.dumps(told).encode())
        log.info("ebook_built", edition=book.edition_id, pieces=len(ids))
        return True

    def _files(self, book: Book) -> tuple[Path, Path, Path]:
        folder = self._folder / book.name
        return (
            folder / f"{book.name}.epub",
            folder / f"{book.name}.pdf",
            folder / f"{book.name}-stampa.pdf",
        )

    def _volume(self, book: Book) -> Volume:
        outline, types = Outline(book), (_EPUB, _PDF, _PDF)
        files = zip(self._files(book), types, strict=True)
        return Volume(
            name=book.name,
            title=outline.title,
            subtitle=outline.subtitle,
            description=outline.description,
            isbn=book.isbn,
            changed=book.modified,
            pieces=len(outline.leaves),
            shelf=lab_path(book.lab_slug),
            files=tuple(Download(one.name, mime, one.stat().st_size) for one, mime in files),
        )


def _read(path: Path) -> dict[str, Any]:
    """Return what was noted of the last build, nothing where there was none."""
    try:
        noted: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted
