"""Which files follow from the index: those that one article touches, or all of them."""

import math
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from content.posts import Section
from publishers.rubrica import pictures
from publishers.rubrica.catalogue import Entry
from publishers.rubrica.files import write
from publishers.rubrica.index import Index
from publishers.rubrica.pages import FIXED, Pages

HOME: Final = 13
FEED: Final = 20
PAGE: Final = 18
PART: Final = 1000
RETRACTED_MARK: Final = "ritirato"
"""An empty file beside a retracted page: the server answers 410 where it stands."""


class Site:
    """The column's folder, written from its index; the caller holds the lock."""

    def __init__(self, folder: Path, pages: Pages, index: Index) -> None:
        self.folder, self.pages, self.index = folder, pages, index

    def furnish(self) -> None:
        """Write what depends on no article: style, fonts, fixed pages, sections still empty."""
        static = resources.files("publishers.rubrica") / "static"
        for name, source in _files(static):
            write(self.folder / "static" / name, source.read_bytes())
        for path, template in FIXED.items():
            write(self.folder / path, self.pages.fixed(template))
        for section in Section:
            if not (self.folder / section / "index.html").exists():
                self.section(section)

    def show(self, entry: Entry) -> None:
        """Write all pages that one article touches: its own first, so that no list runs ahead."""
        self.article(entry)
        former = self.index.former(entry.article_id)
        for naming in self.index.naming(entry.article_id):
            self.article(naming)
        for section, rank in {(entry.section, entry.rank), *((f.section, f.rank) for f in former)}:
            self.section(Section(section), rank)
        self.front()
        self.map((entry.number - 1) // PART + 1)
        self.sweep(entry.article_id)

    def article(self, entry: Entry) -> None:
        """Write an article's page, or what stands in its place, at its address and former ones."""
        folder = self.folder / entry.section / entry.slug
        mark = folder / RETRACTED_MARK
        if entry.post is None:
            write(mark, b"")
            write(folder / "index.html", self.pages.retracted(entry))
        else:
            page = self.pages.article(entry, self.index.related(entry.article_id))
            write(folder / "index.html", page)
            mark.unlink(missing_ok=True)
        for old in self.index.former(entry.article_id):
            place = self.folder / old.section / old.slug
            page = self.pages.moved(entry) if entry.post else self.pages.retracted(entry)
            write(place / "index.html", page)
            if entry.post is None:
                write(place / RETRACTED_MARK, b"")
            else:
                (place / RETRACTED_MARK).unlink(missing_ok=True)

    def front(self) -> None:
        """Write the home page and the feed."""
        latest = self.index.latest(max(HOME, FEED))
        self._list("index.html", self.pages.home(latest[:HOME]))
        self._list("feed.xml", self.pages.feed(latest[:FEED]))

    def section(self, section: Section, rank: int | None = None) -> None:
        """Write a section's newest page and those numbered pages that `rank` touches; None: all.

        Numbered pages count from the oldest articles, PAGE ranks each, so a new article changes
        none of them but at the end. The newest page shows what no numbered page does yet:
        between PAGE and twice as many.
        """
        last = self.index.last_rank(section)
        filled = max(0, math.ceil(last / PAGE) - 2)
        every = range(1, filled + 1)
        for page in every if rank is None else self._near(section, rank, filled):
            if page in every:
                self._numbered_page(section, page, filled)
        entries = self.index.ranked(section, filled * PAGE, last)
        older = self._path(section, filled) if filled else ""
        made = self.pages.section(section, entries, page=None, newer="", older=older)
        self._list(f"{section}/index.html", made)

    def map(self, part: int) -> None:
        """Write one part of the site map, and the list of parts."""
        addresses = self.index.numbered((part - 1) * PART, part * PART)
        made = self.pages.sitemap(addresses, first=part == 1)
        self._list(f"sitemap-{part}.xml", made)
        self._list("sitemap.xml", self.pages.sitemap_index(self._parts()))

    def sweep(self, article_id: int) -> None:
        """Delete the files of pictures that no article shows any more."""
        stale, orphans = self.index.stale_pictures(article_id)
        for medium in orphans:
            for name in pictures.names(medium):
                (self.folder / pictures.FOLDER / name).unlink(missing_ok=True)
        if stale:
            self.index.forget_pictures(article_id, stale)

    def newest(self) -> None:
        """Write the pages that list the newest articles."""
        for section in Section:
            self.section(section, self.index.last_rank(section))
        self.front()
        self.map(self._parts())

    def rebuild(self, media_root: Path) -> None:
        """Write everything from the index; the bytes are those that publishing left."""
        self.furnish()
        for entry in self.index.every():
            pictures.place(entry.post.media if entry.post else (), media_root, self.folder)
            self.article(entry)
        for section in Section:
            self.section(section)
        self.front()
        for part in range(1, self._parts() + 1):
            self.map(part)

    def _list(self, path: str, data: bytes) -> None:
        write(self.folder / path, data, lasting=False)

    def _numbered_page(self, section: Section, page: int, filled: int) -> None:
        entries = self.index.ranked(section, (page - 1) * PAGE, page * PAGE)
        newer = self._path(section, page + 1 if page < filled else None)
        older = self._path(section, page - 1) if page > 1 else ""
        made = self.pages.section(section, entries, page=page, newer=newer, older=older)
        write(self._numbered_file(section, page), made, lasting=False)

    def _near(self, section: Section, rank: int, filled: int) -> list[int]:
        """Return the numbered pages one article touches: its own; the last two, if it began one."""
        begins = rank % PAGE == 1 or not self._numbered_file(section, filled).exists()
        return sorted({math.ceil(rank / PAGE), *((filled - 1, filled) if begins else ())})

    def _numbered_file(self, section: Section, page: int) -> Path:
        return self.folder / section / "pagina" / str(page) / "index.html"

    def _path(self, section: Section, page: int | None) -> str:
        newest = f"{self.pages.masthead.root}/{section}/"
        return newest if page is None else f"{newest}pagina/{page}/"

    def _parts(self) -> int:
        return max(1, math.ceil(self.index.last_number() / PART))


def _files(folder: Traversable, below: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _files(item, f"{below}{item.name}/")
        else:
            yield below + item.name, item
