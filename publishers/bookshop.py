"""The e-books that readers can have: built when anything in them changed, and shown in the column.

It is no channel: it follows what editions say now, and may be done again at any moment.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import structlog

from content.binding import Book
from publishers import ebook
from publishers.ebook import cover
from publishers.ebook.outline import Outline
from publishers.rubrica import Rubrica
from publishers.rubrica.files import settle, write
from publishers.rubrica.shelves import lab_path
from publishers.rubrica.volumes import COVER, FOLDER, Download, Volume
from publishers.rubrica.works import Busy

log = structlog.get_logger()
_BUILT: Final = "libro.json"
_TYPES: Final = {".epub": "application/epub+zip", ".pdf": "application/pdf"}


_PATIENCE: Final = 10
"""For how many sweeps a disk that took no more is left alone."""


class Lack(StrEnum):
    """Why readers have not all of a book: with PDF_… they have its EPUB, else nothing."""

    PDF_TOO_LARGE = "pdf_too_large"
    PDF_REFUSED = "pdf_refused"
    PDF_UNWRITTEN = "pdf_unwritten"
    UNWRITTEN = "unwritten"
    PICTURE = "picture"


_DISK: Final = (Lack.PDF_UNWRITTEN, Lack.UNWRITTEN)


@dataclass(frozen=True, slots=True)
class Kept:
    """What readers have of a book as it is now (`sha256`): all of it, or what `lack` leaves."""

    edition_id: int
    sha256: str
    lack: Lack | None


class Bookshop:
    """The column's shelf of e-books; their files are named as the book, below its folder."""

    def __init__(self, rubrica: Rubrica, media_root: Path) -> None:
        self._rubrica, self._media_root = rubrica, media_root
        self._folder = rubrica.site / FOLDER
        self._waiting: dict[int, tuple[Kept, int]] = {}
        """What the disk did not take, and for how many sweeps more it is left alone."""

    def keep(self, books: Sequence[Book]) -> list[Kept]:
        """Give readers these books, as they are now, and no others; tell what each has; blocking.

        The EPUB stands by itself: a PDF that cannot be made is noted, and tried again once the
        book changes or the disk may have room. What can no longer be built is taken away: it
        would say what may be said no more.
        """
        self._take_back(books)
        kept = [self._fresh(book) for book in books if book.parts]
        standing = [book for book in books if book.parts and self._files(book)]
        try:
            self._rubrica.show_volumes([self._volume(one) for one in standing])
        except Busy:  # what is withdrawn has no files any more; its page goes with the next sweep
            log.warning("ebook_waiting")
        except OSError as problem:
            log.warning("ebook_pages_unwritten", error=type(problem).__name__)
            return [replace(one, lack=one.lack or Lack.UNWRITTEN) for one in kept]
        return kept

    def _take_back(self, books: Sequence[Book]) -> None:
        """Take away what may be said no more, before any book is built or any page is written."""
        inside = {book.name: _articles(book) for book in books if book.parts}
        for folder in self._folder.iterdir() if self._folder.exists() else ():
            said = set(_read(folder / _BUILT).get("articles", ()))
            if folder.is_dir() and (folder.name not in inside or said - inside[folder.name]):
                shutil.rmtree(folder, ignore_errors=True)

    def _fresh(self, book: Book) -> Kept:
        """See to it that a book's files say what it says, and that no others are there."""
        before, sweeps = self._waiting.pop(book.edition_id, (None, 0))
        if before and before.sha256 == book.sha256 and sweeps:
            self._waiting[book.edition_id] = before, sweeps - 1
            return before
        noted = _read(self._folder / book.name / _BUILT)
        lack = Lack(noted["lack"]) if noted.get("lack") else None
        there = self._files(book)
        whole = len(there) == (1 if lack else len(self._named(book)))
        if noted.get("sha256") == book.sha256 and whole and lack not in _DISK:
            return Kept(book.edition_id, book.sha256, lack)
        kept = Kept(book.edition_id, book.sha256, self._build(book))
        if kept.lack in _DISK:
            self._waiting[book.edition_id] = kept, _PATIENCE
        return kept

    def _build(self, book: Book) -> Lack | None:
        """Make a book's files beside those it has, and put them there together at the end."""
        folder = self._folder / book.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".", dir=folder) as apart:
                lack = self._make(book, Path(apart))
                self._put(book, Path(apart), lack)
        except (ebook.Missing, OSError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            lack = Lack.PICTURE if isinstance(problem, ebook.Missing) else Lack.UNWRITTEN
        (log.warning if lack else log.info)(
            "ebook_built", edition=book.edition_id, pieces=len(book.chapters), lack=lack
        )
        return lack

    def _make(self, book: Book, apart: Path) -> Lack | None:
        """Make a book's files in a folder; return why there is no PDF. Raises Missing, OSError.

        The EPUB comes last: it tells the pages of the PDF, where there is one.
        """
        epub, screen, paper = (apart / path.name for path in self._named(book))
        write(apart / COVER, cover.made(book, self._media_root))
        lack = self._print(book, screen, paper)
        ebook.build_epub(book, epub, self._media_root, None if lack else screen)
        return lack

    def _put(self, book: Book, apart: Path, lack: Lack | None) -> None:
        """Put what was made in its place: no form of a book stands beside one that tells another.

        Until the end the note says what may be in any of them, and of no book that it is there.
        """
        epub, *pdfs = self._named(book)
        noted, ids = epub.with_name(_BUILT), _articles(book)
        either = sorted(ids.union(_read(noted).get("articles", ())))
        write(noted, json.dumps({"articles": either}).encode())
        for path in pdfs:
            path.unlink(missing_ok=True)
        for path in (epub, *pdfs, epub.with_name(COVER)):
            if (made := apart / path.name).exists():
                made.replace(path)
        settle(epub.parent)
        told = {"sha256": book.sha256, "articles": sorted(ids), "lack": lack}
        write(noted, json.dumps(told).encode())

    def _print(self, book: Book, screen: Path, paper: Path) -> Lack | None:
        """Make a book's PDFs, both or none; return why there is none. Raises Missing."""
        try:
            ebook.build_pdf(book, screen, self._media_root)
            ebook.build_pdf(book, paper, self._media_root, for_print=True)
        except ebook.TooLarge:
            lack = Lack.PDF_TOO_LARGE
        except ebook.Unprintable:
            lack = Lack.PDF_REFUSED
        except OSError:
            lack = Lack.PDF_UNWRITTEN
        else:
            return None
        screen.unlink(missing_ok=True)
        return lack

    def _named(self, book: Book) -> tuple[Path, Path, Path]:
        folder = self._folder / book.name
        return (
            folder / f"{book.name}.epub",
            folder / f"{book.name}.pdf",
            folder / f"{book.name}-stampa.pdf",
        )

    def _files(self, book: Book) -> list[Path]:
        return [path for path in self._named(book) if path.exists()]

    def _volume(self, book: Book) -> Volume:
        outline = Outline(book)
        return Volume(
            name=book.name,
            title=outline.title,
            subtitle=outline.subtitle,
            description=outline.description,
            isbn=book.isbn,
            cover=cover.told(outline),
            cover_size=cover.size(book),
            cover_credit=cover.credit(book),
            changed=book.modified,
            pieces=len(outline.leaves),
            shelf=lab_path(book.lab_slug),
            files=tuple(
                Download(one.name, _TYPES[one.suffix], one.stat().st_size)
                for one in self._files(book)
            ),
        )


def _articles(book: Book) -> set[int]:
    return {one.piece.article_id for one in book.chapters}


def _read(path: Path) -> dict[str, Any]:
    """Return what was noted of the last build, nothing where there was none."""
    try:
        noted: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted
