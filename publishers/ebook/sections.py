"""A long book in sections, printed one after the other: the compiler never has it all in memory.

What a section says of others, in contents and indexes, it is told.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from publishers.ebook import joining, typesetting
from publishers.ebook.joining import Sheets
from publishers.ebook.outline import Division, Leaf, Outline
from publishers.ebook.typesetting import Unprintable

MOST: Final = 400_000
"""Signs of text in a section: printing a thousand takes a third of a megabyte of memory."""
_ROUND: Final = 1_000
"""Signs that go without saying with each piece: its head, its facts, its line in the contents."""
_PAGE: Final = 1_800
"""Signs on a page."""
_TRIES: Final = 3
"""So often a book is printed until its contents keep the length that was counted on."""

Heading = Mapping[str, Any]
"""One that another section prints: its `level`, `title`, `anchor`, and `page` where it is known."""


@dataclass(frozen=True)
class Stretch:
    """Pieces of a part that follow each other; `begins` says that its heading is before them."""

    division: Division
    begins: bool
    leaves: Sequence[Leaf]


@dataclass(frozen=True)
class Section:
    """What is printed at once; `before` and `after` are sheets of headings, later taken away."""

    stretches: Sequence[Stretch] = ()
    front: bool = False
    indexes: bool = False
    first: int = 1
    before: Sequence[Sequence[Heading]] = ()
    after: Sequence[Sequence[Heading]] = ()
    pages: Mapping[str, int] = field(default_factory=dict)


def cut(outline: Outline) -> list[list[Stretch]]:
    """Return the book's pieces as they are printed: all at once, unless they are too much."""
    cuts: list[list[Stretch]] = [[]]
    signs = 0
    for division in outline.parts:
        taken: list[Leaf] = []
        begins = True
        for leaf in division.leaves:
            long = _ROUND + len(leaf.chapter.piece.text)
            if signs and signs + long > MOST:
                if taken:
                    cuts[-1].append(Stretch(division, begins, taken))
                    begins, taken = False, []
                cuts.append([])
                signs = 0
            taken.append(leaf)
            signs += long
        cuts[-1].append(Stretch(division, begins, taken))
    return cuts


def printed(
    outline: Outline,
    cuts: Sequence[Sequence[Stretch]],
    indexes: Sequence[Heading],
    folder: Path,
    show: Callable[[Section, Path], None],
) -> Path:
    """Return the file of a book that `show` prints a section at a time, in a folder of its own.

    The contents stand before what they tell of. They are printed first as the pages are thought to
    be, for their length, and last as they are; should that differ, everything is printed again.
    """
    making = _Making(outline, cuts, indexes, folder, show)
    first = making.contents(_guessed(outline))
    for _ in range(_TRIES):
        body = making.body(first)
        came = making.contents(making.known)
        if came == first:
            return making.joined(body)
        first = came
    raise Unprintable(f"the contents are of no length that stays, in {_TRIES} tries")


class _Making:
    """A book while it is printed: `known` is the page of each thing that has an anchor."""

    def __init__(
        self, outline: Outline, cuts: Sequence[Sequence[Stretch]], indexes: Sequence[Heading],
        folder: Path, show: Callable[[Section, Path], None],
    ) -> None:  # fmt: skip
        self._cuts, self._indexes, self._headings = cuts, indexes, list(_headings(outline))
        self._folder, self._show = folder, show
        self._front: Sheets | None = None
        self.known: dict[str, int] = {}

    def contents(self, pages: Mapping[str, int]) -> int:
        """Print what stands before the first piece; return the page on which that begins."""
        headings = [
            {**one, "page": pages[one["anchor"]]} for one in (*self._headings, *self._indexes)
        ]
        self._front, many = self._print("front", Section(front=True, after=[headings]))
        return 1 + many

    def body(self, first: int) -> list[Sheets]:
        """Print everything else, from a page on."""
        made: list[Sheets] = []
        self.known = {}
        for number, stretches in enumerate(self._cuts):
            opens = stretches[0]
            above = [] if opens.begins else [_heading(opens.division)]
            section = Section(stretches, first=first, before=_before(first, above))
            sheets, many = self._print(str(number), section)
            made.append(sheets)
            first += many
        if self._indexes:
            before = _before(first, self._headings)
            section = Section(indexes=True, first=first, before=before, pages=self.known)
            made.append(self._print("indexes", section)[0])
        return made

    def joined(self, body: Sequence[Sheets]) -> Path:
        """Make one file of all."""
        whole = self._folder / "whole.pdf"
        told = json.dumps({"path": str(whole), "sections": [self._front, *body]})
        typesetting.apart(Path(joining.__file__), (), told)
        return whole

    def _print(self, name: str, section: Section) -> tuple[Sheets, int]:
        path = self._folder / f"{name}.pdf"
        self._show(section, path)
        sheets = Sheets(str(path), len(section.before), len(section.after))
        many, found = joining.pages(sheets)
        self.known = self.known | {name: section.first + at for name, at in found.items()}
        return sheets, many


def _guessed(outline: Outline) -> dict[str, int]:
    """Return about where everything is: enough to know how many digits that takes."""
    page, pages = 1, {}
    for division in outline.parts:
        pages[division.anchor] = page = page + 1
        for leaf in division.leaves:
            pages[leaf.anchor] = page = page + 1
            page += len(leaf.chapter.piece.text) // _PAGE
    return pages | dict.fromkeys(("places", "goals"), page + 1)


def _before(first: int, headings: Sequence[Heading]) -> list[Sequence[Heading]]:
    """Return the sheets before a section: one or two, so that left and right pages stay so."""
    return [headings] if first % 2 == 0 else [headings, []]


def _headings(outline: Outline) -> Iterator[Heading]:
    for division in outline.parts:
        yield _heading(division)
        for leaf in division.leaves:
            yield {"level": 2, "title": leaf.title, "anchor": leaf.anchor}


def _heading(division: Division) -> Heading:
    return {"level": 1, "title": division.title, "anchor": division.anchor}
