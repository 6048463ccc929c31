"""Pictures as pages show them: one address a size, made once beside the original."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from content.media import Medium, MediumKind
from publishers.rubrica import enclosures
from publishers.rubrica.files import copy, write
from publishers.words import line

FOLDER: Final = enclosures.FOLDER
WIDTHS: Final = (480, 800, 1280)
QUALITY: Final = 78


@dataclass(frozen=True, slots=True)
class Picture:
    """A medium with its addresses below `root`, the path part of the site's address."""

    medium: Medium
    root: str

    @property
    def alt(self) -> str:
        """What it shows, on one line."""
        return line(self.medium.alt)

    @property
    def caption(self) -> str:
        """What is written below it, on one line; empty where nothing is."""
        return line(self.medium.caption or "")

    @property
    def src(self) -> str:
        """The address of the original."""
        return f"{self.root}/{FOLDER}/{self.medium.file_name}"

    @property
    def srcset(self) -> str:
        """Every size with its width, as the attribute wants it; empty if there is one alone."""
        smaller = [
            f"{self.root}/{FOLDER}/{sized(self.medium, width)} {width}w"
            for width in widths(self.medium)
        ]
        return ", ".join([*smaller, f"{self.src} {self.medium.width}w"]) if smaller else ""

    @property
    def thumbnail(self) -> str:
        """The address of the smallest size."""
        sizes = widths(self.medium)
        return f"{self.root}/{FOLDER}/{sized(self.medium, sizes[0])}" if sizes else self.src


def widths(medium: Medium) -> tuple[int, ...]:
    """Return the smaller widths, in pixels, in which a picture is offered."""
    return tuple(width for width in WIDTHS if width < medium.width)


def sized(medium: Medium, width: int) -> str:
    """Return the file name of a smaller size."""
    original = Path(medium.file_name)
    return f"{original.stem}-{width}{original.suffix}"


def names(medium: Medium) -> Iterator[str]:
    """Yield every file name of a medium."""
    if medium.kind is not MediumKind.PICTURE:
        yield from (name for name, _ in enclosures.names(medium))
        return
    yield medium.file_name
    for width in widths(medium):
        yield sized(medium, width)


def place(media: Iterable[Medium], media_root: Path, site: Path) -> None:
    """Put media, and the smaller sizes of pictures, below the site where they are missing."""
    for medium in media:
        missing = [name for name in names(medium) if not (site / FOLDER / name).exists()]
        if not missing:
            continue
        if medium.kind is not MediumKind.PICTURE:
            for name, kept in enclosures.names(medium):
                copy(media_root / kept, site / FOLDER / name)
            continue
        data = medium.read(media_root)
        for width in widths(medium):
            if sized(medium, width) in missing:
                write(site / FOLDER / sized(medium, width), _smaller(data, medium, width))
        write(site / FOLDER / medium.file_name, data)


def _smaller(data: bytes, medium: Medium, width: int) -> bytes:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
        height = max(1, round(medium.height * width / medium.width))
        resized = picture.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if medium.mime == "image/png":
        resized.save(out, "PNG", optimize=True)
    else:
        resized.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
