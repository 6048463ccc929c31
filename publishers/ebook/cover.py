"""The cover: the editor's, or drawn by us from the title and from what the book tells of.

Each tile is a piece, in the colour of the first goal it serves: no two books look the same.
"""

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from content.binding import Book
from content.goals import GOALS
from publishers.ebook import typefaces
from publishers.ebook.figures import Missing
from publishers.ebook.outline import Outline
from publishers.words import line

WIDTH: Final = 1600
HEIGHT: Final = 2400
"""Two by three, of the size that bookshops ask for."""
_SLIMMEST, _WIDEST = 0.62, 0.78
"""Width to height of covers that fill a page of A5, with a bleed or without."""
_PAPER, _INK, _SOFT, _RULE = "#0B2239", "#FFFFFF", "#C5D3E0", "#3E7CB1"
_MARGIN: Final = 140
_SIZES: Final = (190, 164, 142, 122, 104, 90, 78, 66)
_TITLE_TOP, _TITLE_BOTTOM = 460, 1260
_TILES_TOP, _TILES_BOTTOM = 1560, 2140
_GAP: Final = 14
_MOST_TILES: Final = 96
_LEAST: Final = 8


def made(book: Book, media_root: Path) -> bytes:
    """Return the cover as JPEG; raises Missing when the editor's has no file any more."""
    return _draw(book) if book.cover is None else _shown(media_root / book.cover.file_name)


def told(outline: Outline) -> str:
    """Return what the cover shows, for who cannot see it."""
    book = outline.book
    if book.cover is not None:
        return f"Copertina: {line(book.cover.alt)}"
    said = (f"Copertina: {outline.title}", outline.subtitle, f"{outline.lab}, {book.year}")
    return ". ".join(filter(None, said))


def credit(book: Book) -> str:
    """Return whose the picture on the cover is; empty where nobody said, or it is drawn."""
    return line(book.cover.credit or "") if book.cover else ""


def size(book: Book) -> tuple[int, int]:
    """Return how wide and high the cover is, in pixels."""
    if book.cover is None:
        return WIDTH, HEIGHT
    wide, high = book.cover.width, book.cover.height
    scale = min(1.0, WIDTH / wide, HEIGHT / high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def fills(book: Book) -> bool:
    """Tell whether the cover may fill a page, which cuts a little of it off."""
    wide, high = size(book)
    return _SLIMMEST <= wide / high <= _WIDEST


def _shown(file: Path) -> bytes:
    try:
        with Image.open(file, formats=("JPEG", "PNG")) as opened:
            opened.draft("RGB", (WIDTH, HEIGHT))
            seen = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Missing("la copertina", file.name) from error
    seen.thumbnail((WIDTH, HEIGHT))
    image = Image.new("RGB", seen.size, _INK)
    image.paste(seen, mask=seen)
    return _jpeg(image)


def _draw(book: Book) -> bytes:
    """Draw the cover. Signs that the typeface lacks are left out."""
    told = (book.title, book.subtitle, book.lab, book.year, book.owner)
    return _drawn(*told, tuple(chapter.piece.sdgs for chapter in book.chapters[:_MOST_TILES]))


@lru_cache(maxsize=4)
def _drawn(
    title: str, subtitle: str, lab: str, year: int, owner: str, goals: tuple[tuple[int, ...], ...]
) -> bytes:
    """Draw it once for all the forms of a book, which follow one another."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((_MARGIN, 180, _MARGIN + 160, 192), fill=_RULE)
    room = WIDTH - 2 * _MARGIN
    _write(pen, 230, _within(pen, _readable("Laboratori dell’Innovazione"), 54, room), 54, _SOFT)
    _write(
        pen,
        306,
        _within(pen, ", ".join(filter(None, (_readable(lab), str(year)))), 54, room),
        54,
        _SOFT,
    )
    size, lines = _fitting(pen, _readable(title), _SIZES, _TITLE_BOTTOM - _TITLE_TOP)
    for number, words in enumerate(lines):
        _write(pen, _TITLE_TOP + number * _step(size), words, size, _INK)
    below = _TITLE_TOP + len(lines) * _step(size) + 40
    small, under = _fitting(pen, _readable(subtitle), (64, 52), _TILES_TOP - 60 - below)
    for number, words in enumerate(under):
        _write(pen, below + number * _step(small), words, small, _SOFT)
    _mosaic(pen, goals)
    owner = _within(pen, _readable(owner), 44, room)
    _write(pen, 2220, owner, 44, _SOFT)
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()


def _mosaic(pen: ImageDraw.ImageDraw, goals: Sequence[Sequence[int]]) -> None:
    """Draw a tile for each piece, in rows that fill the field; never fewer than some."""
    colours = {goal.number: goal.colour for goal in GOALS}
    told = [colours[one[0]] if one else _RULE for one in goals][:_MOST_TILES]
    told += [_RULE] * (_LEAST - len(told))
    wide, high = WIDTH - 2 * _MARGIN, _TILES_BOTTOM - _TILES_TOP
    rows = max(1, round((len(told) * high / wide) ** 0.5))
    share, more = divmod(len(told), rows)
    tall = (high - (rows - 1) * _GAP) / rows
    for row in range(rows):
        here = [told.pop() for _ in range(share + (row < more))]
        across = (wide - (len(here) - 1) * _GAP) / len(here)
        top = _TILES_TOP + row * (tall + _GAP)
        for place, colour in enumerate(here):
            left = _MARGIN + place * (across + _GAP)
            pen.rounded_rectangle((left, top, left + across, top + tall), 18, fill=colour)


def _fitting(
    pen: ImageDraw.ImageDraw, words: str, sizes: Sequence[int], room: int
) -> tuple[int, list[str]]:
    """Return the largest size at which words have room, and their lines; cut where none has."""
    lines: list[str] = []
    for size in sizes:
        lines = _lines(pen, words, size)
        if len(lines) * _step(size) <= room:
            return size, lines
    most = max(1, room // _step(sizes[-1]))
    last = _within(pen, f"{lines[most - 1]} …", sizes[-1], WIDTH - 2 * _MARGIN)
    return sizes[-1], [*lines[: most - 1], last]


def _lines(pen: ImageDraw.ImageDraw, words: str, size: int) -> list[str]:
    room, lines = WIDTH - 2 * _MARGIN, list[str]()
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and _width(pen, joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(_within(pen, word, size, room))
    return lines


def _within(pen: ImageDraw.ImageDraw, words: str, size: int, room: int) -> str:
    if _width(pen, words, size) <= room:
        return words
    while words and _width(pen, words + "…", size) > room:
        words = words[: -max(1, len(words) // 20)]
    return words.rstrip() + "…"


def _step(size: int) -> int:
    return round(size * 1.14)


def _width(pen: ImageDraw.ImageDraw, words: str, size: int) -> float:
    return pen.textlength(words, font=_font(size))


def _write(pen: ImageDraw.ImageDraw, top: int, words: str, size: int, ink: str) -> None:
    pen.text((_MARGIN, top), words, fill=ink, font=_font(size))


def _readable(words: str) -> str:
    return line(typefaces.shown(words, typefaces.signs(typefaces.TITLE)))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    # Text is shaped by FreeType alone, so that every machine draws the same.
    source = io.BytesIO(typefaces.data(typefaces.TITLE))
    return ImageFont.truetype(source, size, layout_engine=ImageFont.Layout.BASIC)
