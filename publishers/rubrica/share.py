"""The image that stands for an article where somebody shares it: drawn by us, from its words."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFont

from content.goals import GOALS
from publishers.words import shortened

WIDTH: Final = 1200
HEIGHT: Final = 630
"""What Facebook and X ask of a large card:
https://developers.facebook.com/docs/sharing/webmasters/images"""
_DRAWING: Final = 2
"""To be raised when the drawing changes: the name of an image follows from what it shows."""
_FONT: Final = "static/fonts/titillium-web-v10-latin-ext_latin-600.woff2"
_PAPER, _INK, _SOFT, _ACCENT, _RULE = "#ffffff", "#17212b", "#4f5d6b", "#0066cc", "#d5dbe2"
_SHADES, _CHIP_SHADES = 16, 4
"""How many steps from one colour to another: at most 256 colours in all, with every goal."""
_MARGIN: Final = 80
_TITLE_SIZES: Final = (84, 72, 62, 54, 48)
_TITLE_BOTTOM: Final = 450
_CHIP: Final = 68
_LONGEST: Final = 180
_LIGHT: Final = 0.179
"""The luminance above which black is read better than white (WCAG 2.1, contrast ratio)."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is drawn: all of it decides the name of the image."""

    title: str
    section: str
    column: str
    body: str
    goals: tuple[int, ...]

    @property
    def file_name(self) -> str:
        """Its name: another drawing has another."""
        return _name(self)


@lru_cache(maxsize=1_000)
def _name(shared: Shared) -> str:
    told = (_DRAWING, shared.title, shared.section, shared.column, shared.body, shared.goals)
    return f"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]}-share.png"


def draw(shared: Shared) -> bytes:
    """Return the image as PNG. Signs that the typeface lacks are left out."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 18), fill=_ACCENT)
    _write(pen, (_MARGIN, 74), _readable(shared.section), 36, _ACCENT)
    size, lines = _fitting(pen, shortened(_readable(shared.title), _LONGEST))
    for number, words in enumerate(lines):
        _write(pen, (_MARGIN, 136 + number * round(size * 1.16)), words, size, _INK)
    pen.line((_MARGIN, 486, WIDTH - _MARGIN, 486), fill=_RULE, width=2)
    room = WIDTH - 2 * _MARGIN - len(shared.goals) * (_CHIP + 12) - 30
    _write(pen, (_MARGIN, 508), _within(pen, _readable(shared.column), 34, room), 34, _INK)
    _write(pen, (_MARGIN, 554), _within(pen, _readable(shared.body), 28, room), 28, _SOFT)
    _chips(pen, shared.goals)
    out = io.BytesIO()
    # Ten times as fast as the defaults, a third larger: somebody waits for the page.
    few = image.quantize(palette=_palette(shared.goals), dither=Image.Dither.NONE)
    few.save(out, "PNG", compress_level=3)
    return out.getvalue()


def is_light(colour: str) -> bool:
    """Tell whether black stands out more than white on a colour, #RRGGBB."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    low = 0.04045
    linear = [c / 12.92 if c <= low else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT


def _chips(pen: ImageDraw.ImageDraw, numbers: Sequence[int]) -> None:
    left = WIDTH - _MARGIN - len(numbers) * (_CHIP + 12) + 12
    colours = {goal.number: goal.colour for goal in GOALS}
    for number in numbers:
        box = (left, 514, left + _CHIP, 514 + _CHIP)
        pen.rounded_rectangle(box, 8, fill=colours[number])
        middle = (left + _CHIP / 2, 514 + _CHIP / 2)
        ink = _number_on(colours[number])
        pen.text(middle, str(number), fill=ink, font=_font(38), anchor="mm")
        left += _CHIP + 12


def _palette(numbers: Sequence[int]) -> Image.Image:
    """Return the colours of a drawing, and those between them at the edges of what is drawn."""
    chips = [goal.colour for goal in GOALS if goal.number in numbers]
    edges = [(_PAPER, ink, _SHADES) for ink in (_ACCENT, _INK, _SOFT)] + [(_PAPER, _RULE, 1)]
    for chip in chips:
        edges += [(_PAPER, chip, _CHIP_SHADES), (_number_on(chip), chip, _CHIP_SHADES)]
    mixed = [
        round(a + (b - a) * step / shades)
        for one, other, shades in edges
        for step in range(shades + 1)
        for a, b in zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(mixed)
    return palette


def _number_on(colour: str) -> str:
    return "#000000" if is_light(colour) else "#ffffff"


def _fitting(pen: ImageDraw.ImageDraw, title: str) -> tuple[int, list[str]]:
    """Return the largest size at which a title has room, and its lines."""
    for size in _TITLE_SIZES:
        lines = _lines(pen, title, size)
        if 136 + len(lines) * round(size * 1.16) <= _TITLE_BOTTOM + 20:
            return size, lines
    most = (_TITLE_BOTTOM + 20 - 136) // round(_TITLE_SIZES[-1] * 1.16)
    return _TITLE_SIZES[-1], [*lines[: most - 1], _ending(pen, lines[most - 1])]


def _lines(pen: ImageDraw.ImageDraw, words: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and _width(pen, joined, size) <= WIDTH - 2 * _MARGIN:
            lines[-1] = joined
        else:
            lines.append(_within(pen, word, size, WIDTH - 2 * _MARGIN))
    return lines


def _ending(pen: ImageDraw.ImageDraw, words: str) -> str:
    return _within(pen, words + " …", _TITLE_SIZES[-1], WIDTH - 2 * _MARGIN)


def _within(pen: ImageDraw.ImageDraw, words: str, size: int, room: int) -> str:
    """Cut words so that they have room."""
    if _width(pen, words, size) <= room:
        return words
    while words and _width(pen, words + "…", size) > room:
        words = words[: -max(1, len(words) // 20)]
    return words.rstrip() + "…"


def _width(pen: ImageDraw.ImageDraw, words: str, size: int) -> float:
    return pen.textlength(words, font=_font(size))


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], words: str, size: int, ink: str) -> None:
    pen.text(at, words, fill=ink, font=_font(size))


def _readable(words: str) -> str:
    """Drop the signs that the typeface does not have."""
    return " ".join("".join(sign for sign in words if sign == " " or _has(sign)).split())


@cache
def _has(sign: str) -> bool:
    drawn, nothing = (_font(40).getmask(one) for one in (sign, "\ufffe"))
    return drawn.getbbox() is not None and bytes(drawn) != bytes(nothing)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    source = resources.files("publishers.rubrica") / _FONT
    # Text is shaped by FreeType alone, so that every machine draws the same.
    return ImageFont.truetype(
        io.BytesIO(source.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )
