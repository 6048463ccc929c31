"""A tagged PDF read back: what a reader's software finds in it, and what it could not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, NameTree, NumberTree

PAGES = "{http://ns.adobe.com/xap/1.0/t/pg/}NPages"


def opened(path: Path) -> pikepdf.Pdf:
    """Open a file, whose syntax nothing may be wrong with."""
    made = pikepdf.open(path)
    assert made.check_pdf_syntax() == []
    return made


def tags(node: Any, deep: int = 0) -> Iterator[tuple[int, Any]]:
    """Every element of a structure tree below one, with how deep it stands."""
    for kid in kids(node):
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield deep, kid
            yield from tags(kid, deep + 1)


def kids(node: Any) -> list[Any]:
    """What an element has in it."""
    found = node.get(Name.K, [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def said(pdf: pikepdf.Pdf) -> list[tuple[int, str, str, str]]:
    """Each tag: how deep it stands, its kind, its description and its language, in order."""
    return [
        (deep, str(node.S), str(node.get(Name.Alt, "")), str(node.get(Name.Lang, "")))
        for deep, node in tags(pdf.Root.StructTreeRoot)
    ]


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[int, str, bool | None, int]]:
    """Each bookmark: how deep it stands, what it says, whether it is closed, and its page."""
    numbers = numbered(pdf)

    def below(items: Any, deep: int) -> Iterator[tuple[int, str, bool | None, int]]:
        for one in items:
            yield deep, one.title, one.is_closed, numbers[one.destination[0].objgen]
            yield from below(one.children, deep + 1)

    with pdf.open_outline() as outline:
        return list(below(outline.root, 0))


def links(pdf: pikepdf.Pdf) -> list[tuple[int, str, str]]:
    """Each link: its page, its description, and the address or the place it leads to."""
    numbers, named = numbered(pdf), NameTree(pdf.Root.Names.Dests)
    return [
        (number, str(note.get(Name.Contents, "")), str(note.A.URI) if place is None
         else f"page {numbers[place[0].objgen]}, at {place[3]:.1f}")
        for number, page in enumerate(pdf.pages, 1)
        for note in annotations(page)
        for place in [target(note, named)]
    ]  # fmt: skip


def faults(pdf: pikepdf.Pdf) -> list[str]:
    """What of PDF/UA-1 does not hold of a file, as far as it can be read back.

    ISO 14289-1, 7: https://pdfa.org/resource/iso-14289-pdfua/.
    """
    return [*_document(pdf), *_headings(pdf), *_tree(pdf), *_pages(pdf), *_names(pdf)]


def numbered(pdf: pikepdf.Pdf) -> dict[Any, int]:
    """The number of each page, by its object."""
    return {page.objgen: number for number, page in enumerate(pdf.pages, 1)}


def annotations(page: pikepdf.Page) -> list[Any]:
    """A page's links."""
    found: Any = page.obj.get(Name.Annots, [])
    return list(found)


def target(note: Any, named: Any) -> Any:
    """Where in the file a link leads to; None when it leads out of it."""
    if Name.Dest not in note:
        return None
    return note.Dest if isinstance(note.Dest, pikepdf.Array) else named.get(str(note.Dest))


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    told = pdf.open_metadata()
    holds = {
        "PDF/UA is not claimed": told.get("pdfuaid:part") == "1",
        "the title is not told": str(told.get("dc:title", "")).strip(),
        "the title is not shown": root.ViewerPreferences.DisplayDocTitle,
        "the pages are miscounted": told.get(PAGES) == str(len(pdf.pages)),
        "the language is not told": str(root.get(Name.Lang, "")).startswith("it"),
        "it is not marked": root.MarkInfo.Marked,
    }
    yield from (fault for fault, held in holds.items() if not held)


def _headings(pdf: pikepdf.Pdf) -> Iterator[str]:
    before = 0
    for _, node in tags(pdf.Root.StructTreeRoot):
        kind = str(node.S)
        if kind[:2] == "/H" and kind[2:].isdecimal():
            if int(kind[2:]) > before + 1:
                yield f"{kind} after /H{before}"
            before = int(kind[2:])


