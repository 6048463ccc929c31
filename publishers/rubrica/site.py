"""Which files follow from the index: those that one article touches, or all of them.

The order of writing is what keeps every link whole for whoever reads meanwhile: a page stands
before anything leads to it, and goes after nothing does.
"""

import math
import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Final

from publishers.rubrica import assets, lists, placing, volumes
from publishers.rubrica.cards import Card
from publishers.rubrica.catalogue import LETTERS
from publishers.rubrica.entries import Entry, Whole
from publishers.rubrica.files import take_away, write
from publishers.rubrica.index import Index
from publishers.rubrica.pages import FIXED, Pages
from publishers.rubrica.placing import Place
from publishers.rubrica.shelves import GATHERED, Kind, Shelf, lasting
from publishers.rubrica.volumes import Noted, Volume

PAGE: Final = 18
RETRACTED_MARK: Final = "ritirato"
"""An empty file beside a retracted page: the server answers 410 where it stands."""
MOVED_MARK: Final = "spostato"
"""A file beside the page of a former address, with the path that the server redirects to."""
LISTED: Final = 200
"""How many shelves a page lists before it gives their initials instead."""


class Site:
    """The column's folder, written from its index; the caller holds the lock.

    Nothing waits for the disk: the index does, and what it has not been told to be settled is
    written again at the next start.
    """

    def __init__(self, place: Place, pages: Pages, index: Index) -> None:
        self.folder, self.pages, self.index = place.site, pages, index
        self._media = place.media
        self._root = os.fspath(self.folder)
        self.changed: set[str] = set()
        """The files that were written, below the folder."""

    def equip(self) -> None:
        """Write what depends on no article: style, fonts, fixed pages."""
        fixed = ((path, self.pages.fixed(template)) for path, template in FIXED.items())
        for path, data in (*assets.assets().values(), *fixed):
            self._write(path, data)

    def furnish(self) -> None:
        """Write what stands before any article: what depends on none, lists still empty.

        A list that is there is left: after a crash the index may name what has no page yet.
        """
        self.equip()
        for shelf in lasting():
            if not (self.folder / shelf.path / "index.html").exists():
                self.shelf(shelf)
        for kind in GATHERED:
            if not (self.folder / kind / "index.html").exists():
                self.gathering(kind)
        if not (self.folder / "cerca/index.html").exists():
            self.searching()

    def complete(self, article_ids: Iterable[int]) -> None:
        """Write the pages of articles that the index has and the site may not.

        Lists name every article that the index has, so all their own pages come first.
        """
        found = list(self.index.whole(article_ids))  # by number: each leads to earlier ones alone
        for one in found:
            if one.entry.stands:
                self.prepare_shelves(shelf for shelf, _ in self.index.places(one.entry.article_id))
                self.article(one)
        for one in found:
            self.show(one.entry)
        if found:
            self.index.note_shown([one.entry.article_id for one in found])

    def show(self, entry: Entry) -> None:
        """Write all pages that one article touches."""
        places = self.index.places(entry.article_id)
        (whole,) = self.index.whole([entry.article_id])
        if entry.stands:
            self.prepare_shelves(shelf for shelf, _ in places)
            self.article(whole)
        for naming in self.index.whole(self.index.naming(entry.article_id)):
            if naming.entry.stands:
                self.article(naming)
        for shelf, rank in places:
            self.shelf(shelf, rank)
        self.front()
        self.gather()
        self.numbered(entry.number)
        if not entry.stands:
            self.article(whole)
        self.sweep(entry)
        self.clear(shelf for shelf, _ in places)

    def article(self, whole: Whole, *, media: bool = False) -> None:
        """Write an article's page, or what stands in its place, at its address and former ones.

        `media` puts there what it shows and is missing; raises FileNotFoundError for what is lost.
        """
        entry = whole.entry
        folder = f"{entry.section}/{entry.slug}"
        if not entry.stands:
            self._retract(folder, entry)
        else:
            card = Card(entry, self.pages.masthead)
            if media:
                placing.place(card.post.media, card.shared, self._media, self.folder, lasting=False)
            page = self.pages.article(card, whole.related, whole.corrections)
            known = os.path.exists(f"{self._root}/{folder}")  # noqa: PTH110 - there are many
            self._write(f"{folder}/index.html", page)
            if known:
                self._unmark(folder, RETRACTED_MARK, MOVED_MARK)
        for old in whole.former:
            place = f"{old.section}/{old.slug}"
            if not entry.stands:
                self._retract(place, entry)
                self._unmark(place, MOVED_MARK)
            else:
                to = f"{self.pages.masthead.root}/{folder}/"
                self._write(f"{place}/{MOVED_MARK}", to.encode())
                self._write(f"{place}/index.html", self.pages.moved(entry))
                self._unmark(place, RETRACTED_MARK)

    def front(self) -> None:
        """Write the home page, the column's feeds and the site map of the news."""
        books = volumes.noted(self.folder).volumes
        for path, data in lists.front(self.pages, self.index, books):
            self._write(path, data)

    def prepare_shelves(self, shelves: Iterable[Shelf]) -> None:
        """Put empty pages where there are none yet: what leads to them is about to be written."""
        for shelf in shelves:
            bare = self.index.is_bare(shelf.path)
            if not bare and not (self.folder / shelf.path / "index.html").exists():
                self.shelf(shelf, empty=True)

    def shelf(self, shelf: Shelf, rank: int | None = None, *, empty: bool = False) -> None:
        """Write a shelf's newest page, and those numbered pages that `rank` touches; None: all.

        Numbered pages count from the oldest articles, PAGE ranks each, so a new article changes
        none of them but at the end. The newest page shows what no numbered page does yet:
        between PAGE and twice as many. `empty` leaves the articles out.
        """
        bare = not shelf.lasts and self.index.is_bare(shelf.path)
        if bare and not (self.folder / shelf.path).exists():
            return  # one that is there still is emptied before its last article goes
        last = self.index.last_rank(shelf.path)
        filled = max(0, math.ceil(last / PAGE) - 2)
        every = range(filled, 0, -1)
        books = volumes.on(self.folder, shelf)
        for path, data in lists.feeds_of(self.pages, self.index, shelf, books, empty=empty):
            self._write(path, data)
        for page in every if rank is None else self._near(shelf, rank, filled):
            if page in every:
                above, to = (page - 1) * PAGE, page * PAGE
                newer = page + 1 if page < filled else None
                self._shelf_page(shelf, (above, to), page, newer, page - 1, empty)
        self._shelf_page(shelf, (filled * PAGE, last), None, 0, filled, empty)

    def gather(self) -> None:
        """Write the pages that list shelves, where some came or went."""
        news = self.index.unlisted()
        for kind in dict.fromkeys(kind for kind, _ in news):
            self.gathering(kind, [initial for other, initial in news if other is kind])
        if news:
            self.index.listed()

    def gathering(self, kind: Kind, letters: Collection[str] = LETTERS) -> None:
        """Write the page that lists a kind's shelves, and those of some initials.

        Initials have pages of their own where shelves are too many for one.
        """
        if kind is Kind.SECTION:
            return
        if kind is not Kind.BODY or self.index.amount(kind) <= LISTED:
            self._write(f"{kind}/index.html", lists.gathering(self.pages, self.index, kind, LISTED))
            take_away(self.folder / f"{kind}/iniziale")
            return
        known = self.index.initials(kind)
        for letter in known:
            path = f"{kind}/iniziale/{letter}/index.html"
            if letter in letters or not (self.folder / path).exists():
                shelves = self.index.shelves(kind, letter)
                self._write(path, self.pages.gathering(kind, shelves, initial=letter))
        self._write(f"{kind}/index.html", lists.gathering(self.pages, self.index, kind, LISTED))
        for letter in set(letters).difference(known):
            take_away(self.folder / f"{kind}/iniziale/{letter}")

    def numbered(self, number: int) -> None:
        """Write what holds the article of a number among others: site map and search."""
        part = lists.part_of(number)
        self.part(part, self.index.numbered(*lists.range_of(part)))
        self.parts()

    def part(self, part: int, entries: Sequence[Entry]) -> None:
        """Write a part of site map and search, which holds these articles."""
        books = volumes.noted(self.folder).volumes
        for path, data in lists.part(self.pages, entries, part, books):
            self._write(path, data)

    def parts(self) -> None:
        """Write what leads to the parts of site map and search."""
        self._write("sitemap.xml", self.pages.sitemap_index(max(1, lists.parts(self.index))))
        self.searching()

    def searching(self) -> None:
        """Write the page to search with."""
        self._write("cerca/index.html", self.pages.search(lists.parts(self.index)))

    def sweep(self, entry: Entry) -> None:
        """Delete the files that no article shows any more."""
        masthead = self.pages.masthead
        post = entry.post
        shown = placing.names(post, entry.section, masthead) if post else []
        stale, orphans = self.index.stale_files(entry.article_id, shown)
        placing.drop(orphans, self.folder)
        if stale:
            self.index.forget_files(entry.article_id, stale)

    def clear(self, shelves: Iterable[Shelf]) -> None:
        """Delete the pages of shelves on which nothing stands any more."""
        for shelf in shelves:
            if not shelf.lasts and self.index.is_bare(shelf.path):
                take_away(self.folder / shelf.path)

    def volumes(self, shown: Sequence[Volume]) -> None:
        """Write the page of each e-book, whose files are there, and all that leads to it.

        All other e-books are taken away, once nothing leads to them.
        """
        for one in shown:
            self._write(f"{volumes.FOLDER}/{one.name}/index.html", self.pages.volume(one))
        before, now = volumes.noted(self.folder), Noted(tuple(shown))
        if before != now:
            volumes.note(self.folder, Noted(now.volumes, settled=False))
            labs = {one.shelf for one in (*before.volumes, *shown)}
            if not before.settled:
                labs = {one.path for one in self.index.shelves(Kind.LAB)}
            for shelf in self.index.shelves(Kind.LAB):
                if shelf.path in labs:
                    self.shelf(shelf, self.index.last_rank(shelf.path))
            self.front()
            self.numbered(1)
            volumes.note(self.folder, now)
        volumes.keep(self.folder, {one.name for one in shown})

    def newest(self) -> None:
        """Write the pages that list the newest articles."""
        for shelf in lasting():
            self.shelf(shelf, self.index.last_rank(shelf.path))
        self.front()

    def _retract(self, folder: str, entry: Entry) -> None:
        self._write(f"{folder}/{RETRACTED_MARK}", b"")
        self._write(f"{folder}/index.html", self.pages.retracted(entry))

    def _unmark(self, folder: str, *marks: str) -> None:
        for mark in marks:
            with suppress(FileNotFoundError):
                os.unlink(f"{self._root}/{folder}/{mark}")  # noqa: PTH108 - there are many

    def _shelf_page(
        self,
        shelf: Shelf,
        ranks: tuple[int, int],
        page: int | None,
        newer: int | None,
        older: int,
        empty: bool,
    ) -> None:
        entries = [] if empty else self.index.shelved(shelf.path, *ranks)
        root = f"{self.pages.masthead.root}/{shelf.path}/"
        before = "" if newer == 0 else f"{root}pagina/{newer}/" if newer else root
        after = f"{root}pagina/{older}/" if older else ""
        books = () if page else volumes.on(self.folder, shelf)
        made = self.pages.shelf(shelf, entries, page=page, newer=before, older=after, volumes=books)
        where = f"{shelf.path}/pagina/{page}" if page else shelf.path
        self._write(f"{where}/index.html", made)

    def _near(self, shelf: Shelf, rank: int, filled: int) -> list[int]:
        """Return the numbered pages one article touches: its own; the last two, if it began one.

        The newest come first: each leads to the one before it.
        """
        last = self.folder / shelf.path / "pagina" / str(filled) / "index.html"
        begins = rank % PAGE == 1 or not last.exists()
        near = {math.ceil(rank / PAGE), *((filled - 1, filled) if begins else ())}
        return sorted(near, reverse=True)

    def _write(self, path: str, data: bytes) -> None:
        if write(f"{self._root}/{path}", data, lasting=False):
            self.changed.add(path)
