"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

MOST_WORDS: Final = 1500
"""Longer texts are compared line by line: the words of two long ones take seconds."""
_WORDS: Final = re.compile(r"\S+\s*")
_LINES: Final = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text: the same in both, or only in the new one, or only in the old one."""

    what: Literal["same", "added", "removed"]
    text: str


def differences(before: str, after: str) -> list[Change]:
    """Return one text told as changes to another: joined without the removed, it is `after`."""
    cut = _WORDS
    if max(len(_WORDS.findall(before)), len(_WORDS.findall(after))) > MOST_WORDS:
        cut = _LINES
    return list(_changes(cut.findall(before), cut.findall(after)))


def _changes(before: list[str], after: list[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield Change("same", "".join(after[k:m]))
            continue
        if i < j:
            yield Change("removed", "".join(before[i:j]))
        if k < m:
            yield Change("added", "".join(after[k:m]))