def _tree(pdf: pikepdf.Pdf) -> Iterator[str]:
    for _, node in tags(pdf.Root.StructTreeRoot):
        if str(node.S) == "/Figure" and not str(node.get(Name.Alt, "")).strip():
            yield "a figure has no description"
        if not kids(node):
            yield f"an empty {node.S}"
        for kid in kids(node):
            if isinstance(kid, Dictionary) and Name.S in kid and kid.P.objgen != node.objgen:
                yield f"{kid.S} does not know what it is in"


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Contents and links: each in the tree once, in what the tree's list of owners says."""
    tree: Any = pdf.Root.StructTreeRoot
    owners: dict[int, Any] = dict(NumberTree(tree.ParentTree).items())
    above = _above(tree)
    used: Counter[int] = Counter()
    for number, page in enumerate(pdf.pages, 1):
        if page.obj.get(Name.Tabs) != Name.S:
            yield f"page {number} is not read in the order of its tags"
        marks = Counter(_marked(page))
        if marks:
            used[int(page.obj.StructParents)] += 1
        for mark, times in marks.items():
            owner = list(owners.get(int(page.obj.StructParents), []))[mark : mark + 1]
            if times != 1 or above.pop((page.objgen, mark), 0) != [one.objgen for one in owner]:
                yield f"content {mark} of page {number} is not in the tree once"
        for note in annotations(page):
            used[int(note.StructParent)] += 1
            owner = [owners[int(note.StructParent)]] if int(note.StructParent) in owners else []
            if above.pop(note.objgen, 0) != [one.objgen for one in owner]:
                yield f"a link of page {number} is not in the tree once"
            if not str(note.get(Name.Contents, "")).strip():
                yield f"a link of page {number} says nothing"
    if above:
        yield "the tree has what is on no page"
    yield from _numbers(tree, owners, used)


def _numbers(tree: Any, owners: dict[int, Any], used: Counter[int]) -> Iterator[str]:
    if set(used) != set(owners) or max(used.values()) > 1:
        yield "the numbers of pages and links are not those of the tree"
    if int(tree.ParentTreeNextKey) <= max(owners):
        yield "the next number is taken"


def _above(tree: Any) -> dict[Any, list[Any]]:
    """The elements that each content, by page and number, and each link, by object, is in."""
    found: dict[Any, list[Any]] = {}
    for _, node in tags(tree):
        for kid in kids(node):
            if isinstance(kid, int):
                found.setdefault((node.Pg.objgen, kid), []).append(node.objgen)
            elif Name.MCID in kid:
                page = kid.get(Name.Pg, node.get(Name.Pg))
                found.setdefault((page.objgen, int(kid.MCID)), []).append(node.objgen)
            elif Name.Obj in kid:
                found.setdefault(kid.Obj.objgen, []).append(node.objgen)
    return found


def _marked(page: pikepdf.Page) -> Iterator[int]:
    for drawn in pikepdf.parse_content_stream(page, "BDC"):
        told: Any = drawn.operands[1] if str(drawn.operator) == "BDC" else None
        if isinstance(told, Dictionary) and Name.MCID in told:
            yield int(told.MCID)


def _names(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    numbers = numbered(pdf)
    named: Any = NameTree(root.Names.Dests)
    places = [target(note, named) or [] for page in pdf.pages for note in annotations(page)
              if Name.Dest in note]  # fmt: skip
    for place in [*places, *(place for _, place in named.items())]:
        if not place or getattr(place[0], "objgen", None) not in numbers:
            yield "a link or a name leads nowhere"
    mine = sorted(str(node.ID) for _, node in tags(root.StructTreeRoot) if Name.ID in node)
    tree = root.StructTreeRoot
    if mine != (sorted(NameTree(tree.IDTree)) if Name.IDTree in tree else []):
        yield "the names of tags are not those of the tree"
