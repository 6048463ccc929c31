"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

MOST: Final = 1500
"""Texts of more words are compared line by line, and what is of more lines is told as a whole."""
_WORDS: Final = re.compile(r"\S+\s*")
_LINES: Final = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text: the same in both, or only in the new one, or only in the old one."""

    what: Literal["same", "added", "removed"]
    text: str


def differences(before: str, after: str) -> list[Change]:
    """Return one text told as changes to another: joined without the removed, it is `after`."""
    old, new = _cut(before, after)
    begins = _alike(old, new)
    ends = _alike(old[begins:][::-1], new[begins:][::-1])
    changed = _changes(old[begins : len(old) - ends], new[begins : len(new) - ends])
    return [*_told("same", new[:begins]), *changed, *_told("same", new[len(new) - ends :])]


def _cut(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST:
        return _LINES.findall(before), _LINES.findall(after)
    return old, new


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words, or lines, two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    if max(len(old), len(new)) > MOST:
        yield from _told("removed", old)
        yield from _told("added", new)
        return
    # Without its rule for what comes often (autojunk), it takes minutes for what repeats itself.
    for what, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield from _told("same", new[k:m])
            continue
        yield from _told("removed", old[i:j])
        yield from _told("added", new[k:m])


def _told(what: Literal["same", "added", "removed"], words: Sequence[str]) -> Iterator[Change]:
    if words:
        yield Change(what, "".join(words))
