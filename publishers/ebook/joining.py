"""Sections of a book as one PDF: pages, tags, bookmarks and named places.

A process of its own joins them: what it takes is given back. Where a PDF keeps each thing:
https://pdfa.org/resource/iso-32000-pdf/, 7.9.6 (names), 12.3.3 (bookmarks), 12.4.2 (what pages
are called), 14.7 (tags).
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, OutlineItem, String

_OF_THE_BOOK: Final = (Name.Lang, Name.MarkInfo, Name.Metadata, Name.ViewerPreferences)
"""What the first section says for all."""
_NUMBER: Final = re.compile(r"\d+$")


class Sheets(NamedTuple):
    """A section's file, and how many sheets at its two ends are no pages of the book."""

    path: str
    before: int
    after: int


def pages(sheets: Sheets) -> tuple[int, dict[str, int]]:
    """Return how many pages a section has, and on which of them, from 0, each name is."""
    with pikepdf.open(sheets.path) as made:
        kept = {page.objgen: at for at, page in enumerate(_kept(made, sheets))}
        named = {name: kept.get(place[0].objgen) for name, place in _named(made)}
    return len(kept), {name: at for name, at in named.items() if at is not None}


def join(path: str, sections: Sequence[Sheets]) -> None:
    """Make one file of sections; the first says what the book is."""
    with pikepdf.new() as book:
        joined = _Joined(book)
        for one in sections:
            with pikepdf.open(one.path) as made:
                joined.add(made, one)
        joined.finish()
        book.save(path, min_version="1.7", deterministic_id=True)


class _Joined:
    """A book that sections are added to."""

    def __init__(self, book: pikepdf.Pdf) -> None:
        self._book = book
        self._document = book.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, K=Array())
        )
        self._roles = Dictionary()
        self._tagged = NumberTree.new(book)
        self._notes = NameTree.new(book)
        self._places = NameTree.new(book)
        self._marks: list[OutlineItem] = []
        self._next = 0
        self._digest = hashlib.sha256()

    def add(self, made: pikepdf.Pdf, sheets: Sheets) -> None:
        """Add what a section has, without the sheets that are no pages of the book."""
        if not self._book.pages:
            for key in _OF_THE_BOOK:
                self._book.Root[key] = self._book.copy_foreign(made.make_indirect(made.Root[key]))
            self._book.trailer.Info = self._book.copy_foreign(made.trailer.Info)
        self._digest.update(Path(sheets.path).read_bytes())
        kept = _kept(made, sheets)
        _prune(made, {page.objgen for page in kept})
        first = len(self._book.pages)
        for page in kept:
            self._book.pages.append(page)
        there = {
            page.objgen: self._book.pages[at].obj for at, page in enumerate(kept, first)
        }  # where each of its pages now is
        for name, place in _named(made):
            if moved := _moved(place, there):
                self._places[name] = moved
        self._bookmark(made, there)
        self._tag(self._book.copy_foreign(made.Root.StructTreeRoot), there.values())

    def finish(self) -> None:
        """Write what belongs to the whole: the trees, the bookmarks, and how many pages it has."""
        root = self._book.Root
        root.StructTreeRoot = self._book.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot, K=Array([self._document]), RoleMap=self._roles,
                ParentTree=self._tagged.obj, ParentTreeNextKey=self._next, IDTree=self._notes.obj,
            )
        )  # fmt: skip
        self._document.P = root.StructTreeRoot
        root.Names = Dictionary(Dests=self._places.obj)
        labels = NumberTree.new(self._book)
        labels[0] = Dictionary(S=Name.D)  # counted from the cover, as they are printed
        root.PageLabels = labels.obj
        self._tell_pages()
        with self._book.open_outline() as outline:
            outline.root.extend(self._marks)
        name = base64.b64encode(self._digest.digest()[:16]).decode()
        with self._book.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
            told["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] = str(len(self._book.pages))
            told["xmpMM:InstanceID"] = name

    def _tell_pages(self) -> None:
        """Let what a link says of itself end in the number of the page it now leads to."""
        numbers: dict[Any, int] = {
            page.objgen: number for number, page in enumerate(self._book.pages, 1)
        }
        for page in self._book.pages:
            for note in page.obj.get(Name.Annots, ()):
                if isinstance(name := note.get(Name.Dest), String):
                    number = numbers[self._places[str(name)][0].objgen]
                    note.Contents = _NUMBER.sub(str(number), str(note.Contents))

    def _bookmark(self, made: pikepdf.Pdf, there: Mapping[Any, Any]) -> None:
        """Add bookmarks; those below one that was taken away go below the last that is there."""
        with made.open_outline() as outline:
            for one in outline.root:
                if moved := _moved(one.destination, there):
                    self._marks.append(OutlineItem(one.title, moved))
                    self._marks[-1].is_closed = True
                for kid in one.children:
                    if moved := _moved(kid.destination, there):
                        self._marks[-1].children.append(OutlineItem(kid.title, moved))

    def _tag(self, tree: Any, own: Iterable[Any]) -> None:
        """Put a section's tags behind those that are there, under numbers and names not taken."""
        for one in tree.K[0].K:
            one.P = self._document
            self._document.K.append(one)
        for number, owners in NumberTree(tree.ParentTree).items():
            self._tagged[number + self._next] = owners
        for page in own:
            if Name.StructParents in page:
                page.StructParents += self._next
            for note in page.get(Name.Annots, ()):
                note.StructParent += self._next
        for name, note in NameTree(tree.IDTree).items() if Name.IDTree in tree else ():
            note.ID = f"{name}, {self._next}"
            self._notes[str(note.ID)] = note
        self._roles.update(dict(tree.RoleMap.items()))
        self._next += int(tree.ParentTreeNextKey)


def _kept(made: pikepdf.Pdf, sheets: Sheets) -> list[pikepdf.Page]:
    return list(made.pages[sheets.before : len(made.pages) - sheets.after])


def _named(made: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    names: Any = made.Root.get(Name.Names, {})
    if Name.Dests in names:
        yield from NameTree(names.Dests).items()


def _moved(place: Any, there: Mapping[Any, Any]) -> Array | None:
    """Return a place in a section as it is in the book; None when its page was taken away."""
    page = there.get(place[0].objgen)
    return None if page is None else Array([page, *list(place)[1:]])


def _prune(made: pikepdf.Pdf, kept: set[Any]) -> None:
    """Take away the tags of pages that are not kept, and each tag that has nothing left in it."""
    owners = NumberTree(made.Root.StructTreeRoot.ParentTree)
    gone: list[Any] = []
    for page in made.pages:
        if page.objgen not in kept and Name.StructParents in page.obj:
            gone.extend(owners.pop(int(page.obj.StructParents)))
    while gone:
        names = {one.objgen for one in gone}
        above = {one.P.objgen: one.P for one in gone}
        gone = []
        for one in above.values():
            one.K = Array([kid for kid in one.K if getattr(kid, "objgen", None) not in names])
            if not one.K and Name.P in one:
                gone.append(one)


def _main() -> None:
    told = json.load(sys.stdin)
    refused = unwritten = None
    try:
        join(told["path"], [Sheets(*one) for one in told["sections"]])
    except OSError as error:
        unwritten = str(error)
    except Exception as error:  # noqa: BLE001 - who started this process is told, whatever it is
        refused = f"the sections were not joined: {error!r}"
    sys.stdout.write(json.dumps({"refused": refused, "unwritten": unwritten}))


if __name__ == "__main__":
    _main()
