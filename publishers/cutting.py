"""Texts cut to what a channel takes, between sentences or words."""

import unicodedata
from collections.abc import Callable
from typing import Final

import regex

from publishers.links import links

__all__ = ["cut", "divided"]

_BEFORE_ELLIPSIS: Final = " \t\r\n,;:–—-"
_ENOUGH: Final = 0.6
"""How much of the room must be filled for a cut after a sentence to be worth what it drops."""
_WORD_ENDS: Final = regex.compile(r"(?<=\S)(?=\s)")
_SENTENCE_END: Final = regex.compile(r"[.!?…][\"'”»)]*\Z")
_PARAGRAPHS: Final = regex.compile(r"(?<=\S)(?=\s*\n\s*\n)")
_SENTENCES: Final = regex.compile(r"(?<=[.!?…][\"'”»)]*+)(?=\s+[^\s\p{Ll}\p{Nd}])")
"""Where one ends: a small letter or a number after it, as in "art. 5", says that it does not."""
_LOOKED_AT: Final = 8
"""A part's end is looked for in so many times the characters that it may have at least."""


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


def divided(text: str, room: int, first: int, measure: Callable[[str], int]) -> list[str]:
    """Return the text, in NFC form, in parts that `measure` counts at most `room` each.

    The first has only the room `first`. It is cut after a paragraph where that fills a part well
    enough, else after a sentence, else between words; a word is cut only where it would not fit
    alone, and a link not even so unless it is longer than a part. Nothing is lost but the spaces
    at a cut.
    """
    rest = unicodedata.normalize("NFC", text).strip()
    parts: list[str] = []
    while measure(begun := _beginning(rest, here := room if parts else first, measure)) > here:
        end = _end(begun, here, measure)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def _beginning(text: str, room: int, measure: Callable[[str], int]) -> str:
    """Return enough of a text to find where a part ends: more than fits, or all of it.

    Of a long text all the rest would be gone through for each part.
    """
    size = _LOOKED_AT * max(room, 1)
    while size < len(text) and measure(text[:size]) <= room:
        size *= 2
    return text[:size]


def _end(text: str, room: int, measure: Callable[[str], int]) -> int:
    """Return where the part ends that a text which does not fit begins with."""

    def last(pattern: "regex.Pattern[str]") -> int:
        ends = [match.start() for match in pattern.finditer(text)]
        kept = _most(ends, lambda end: measure(text[:end]) <= room)
        return ends[kept - 1] if kept else 0

    paragraph = last(_PARAGRAPHS)
    if paragraph and measure(text[:paragraph]) >= room * _ENOUGH:
        return paragraph
    return last(_SENTENCES) or paragraph or last(_WORD_ENDS) or _within(text, room, measure)


def _within(text: str, room: int, measure: Callable[[str], int]) -> int:
    """Return where to cut a word that does not fit: between two signs, outside links."""
    there = links(text)
    signs = [match.end() for match in regex.finditer(r"\X", text)]
    whole = [one for one in signs if not any(a < one < b for a, b in there.items())]
    for ends in (whole, signs):
        if kept := _most(ends, lambda end: measure(text[:end]) <= room):
            return ends[kept - 1]
    return signs[0]


def _most(places: "list[int] | range", fits: Callable[[int], bool]) -> int:
    """Return how many of these places, which grow, still fit."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(places[middle - 1]) else (low, middle - 1)
    return low
