"""Municipalities' names found in running text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from content.municipalities.register import WORD, Municipality, fold, register

_GAP: Final = re.compile(r"[\s'’`´./-]{1,3}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: all municipalities that bear it, where it stands, 1.0 when in full."""

    municipalities: tuple[Municipality, ...]
    start: int
    end: int
    score: float


def find(text: str) -> list[Mention]:
    """Return every municipality's name in a text, the longest where several fit, in order.

    A name counts when it begins with a capital letter; accents and "S." for "San" are forgiven.
    """
    names = register()
    words = [(found.start(), found.end(), fold(found[0])) for found in WORD.finditer(text)]
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        length = _longest_name(text, words, at) if text[words[at][0]].isupper() else 0
        if length:
            key = tuple(word for _, _, word in words[at : at + length])
            full = key in names.named
            found = names.named[key] if full else names.shortened[key]
            mentions.append(
                Mention(found, words[at][0], words[at + length - 1][1], 1.0 if full else 0.9)
            )
        at += max(length, 1)
    return mentions


def _longest_name(text: str, words: Sequence[tuple[int, int, str]], at: int) -> int:
    names = register()
    most = names.longest.get(words[at][2], 0)
    reach = 1
    while reach < most and at + reach < len(words):
        gap = text[words[at + reach - 1][1] : words[at + reach][0]]
        if not _GAP.fullmatch(gap):
            break
        reach += 1
    for length in range(min(reach, most), 0, -1):
        key = tuple(word for _, _, word in words[at : at + length])
        if key in names.named or key in names.shortened:
            return length
    return 0
