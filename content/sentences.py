"""Sentences of Italian prose: where they end, and how one is shortened between words."""

import re
from collections.abc import Callable
from typing import Final

_END: Final = re.compile(r"(?<=[^\s.][.!?…])[”»\"]?\s+(?=[A-ZÀ-Ý«“\"0-9])|\n")
_ABBREVIATION: Final = re.compile(
    r"(?i)(?:\b(?:dott|ssa|dr|sig|ra|ing|arch|avv|prof|n|art|pag|tel|ecc|es|zza|le|on|geom)"
    r"|\b[a-z])\.$"
)
_BREAKS: Final = (". ", ": ", " – ", "; ", ", ")
_LONGEST_READ: Final = 4000


def opening(text: str) -> str:
    """Return the first sentence of a text, all of it where none ends."""
    text = text.strip()
    for end in _END.finditer(text[:_LONGEST_READ]):
        sentence = text[: end.start()]
        if re.search(r"[^\W_]", sentence) and not _ABBREVIATION.search(sentence[-12:]):
            return text[: end.end()].rstrip()
    return text


def shortened(text: str, limit: int, measure: Callable[[str], int] = len) -> str:
    """Return a text that measures at most `limit`: whole, or cut between words with an ellipsis."""
    text = text.strip()[:_LONGEST_READ]
    if len(text) < _LONGEST_READ and measure(text) <= limit:
        return text
    words = text.split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(_ended(" ".join(words[:middle]))) <= limit:
            low = middle
        else:
            high = middle - 1
    return _ended(" ".join(words[:low])) if low else _cut(text, limit, measure)


def headline(text: str, limit: int) -> str:
    """Return a sentence short enough for a title, cut at a pause where one is far enough in."""
    if len(text) <= limit:
        return text
    for pause in _BREAKS:
        head = text[:limit].rpartition(pause)[0]
        if len(head) > limit // 2:
            return head.rstrip(" ,;:–")
    return shortened(text, limit)


def _ended(text: str) -> str:
    return text.rstrip(" \n,;:.–-(«“") + "…" if text else ""


def _cut(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """Cut one word that is too long for the limit."""
    head = text[: max(limit - 1, 0)]
    while head and measure(head + "…") > limit:
        head = head[:-1]
    return head + "…" if head else ""
