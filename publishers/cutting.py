"""Texts cut to what a channel takes, between sentences or words."""

import unicodedata
from collections.abc import Callable
from typing import Final

import regex

__all__ = ["cut"]

_BEFORE_ELLIPSIS: Final = " \t\r\n,;:–—-"
_ENOUGH: Final = 0.6
"""How much of the room must be filled for a cut after a sentence to be worth what it drops."""
_WORD_ENDS: Final = regex.compile(r"(?<=\S)(?=\s)")
_SENTENCE_END: Final = regex.compile(r"[.!?…][\"'”»)]*\Z")


def cut(text: str, room: int, measure: Callable[[str], int]) -> str:
    """Return the text, in NFC form, so short that `measure` counts at most `room`.

    It is cut after a sentence where little is lost by it, else between words and with "…" put
    there; a word is cut only where it would not fit alone.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if measure(text) <= room:
        return text
    ends = [match.start() for match in _WORD_ENDS.finditer(text)]
    fitting = ends[: _most(ends, lambda end: measure(f"{text[:end]}…") <= room)]
    for end in reversed(fitting):
        if _SENTENCE_END.search(text, max(0, end - 4), end):
            if measure(text[:end]) >= room * _ENOUGH:
                return text[:end]
            break
    if fitting:
        return text[: fitting[-1]].rstrip(_BEFORE_ELLIPSIS) + "…"
    signs = regex.findall(r"\X", text)
    kept = _most(range(1, len(signs) + 1), lambda end: measure("".join(signs[:end]) + "…") <= room)
    return "".join(signs[:kept]) + "…"


def _most(places: "list[int] | range", fits: Callable[[int], bool]) -> int:
    """Return how many of these places, which grow, still fit."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(places[middle - 1]) else (low, middle - 1)
    return low
