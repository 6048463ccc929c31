"""The e-books that readers can have: what each is about, its files, and which ones stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from publishers.rubrica.cards import Masthead
from publishers.rubrica.files import take_away, write
from publishers.rubrica.shelves import Kind, Shelf
from publishers.rubrica.words import ROME

FOLDER: Final = "ebook"
COVER: Final = "copertina.jpg"
_NOTED: Final = "libri.json"
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Download:
    """A file of an e-book: its name in the book's folder, its media type, its size in bytes."""

    name: str
    mime: str
    size: int

    @property
    def weight(self) -> str:
        """Its size as people read it: "1,2 MB"."""
        return f"{max(self.size / _MEGABYTE, 0.1):.1f} MB".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Volume:
    """An e-book as its page tells it. `name` is its folder, `shelf` the path of its Lab's list.

    `changed` is when anything in it last did; `cover` says what its cover shows, `cover_size` how
    wide and high that is, in pixels, `cover_credit` whose its picture is.
    """

    name: str
    title: str
    subtitle: str
    description: str
    isbn: str
    changed: datetime
    pieces: int
    shelf: str
    files: tuple[Download, ...]
    cover: str = ""
    cover_size: tuple[int, int] = (1600, 2400)
    cover_credit: str = ""

    @property
    def heading(self) -> str:
        """How lists of other things call it: "E-book: Città che cambiano"."""
        return f"E-book: {self.title}"


@dataclass(frozen=True, slots=True)
class Noted:
    """The e-books that lists and feeds tell of; until `settled` some may still tell of others."""

    volumes: tuple[Volume, ...] = ()
    settled: bool = True


_FORM: Final = TypeAdapter(Noted)


def address(base: str, name: str) -> str:
    """Return where the page of an e-book is, in the column at `base`."""
    return f"{base.rstrip('/')}/{FOLDER}/{name}/"


def noted(site: Path) -> Noted:
    """Return which e-books stand, by the note that lies beside their files."""
    try:
        return _FORM.validate_json((site / FOLDER / _NOTED).read_bytes())
    except (FileNotFoundError, ValidationError):
        return Noted()


def note(site: Path, standing: Noted) -> None:
    """Note which e-books stand."""
    write(site / FOLDER / _NOTED, _FORM.dump_json(standing))


def on(site: Path, shelf: Shelf) -> list[Volume]:
    """Return the e-books that a list leads to: those of its Lab."""
    if shelf.kind is not Kind.LAB:
        return []
    return [one for one in noted(site).volumes if one.shelf == shelf.path]


def keep(site: Path, names: Collection[str]) -> None:
    """Take away the folders of all e-books but some."""
    folder = site / FOLDER
    for there in folder.iterdir() if folder.exists() else ():
        if there.is_dir() and not there.name.startswith(".") and there.name not in names:
            take_away(there)


def told(volume: Volume, masthead: Masthead) -> dict[str, Any]:
    """Return what search engines read of an e-book: https://schema.org/Book."""
    url = address(masthead.base, volume.name)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Book",
        "name": volume.title,
        "alternativeHeadline": volume.subtitle,
        "description": volume.description,
        "url": url,
        "image": f"{url}{COVER}",
        "isbn": volume.isbn,
        "inLanguage": "it",
        "isAccessibleForFree": True,
        "datePublished": f"{volume.changed.astimezone(ROME):%Y-%m-%d}",
        "bookFormat": "https://schema.org/EBook",
        "publisher": {"@type": "Organization", "name": masthead.owner, "url": f"{masthead.base}/"},
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": f"{url}{one.name}",
                "encodingFormat": one.mime,
                "contentSize": str(one.size),
            }
            for one in volume.files
        ],
    }
    return {name: value for name, value in data.items() if value}
