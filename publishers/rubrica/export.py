"""Articles to be pasted into another CMS: for each one clean HTML, its pictures, its facts."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from publishers.rubrica.cards import Card
from publishers.rubrica.entries import Entry
from publishers.rubrica.pages import Pages

_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The first date a ZIP knows: the same articles make the same bytes."""
_SIZES: Final = re.compile(
    r' (?:srcset|sizes|fetchpriority|loading|decoding|dir|class|data-[a-z]+)="[^"]*"'
)


def export(entries: Iterable[Entry], pages: Pages, media_root: Path) -> bytes:
    """Return a ZIP with a folder an article; raises FileNotFoundError when a medium was lost.

    `articolo.html` is what is pasted: headings, paragraphs, links, figures, nothing else. The
    pictures it names are beside it, in their full size.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            card = Card(entry, pages.masthead)
            for name, data in _files(card, pages, media_root):
                archive.writestr(zipfile.ZipInfo(f"{entry.slug}/{name}", _DATE), data)
    return out.getvalue()


def _files(card: Card, pages: Pages, media_root: Path) -> Iterator[tuple[str, bytes]]:
    html, names = clean(card)
    page = pages.render("export.html", card=card, html=html)
    yield "articolo.html", page.encode()
    for name, kept in names.items():
        yield f"file/{name}", (media_root / kept).read_bytes()


def clean(card: Card) -> tuple[str, dict[str, str]]:
    """Return an article's fragment as it is pasted, and its files: name there, name as kept."""
    root, names = f"{card.masthead.root}/media/", {}
    html = _SIZES.sub("", card.post.html)
    for number, medium in enumerate(card.post.media, 1):
        name = f"{number:02}-{medium.file_name[:8]}{Path(medium.file_name).suffix}"
        names[name] = medium.file_name
        html = html.replace(f"{root}{medium.file_name}", f"file/{name}")
        poster, captions = medium.poster_name, medium.captions_name
        for kept, end in ((poster, "-copertina.jpg"), (captions, "-sottotitoli.vtt")):
            if kept:
                name = f"{number:02}{end}"
                names[name] = kept
                served = rf"{re.escape(root + medium.sha256)}-(?:poster|{kept[:16]})\.{kept[-3:]}"
                html = re.sub(served, f"file/{name}", html)
    return html, names
