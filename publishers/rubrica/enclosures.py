"""Films, sounds and documents as pages offer them, beside the pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from content.media import Medium, MediumKind
from publishers.rubrica.words import lasting
from publishers.words import line

FOLDER: Final = "media"
_MEGABYTE: Final = 1_000_000
_KILOBYTE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A medium that is no picture, with its addresses below `root`, the path part of the site's."""

    medium: Medium
    root: str

    @property
    def kind(self) -> str:
        """What it is: video, audio or document."""
        return self.medium.kind.value

    @property
    def src(self) -> str:
        """Its address."""
        return f"{self.root}/{FOLDER}/{self.medium.file_name}"

    @property
    def poster(self) -> str:
        """The address of the picture that stands for it, empty where there is none."""
        name = poster_name(self.medium)
        return f"{self.root}/{FOLDER}/{name}" if name else ""

    @property
    def captions(self) -> str:
        """The address of its captions, empty where there are none."""
        name = captions_name(self.medium)
        return f"{self.root}/{FOLDER}/{name}" if name else ""

    @property
    def name(self) -> str:
        """How it is called, on one line."""
        return line(self.medium.alt or self.medium.name or "")

    @property
    def details(self) -> str:
        """What it is and how large: "PDF, 3 pagine, 1,2 MB"."""
        pages = self.medium.pages
        told = [
            self.medium.file_name.rpartition(".")[2].upper(),
            f"{pages} pagine" if pages and pages > 1 else "1 pagina" if pages else "",
            _weight(self.medium.size),
        ]
        return ", ".join(one for one in told if one)

    @property
    def length(self) -> str:
        """How long it lasts: "3 minuti e 20 secondi"; empty where nobody measured it."""
        return lasting(round(self.medium.seconds or 0))

    @property
    def preview_size(self) -> tuple[int, int] | None:
        """The size of the picture that stands for a document, where it is known."""
        medium = self.medium
        return (medium.width, medium.height) if medium.width and medium.height else None

    @property
    def transcript(self) -> str:
        """What is said in it, on one line."""
        return line(self.medium.transcript or "")


def enclosures(media: Iterable[Medium], root: str) -> list[Enclosure]:
    """Return what is no picture, in order."""
    return [Enclosure(one, root) for one in media if one.kind is not MediumKind.PICTURE]


def poster_name(medium: Medium) -> str | None:
    """Return the file name of a poster on the site: its own, even where two films look alike."""
    return f"{medium.sha256}-poster.jpg" if medium.poster else None


def captions_name(medium: Medium) -> str | None:
    """Return the file name of captions on the site; corrected ones have another."""
    return f"{medium.sha256}-{medium.captions[:16]}.vtt" if medium.captions else None


def names(medium: Medium) -> Iterator[tuple[str, str]]:
    """Yield every file name on the site of what is no picture, each with the kept file's name."""
    yield medium.file_name, medium.file_name
    for name, kept in (
        (poster_name(medium), medium.poster_name),
        (captions_name(medium), medium.captions_name),
    ):
        if name and kept:
            yield name, kept


def _weight(size: int | None) -> str:
    if not size:
        return ""
    if size >= _MEGABYTE:
        return f"{size / _MEGABYTE:.1f} MB".replace(".", ",")
    return f"{max(1, round(size / _KILOBYTE))} kB"
