"""Where the pages of a book's PDF begin in its EPUB, so that "page 57" is the same place in both.

A page is known by its first words, which are looked for in what the EPUB says, or by the picture
it begins with; one that cannot be found is left out, and nothing is said of it.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2
from pikepdf import Name, NumberTree

from publishers.ebook import joining
from publishers.ebook.joining import Sheets

_KEYS: Final = (48, 20)
"""So many letters of a page are looked for; fewer where more are not found together."""
_UNSAID: Final = 240
"""So many letters at the head of a page may be nowhere in the EPUB: some lines of an address."""
_MARK: Final = (
    '<span epub:type="pagebreak" role="doc-pagebreak" id="page{0}" aria-label="{0}"></span>'
)
_TOKEN: Final = re.compile(r"<[^>]*>|[^<]+")
_SIGN: Final = re.compile(r"&[^;]+;|[\s\S]")
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")
_NOTE: Final = re.compile(r"\d+ ?(?:https?://|mailto:|tel:)")
"""How a note begins at the foot of a page."""
_HEADING: Final = re.compile(r"<h[1-6][^>]*>\Z")
_BEGINNING: Final = re.compile(r"<section[^>]*>\n?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the PDF: what it is called, the letters of each line of its text, its pictures.

    `pictured` says that it begins with one.
    """

    label: str
    lines: Sequence[str]
    figures: int = 0
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: its label, and the file of the EPUB that has its mark."""

    label: str
    file: str

    @property
    def href(self) -> str:
        """The address of its mark in the EPUB."""
        return f"{self.file}#page{self.label}"


class Pagination:
    """The pages of a PDF, put into the EPUB a file at a time, in the order of reading."""

    def __init__(self, sheets: Sequence[Sheet], starts: dict[str, int], title: str) -> None:
        """Take all pages, on which of them, from 0, files begin where that is known, and the title.

        The title is the book's, which is printed at the head of pages.
        """
        self._sheets, self._starts, self._title = sheets, starts, letters(title)
        self._at = 0
        self.places: list[Place] = []

    def marked(self, name: str, html: str) -> str:
        """Return a file of the EPUB, called `name`, with a mark wherever a page begins in it.

        Files of which nobody knows where they begin follow one another.
        """
        known = name in self._starts
        first = self._starts.get(name, self._at)
        after = min((at for at in self._starts.values() if at > first), default=len(self._sheets))
        text = _Text(html, self._title)
        for at in range(first, after):
            sheet = self._sheets[at]
            if text.find(sheet):
                self.places.append(Place(sheet.label, f"{name}.xhtml"))
            elif not known:
                after = at
                break
        self._at = after
        return text.html()


def read(path: Path, title: str) -> Pagination:
    """Read the pages of a book's PDF, as `pdf.write` made it for the screen; raises OSError."""
    many, starts = joining.pages(Sheets(str(path), 0, 0))
    pictures = _pictures(path)
    opened = pypdfium2.PdfDocument(path)
    try:
        sheets = [
            Sheet(opened.get_page_label(at) or str(at + 1), list(_lines(opened, at)),
                  *pictures.get(at, (0, False)))
            for at in range(many)
        ]  # fmt: skip
    finally:
        opened.close()
    return Pagination(sheets, starts, title)


