"""PDF/UA-1 by typst, to be read on a screen or printed: https://typst.app/docs/reference/pdf/.

What people wrote reaches the compiler as data alone.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pikepdf

from content.binding import Book
from publishers.ebook import cover, prose, sections, typefaces, typesetting
from publishers.ebook.figures import Figure, figures
from publishers.ebook.outline import UNTITLED, Enclosure, Leaf, Listed, Outline
from publishers.ebook.sections import Section, Stretch
from publishers.words import ROME

_TEMPLATE: Final = resources.files("publishers.ebook") / "typst" / "book.typ"
_BLEED: Final = 3 / 25.4 * 72
"""Three millimetres in points."""
_KINDS: Final = {
    "video": ("Video", "Si guarda"), "audio": ("Audio", "Si ascolta"),
    "document": ("Documento", "Si legge"),
}  # fmt: skip


_UNDESCRIBED: Final = "Immagine senza descrizione"
_BLANK: Final = {"t": "text", "s": ""}


def write(book: Book, path: Path, media_root: Path, *, for_print: bool = False) -> None:
    """Write a book to a file, which is not there yet; raises Missing, Unprintable and OSError.

    For print it is A5 with a bleed; its trim is marked in the file.
    """
    outline = Outline(book)
    with tempfile.TemporaryDirectory(prefix=".typst-", dir=path.parent) as folder:
        root = Path(folder)
        for one, title in figures(book):
            (root / one.name).write_bytes(one.read(media_root, title))
        (root / "cover.jpg").write_bytes(cover.made(book, media_root))
        source = root / "book.typ"
        source.write_bytes(_TEMPLATE.read_bytes())
        show = partial(_show, outline, source, for_print)
        cuts = sections.cut(outline)
        if len(cuts) == 1:
            show(Section(cuts[0], front=True, indexes=True), path)
        else:
            sections.printed(outline, cuts, _indexes(outline), root, show).replace(path)
    if for_print:
        _mark_trim(path)


def _show(outline: Outline, source: Path, for_print: bool, section: Section, path: Path) -> None:
    print_data(source, path, _told(outline, section, for_print))


def print_data(source: Path, path: Path, told: Mapping[str, Any]) -> None:
    """Write a template's PDF/UA-1 from plain values, which it finds as `book`; raises Unprintable.

    The template sees its own folder alone. Signs that our typefaces have not are left out.
    """
    data = json.dumps(_printable(told, typefaces.printable()), ensure_ascii=False)
    with resources.as_file(typefaces.FOLDER) as fonts:
        typesetting.typeset(source, path, fonts, data)


def _mark_trim(path: Path) -> None:
    """Say of each page where it is cut: https://pdfa.org/resource/iso-32000-pdf/, 14.11.2."""
    with pikepdf.open(path, allow_overwriting_input=True) as made:
        for page in made.pages:
            left, low, right, high = (float(one) for one in page.mediabox)
            page.bleedbox = pikepdf.Array([left, low, right, high])
            page.trimbox = pikepdf.Array(
                [left + _BLEED, low + _BLEED, right - _BLEED, high - _BLEED]
            )
        made.save(path, deterministic_id=True, linearize=False)


def _told(outline: Outline, section: Section, for_print: bool) -> dict[str, Any]:
    """Return all that the template shows, as plain values, in signs that our typefaces have."""
    book = outline.book
    modified: datetime = book.modified.astimezone(ROME)
    return {
        "print": for_print,
        "title": outline.title,
        "subtitle": outline.subtitle,
        "description": outline.description,
        "cover": {
            "alt": cover.told(outline),
            "fit": "cover" if cover.fills(book) else "contain",
            "credit": cover.credit(book),
        },
        "keywords": [one.name for one in outline.goals],
        "modified": [modified.year, modified.month, modified.day],
        "owner": outline.owner,
        "lab": outline.lab,
        "lab_year": book.year,
        "year": outline.year,
        "isbn": book.isbn,
        "site": book.site,
        "site_host": outline.site_host,
        "credits": outline.credits,
        "foreword": outline.foreword if section.front else [],
        "section": {
            "front": section.front,
            "first": section.first,
            "before": section.before,
            "after": section.after,
            "pages": section.pages,
        },
        "parts": [_part(one) for one in section.stretches],
        "indexes": _indexes(outline) if section.indexes else [],
    }


