"""The pages of the e-books that readers can have: what each is about, and its files."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from publishers.rubrica.cards import Masthead
from publishers.rubrica.files import write
from publishers.rubrica.pages import Pages
from publishers.rubrica.structured import inert

FOLDER: Final = "ebook"
COVER: Final = "copertina.jpg"
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
    """An e-book as its page tells it. `name` is its folder, `published` an ISO date."""

    name: str
    title: str
    subtitle: str
    description: str
    isbn: str
    published: str
    pieces: int
    files: tuple[Download, ...]


def show(site: Path, pages: Pages, volumes: Sequence[Volume]) -> None:
    """Write the page of each e-book, whose files are there, and take all others away."""
    folder = site / FOLDER
    names = {one.name for one in volumes}
    for there in folder.iterdir() if folder.exists() else ():
        if there.is_dir() and not there.name.startswith(".") and there.name not in names:
            shutil.rmtree(there, ignore_errors=True)
    for volume in volumes:
        data = inert([_book(volume, pages.masthead)])
        html = pages.render("volume.html", volume=volume, cover=COVER, data=data)
        write(folder / volume.name / "index.html", html.encode())


def _book(volume: Volume, masthead: Masthead) -> dict[str, Any]:
    """https://schema.org/Book."""
    url = f"{masthead.base}/{FOLDER}/{volume.name}/"
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
        "datePublished": volume.published,
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
