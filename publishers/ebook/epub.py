"""EPUB 3.3 from templates: https://www.w3.org/TR/epub-33/.

Everything is written as it is made, so that a book of any length takes little memory, and with
fixed dates and order, so that one edition is the same bytes each time.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.binding import Book
from publishers.ebook import cover, prose, typefaces
from publishers.ebook.figures import figures
from publishers.ebook.outline import Outline
from publishers.ebook.pagination import Pagination

_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The first date a ZIP knows."""
_LEVEL: Final = 3
"""Three hundredths larger than the best, in half of the time that compressing takes."""
_CONTAINER: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
_TYPES: Final = {
    "xhtml": "application/xhtml+xml", "css": "text/css", "jpg": "image/jpeg", "png": "image/png",
    "ttf": "font/ttf",
}  # fmt: skip


@dataclass(slots=True)
class Item:
    """A file of the book as its package lists it; `linear` says that it is read in its order."""

    path: str
    id: str
    properties: str = ""
    spine: bool = False

    @property
    def type(self) -> str:
        """Its media type."""
        return _TYPES[self.path.rpartition(".")[2]]


@dataclass(slots=True)
class Page:
    """A page of the book: its name, its template and what that is given."""

    name: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    properties: str = ""


def write(book: Book, path: Path, media_root: Path, pagination: Pagination | None = None) -> None:
    """Write a book to a file, which is not there yet; raises Missing and OSError.

    With the pages of its PDF it has a list of them. The caller puts it in its place, so that
    nobody meets half of it.
    """
    outline = Outline(book)
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        _add(archive, "mimetype", b"application/epub+zip", stored=True)
        _add(archive, "META-INF/container.xml", _CONTAINER)
        items = [*_furniture(archive)]
        contents = ""
        for page in _pages(outline):
            items.append(Item(f"{page.name}.xhtml", f"x-{page.name}", page.properties, spine=True))
            html = _rendered(page.template, outline, page.values)
            if pagination:
                html = pagination.marked(page.name, html)
            if page.properties == "nav":
                contents = html
            else:
                _add(archive, f"EPUB/{page.name}.xhtml", html.encode())
        places = pagination.places if pagination else []
        listed = _rendered("pages.xhtml", outline, {"places": places})
        _add(archive, "EPUB/nav.xhtml", contents.replace("</body>", f"{listed}</body>").encode())
        for one, title in figures(book):
            stem, _, suffix = one.name.rpartition(".")
            items.append(Item(f"images/{one.name}", f"i{stem}{suffix}"))
            data = one.read(media_root, title)
            _add(archive, f"EPUB/images/{one.name}", data, stored=True)
        image = cover.made(book, media_root)
        items.append(Item("images/cover.jpg", "cover-image", "cover-image"))
        _add(archive, "EPUB/images/cover.jpg", image, stored=True)
        package = _rendered("package.opf", outline, {"items": items, "paged": bool(places)})
        _add(archive, "EPUB/package.opf", package.encode())


def _furniture(archive: zipfile.ZipFile) -> Iterator[Item]:
    source = _environment().loader
    assert source is not None  # given below
    style, _, _ = source.get_source(_environment(), "style.css")
    _add(archive, "EPUB/style.css", style.encode())
    yield Item("style.css", "style")
    for name in typefaces.EMBEDDED:
        _add(archive, f"EPUB/fonts/{name}", typefaces.data(name))
        yield Item(f"fonts/{name}", name.partition(".")[0])
    _add(archive, "META-INF/fonts-licence.txt", typefaces.data("LICENSE.txt"))


def _pages(outline: Outline) -> Iterator[Page]:
    """Yield the pages of a book in the order of reading."""
    yield Page(
        "cover", "cover.xhtml", {"alt": cover.told(outline), "size": cover.size(outline.book)}
    )
    yield Page("title", "title.xhtml")
    whose = cover.credit(outline.book)
    yield Page("colophon", "colophon.xhtml", {"text": _Text(outline.credits), "whose": whose})
    yield Page("nav", "nav.xhtml", properties="nav")
    if outline.foreword:
        yield Page("foreword", "foreword.xhtml", {"text": _Text(outline.foreword)})
    for part in outline.parts:
        yield Page(part.anchor, "part.xhtml", {"part": part, "text": _Text(part.blocks)})
        for leaf in part.leaves:
            yield Page(leaf.anchor, "chapter.xhtml", {"leaf": leaf, "text": _Text(leaf.blocks)})
    if outline.places:
        yield Page("places", "index.xhtml", {"kind": "places", "listed": outline.places})
    if outline.goals:
        yield Page("goals", "index.xhtml", {"kind": "goals", "listed": outline.goals})


class _Text:
    """Blocks as XHTML, and the addresses that their links lead to, in order."""

    def __init__(self, blocks: list[prose.Node]) -> None:
        self.notes: list[str] = []
        self.html = Markup(prose.xhtml(blocks, self.notes, "n"))  # noqa: S704 - escaped there


def _rendered(template: str, outline: Outline, values: dict[str, Any]) -> str:
    html: str = _templates()[template].render(book=outline, **values)
    return html


@cache
def _templates() -> dict[str, Any]:
    environment = _environment()
    return {name: environment.get_template(name) for name in environment.list_templates()}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("publishers.ebook"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters["utc"] = _utc
    made.globals["p"] = made.get_template("parts.xhtml").module
    return made


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, stored: bool = False) -> None:
    """Add a file with a fixed date; what is compressed already is stored as it is."""
    info = zipfile.ZipInfo(name, _DATE)
    info.external_attr = 0o644 << 16
    info.create_system = 3  # the same on every system
    archive.writestr(info, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, _LEVEL)