def _part(stretch: Stretch) -> dict[str, Any]:
    return {
        "begins": stretch.begins,
        "anchor": stretch.division.anchor,
        "title": stretch.division.title,
        "introduction": stretch.division.blocks,
        "pieces": [_piece(leaf) for leaf in stretch.leaves],
    }


def _indexes(outline: Outline) -> list[dict[str, Any]]:
    """Return the indexes that have anything in them, as headings with what stands below."""
    found = (
        ("Indice dei Comuni", "places", outline.places),
        ("Indice degli obiettivi dell’Agenda 2030", "goals", outline.goals),
    )
    return [
        {"level": 1, "title": title, "anchor": anchor, "entries": [_listed(one) for one in lines]}
        for title, anchor, lines in found
        if lines
    ]


def _piece(leaf: Leaf) -> dict[str, Any]:
    goals = [f"{goal.number}, {goal.name}" for goal in leaf.goals]
    facts = [
        ("Chi racconta", leaf.organisation),
        ("Testo", leaf.author),
        ("Foto", leaf.credit),
        ("Per saperne di più", leaf.link),
        ("Agenda 2030", "; ".join(f"obiettivo {one}" for one in goals)),
    ]
    return {
        "anchor": leaf.anchor,
        "kind": " · ".join(one for one in (leaf.section, leaf.place) if one),
        "title": leaf.title,
        "date": leaf.date,
        "lead": leaf.lead,
        "text": leaf.blocks,
        "figures": [_figure(one) for one in leaf.figures],
        "enclosures": [_enclosure(one) for one in leaf.enclosures],
        "facts": [fact for fact in facts if fact[1]],
        "url": leaf.url,
        "notice": leaf.notice,
    }


def _figure(one: Figure) -> dict[str, Any]:
    wide = one.width >= one.height
    alt = one.alt or one.caption or _UNDESCRIBED
    return {"file": one.name, "alt": alt, "caption": one.caption, "wide": wide}


def _enclosure(one: Enclosure) -> dict[str, Any]:
    kind, how = _KINDS[one.kind]
    poster = _figure(one.poster) if one.poster else None
    if poster is not None:
        poster["alt"] = one.name or "Un fotogramma del video"
    told = {"name": one.name, "length": one.length, "transcript": one.transcript}
    return {"kind": kind, "how": how, "poster": poster, **told}


def _listed(one: Listed) -> dict[str, Any]:
    pieces = [{"anchor": leaf.anchor, "title": leaf.title} for leaf in one.leaves]
    return {"name": one.name, "pieces": pieces}


def _printable(value: Any, known: frozenset[int]) -> Any:
    """Return plain values without the signs that none of our typefaces has."""
    match value:
        case str():
            return typefaces.shown(value, known)
        case dict():
            told = {name: _printable(one, known) for name, one in value.items()}
            if "title" in told:
                told["title"] = told["title"].strip() or UNTITLED
            return _BLANK if told.get("t") == "h" and not prose.words(told["c"]).strip() else told
        case list() | tuple():
            return [_printable(one, known) for one in value]
        case _:
            return value


def unprinted(book: Book) -> set[str]:
    """Return the signs of a book that a PDF leaves out, since none of our typefaces has them."""
    outline, known = Outline(book), typefaces.printable()
    said = [outline.title, outline.subtitle, prose.words(outline.foreword)]
    for leaf in outline.leaves:
        said += [leaf.title, leaf.lead, prose.words(leaf.blocks)]
    return {one for one in "".join(said) if ord(one) not in known and not one.isspace()}