def letters(text: str) -> str:
    """Return the letters of a text, without accents and case: what every form of it has alike."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKD", text).casefold())


def _lines(opened: pypdfium2.PdfDocument, at: int) -> Iterator[str]:
    """Yield the letters of each line of a page, but not of its notes: elsewhere in an EPUB."""
    page = opened[at]
    text = page.get_textpage()
    said: str = text.get_text_range()
    text.close()
    page.close()
    for line in said.splitlines():
        if _NOTE.match(line):
            return
        if found := letters(line):
            yield found


def _pictures(path: Path) -> dict[int, tuple[int, bool]]:
    """Return, for pages with pictures, how many, and whether one is what they begin with."""
    found = {}
    with pikepdf.open(path) as made:
        tree: Any = made.Root.StructTreeRoot
        owners = NumberTree(tree.ParentTree)
        for at, page in enumerate(made.pages):
            drawn = Name.XObject in page.obj.get(Name.Resources, {})
            if not drawn or Name.StructParents not in page.obj:
                continue
            kinds = {one.objgen: one.S for one in owners[int(page.obj.StructParents)]}
            figures = [one == Name.Figure for one in kinds.values()]
            found[at] = sum(figures), any(figures[:1])
    return found


class _Text:
    """A file of the EPUB: its markup, the letters that it says, and the marks it is to get."""

    def __init__(self, html: str, title: str) -> None:
        self._html = html
        head, body = html.index("<title>"), html.index("<body")
        self._heads = title, letters(_plain(html[head + 7 : html.index("</title>")]))
        self._begins: list[int] = []  # where each run of text begins in the markup
        self._counts: list[int] = []  # and how many letters are before it
        said: list[str] = []
        many = 0
        for token in _TOKEN.finditer(html, body):
            if not token[0].startswith("<") and (found := letters(_plain(token[0]))):
                self._begins.append(token.start())
                self._counts.append(many)
                said.append(found)
                many += len(found)
        self._said = "".join(said)
        self._figures = [one.start() for one in re.finditer("<figure", html)]
        self._marks: list[tuple[int, str]] = []
        self._seen = 0  # pictures on the pages before
        self._last = self._expected = 0  # letters before the last page that was found, and its end

    def find(self, sheet: Sheet) -> bool:
        """Note where a page begins, which follows the one before; False where nobody knows."""
        body = "".join(sheet.lines)
        if not self._marks:
            place, told = self._start(), 0
        elif sheet.pictured and self._seen < len(self._figures):
            place = self._figures[self._seen]
            self._last, told = self._before(place), 0
        elif (found := self._found(sheet.lines, body)) is not None:
            self._last, told = found
            place = self._place(self._last)
        else:
            self._seen += sheet.figures
            self._expected += len(body)
            return False
        self._marks.append((place, sheet.label))
        self._seen += sheet.figures
        self._expected = self._last + len(body) - told
        return True

    def html(self) -> str:
        """Return the markup with its marks."""
        parts, at = [], 0
        for place, label in self._marks:
            parts += [self._html[at:place], _MARK.format(label)]
            at = place
        return "".join((*parts, self._html[at:]))

    def _start(self) -> int:
        body = self._html.index("<body")
        begins = _BEGINNING.search(self._html, body)
        return begins.end() if begins else self._html.index(">", body) + 1

    def _found(self, lines: Sequence[str], body: str) -> tuple[int, int] | None:
        """Return how many letters stand before a page, and how many of it were not looked for."""
        head = next((len(one) for one in self._heads if one and body.startswith(one)), 0)
        starts, at = {head}, 0
        for line in lines:
            if head <= at <= head + _UNSAID:
                starts.add(at)
            at += len(line)
        for start in sorted(starts):
            for long in _KEYS:
                key = body[start : start + long]
                if len(key) >= _KEYS[-1] and (nearest := self._nearest(key)) is not None:
                    return nearest, start
        return None

    def _nearest(self, key: str) -> int | None:
        """Return where letters stand nearest to where they should, after the last page's start."""
        found, at = None, self._said.find(key, self._last + 1)
        while at >= 0:
            if found is None or abs(at - self._expected) < abs(found - self._expected):
                found = at
            at = self._said.find(key, at + 1) if at < self._expected else -1
        return found

    def _before(self, place: int) -> int:
        """Return how many letters stand before a place in the markup that is in no text."""
        run = bisect_right(self._begins, place)
        return self._counts[run] if run < len(self._counts) else len(self._said)

    def _place(self, many: int) -> int:
        """Return where in the markup the word begins that has a letter, by its number from 0.

        A word that is on two pages is whole behind the mark; a heading is, too.
        """
        run = bisect_right(self._counts, many) - 1
        begin, left = self._begins[run], many - self._counts[run]
        word = begin
        for sign in _SIGN.finditer(self._html, begin):
            if sign[0].isspace():
                word = sign.end()
            left -= len(letters(_plain(sign[0])))
            if left < 0:
                break
        if word == begin and (heading := _HEADING.search(self._html[:begin])):
            return heading.start()
        return word


def _plain(markup: str) -> str:
    return unescape(markup) if "&" in markup else markup
