"""The pictures of a book: one at a time, in a size that a page can show."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from content.binding import Book
from content.media import Medium, MediumKind
from publishers.words import line

_SIDE: Final = 1600
"""Pixels of the longer side: a full page of a tablet, and A5 in print at 240 dpi."""
_QUALITY: Final = 82


class Missing(Exception):
    """The file of a picture is not there, or is none; `title` is the piece's, `name` the file's."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__(f"{name}: {title}")
        self.title, self.name = title, name


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as a book shows it: `name` in the book, `kept` in the media folder."""

    name: str
    kept: str
    alt: str
    caption: str
    width: int
    height: int

    def read(self, media_root: Path, title: str) -> bytes:
        """Return it as JPEG or PNG, no larger than a page needs; raises Missing."""
        try:
            with Image.open(media_root / self.kept, formats=("JPEG", "PNG")) as opened:
                if max(opened.size) <= _SIDE:
                    return (media_root / self.kept).read_bytes()
                kind = opened.format
                opened.draft("RGB", (_SIDE, _SIDE))
                opened.thumbnail((_SIDE, _SIDE))
                out = io.BytesIO()
                opened.save(out, kind, quality=_QUALITY, optimize=True)
                return out.getvalue()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Missing(title, self.kept) from error


def figure(medium: Medium) -> Figure | None:
    """Return the picture that a medium is, or that stands for a film; None where there is none."""
    alt, caption = line(medium.alt), line(medium.caption or "")
    if medium.kind is MediumKind.PICTURE:
        kept = medium.file_name
        size = medium.width, medium.height
    elif medium.kind is MediumKind.VIDEO and medium.poster_name:
        kept, size = medium.poster_name, (medium.width, medium.height)
    else:
        return None
    stem, _, suffix = kept.rpartition(".")
    return Figure(f"{stem[:24]}.{suffix}", kept, alt, caption, *size)


def figures(book: Book) -> Iterator[tuple[Figure, str]]:
    """Yield each picture of a book once, with the title of the first piece that shows it."""
    seen = set[str]()
    for chapter in book.chapters:
        for medium in chapter.piece.media:
            one = figure(medium)
            if one is not None and one.name not in seen:
                seen.add(one.name)
                yield one, chapter.piece.title
