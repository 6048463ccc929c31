"""The typefaces that come with the program (SIL OFL 1.1), and which signs they have."""

import io
from functools import cache
from importlib import resources
from typing import Final

FOLDER: Final = resources.files("publishers.ebook") / "fonts"
TEXT: Final = "Lora_400Regular.ttf"
TITLE: Final = "TitilliumWeb_600SemiBold.ttf"
EMBEDDED: Final = (TEXT, "Lora_400Regular_Italic.ttf", "Lora_700Bold.ttf", TITLE)
"""What an EPUB carries; a reader has typefaces of its own for what these lack."""
_FALLING_BACK: Final = (
    "GFSDidot_400Regular.ttf", "NotoSansArabic_400Regular.ttf", "NotoEmoji_400Regular.ttf",
)  # fmt: skip


def data(name: str) -> bytes:
    """Return a typeface's file."""
    return (FOLDER / name).read_bytes()


@cache
def signs(name: str) -> frozenset[int]:
    """Return the code points that a typeface has a sign for."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - what makes no book starts faster without

    with TTFont(io.BytesIO(data(name)), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def printable() -> frozenset[int]:
    """Return the code points that a PDF can show, in whatever of our typefaces."""
    return frozenset[int]().union(*(signs(name) for name in (TEXT, *_FALLING_BACK)))


def shown(text: str, known: frozenset[int]) -> str:
    """Return a text without the signs that are not known; lines and spaces stay."""
    if text.isascii():
        return text
    return "".join(one for one in text if one in "\n\t" or ord(one) in known)
