"""The column's works: one index, one site, one at a time; what is begun is brought to its end."""

import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from content.posts import Post
from publishers.rubrica import assets, hub, placing, server, shadows, stock
from publishers.rubrica.afterwards import Afterwards
from publishers.rubrica.cards import shared
from publishers.rubrica.entries import Address, Entry
from publishers.rubrica.index import Index
from publishers.rubrica.pages import Pages
from publishers.rubrica.placing import Place
from publishers.rubrica.rebuilding import rebuild
from publishers.rubrica.site import Site
from publishers.rubrica.volumes import Volume

_BATCH: Final = 8
"""How many files are compressed before others may publish."""


class Busy(Exception):
    """Somebody else is writing, and was not done in time."""


class MediumLost(Exception):
    """The file of something that an article shows is gone; nothing was written."""


class Works:
    """What writes the site, alone among threads and processes.

    `patience` is how many seconds to wait for others, `rest` after how many without a publication
    what was written is compressed.
    """

    def __init__(self, place: Place, pages: Pages, *, patience: float, rest: float) -> None:
        self._place, self._pages, self._patience = place, pages, patience
        self._afterwards = Afterwards(rest, self.finish)
        self._changed: set[str] = set()
        self._index: Index | None = None
        self._inode: int | None = None
        self._furnished = False
        self._everything = False

    def put(
        self,
        post: Post,
        article_id: int,
        address: Address,
        moment: datetime,
        last_check: Callable[[], None],
    ) -> None:
        """Write an article and every page that it touches.

        `last_check` raises what keeps it from being written after all, once it is its turn.
        Raises AddressTaken, MediumLost and Busy.
        """
        files = placing.names(post, address.section, self._place.masthead)

        def file(index: Index) -> Entry:
            last_check()
            index.require_free(article_id, address)
            try:
                placing.fetch(files, stock.of(self._place), self._place.site)
                self._place_files(post, address)
            except FileNotFoundError as error:
                raise MediumLost from error
            return index.put(post, article_id, address, moment, files)

        self._show(file)

    def retract(self, article_id: int, moment: datetime, last_check: Callable[[], None]) -> None:
        """Erase an article from every page; nothing happens if it never was there.

        `last_check` is as in `put`.
        """

        def erase(index: Index) -> Entry | None:
            last_check()
            return index.retract(article_id, moment)

        self._show(erase)

    def show_volumes(self, shown: Sequence[Volume]) -> None:
        """Write the pages of these e-books and all that leads to them; take others away."""
        with self.open() as (_, site):
            site.volumes(shown)
            self._changed |= site.changed
            if not site.changed:
                return
        self._afterwards.soon()

    @contextmanager
    def completed(self) -> Iterator[tuple[Index, Site]]:
        """Open index and site, alone, once all that the index has is shown; raises Busy."""
        with self.open() as (index, site):
            self._furnish(site)
            site.complete(index.unshown())
            yield index, site
            self._changed |= site.changed
        self._afterwards.soon()

    def make_ready(self, posts: Sequence[tuple[Post, Address]]) -> None:
        """Make what the pages of posts will show, and let go what was made for others."""
        stock.keep(self._place, posts)

    def prepare(self) -> None:
        """Complete what a crash cut short, and write what stands before any article.

        Where the program makes pages otherwise than the one that wrote them, it writes all of
        them again.
        """
        with self.open() as (index, site):
            if index.last_number() and index.design() != self._design:
                self._note(self._rebuild(index))
            else:
                self._furnish(site)
                site.complete(index.unsettled())
                site.newest()
                self._note(index)
        self._afterwards.soon()

    def rebuild(self) -> None:
        """Write everything again from the index."""
        with self.open() as (index, _):
            self._note(self._rebuild(index))
        self._afterwards.soon()

    def finish(self) -> None:
        """Put compressed copies beside what was written, see all of it to the disk, tell the hub.

        Nobody waits for it: it follows publishing after a while, and once more at each start.
        """
        with self.open() as (index, _):
            settled = index.unsettled()
            site = self._place.site
            changed = [site / path for path in sorted(self._changed)]
            files = shadows.wanting(site) if self._everything else changed
            self._changed.clear()
            self._everything = False
        for at in range(0, len(files), _BATCH):
            with self.open():
                shadows.cast(files[at : at + _BATCH])
        os.sync()
        with self.open() as (index, _):
            index.settle(settled)
        if self._place.masthead.hub and settled:
            hub.ping(self._place.masthead)

    @contextmanager
    def open(self) -> Iterator[tuple[Index, Site]]:
        """Open index and site, alone; raises Busy."""
        file = self._place.file
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file.with_name("lock"), timeout=self._patience)
        try:
            lock.acquire()
        except Timeout as error:
            raise Busy from error
        try:
            index = self._index_of(file)
            yield index, Site(self._place, self._pages, index)
        finally:
            lock.release()

    def _index_of(self, file: Path) -> Index:
        """Return the index, kept open while its file is the same."""
        there = file.stat().st_ino if file.exists() else None
        if self._index is None or self._inode != there:
            self._index = Index.opened(file)
            self._inode = file.stat().st_ino
            weakref.finalize(self, self._index.close)
        return self._index

    def _show(self, file: Callable[[Index], Entry | None]) -> None:
        with self.completed() as (index, site):
            entry = file(index)
            if entry:
                site.show(entry)
                index.note_shown([entry.article_id])
                if index.former(entry.article_id):
                    self._tell_servers(index)

    @property
    def _design(self) -> str:
        return f"{assets.design()} {self._place.masthead}"

    def _furnish(self, site: Site) -> None:
        """Write what depends on no article, once in a process: it comes with the program."""
        if not self._furnished:
            site.furnish()
            self._furnished = True

    def _place_files(self, post: Post, address: Address) -> None:
        place = self._place
        drawn = shared(post, address.section, place.masthead)
        placing.place(post.media, drawn, place.media, place.site)

    def _rebuild(self, index: Index) -> Index:
        """Write everything again; return the index, which was closed meanwhile."""
        index.close()
        self._index = None
        rebuild(self._place, self._pages)
        self._furnished = True
        os.sync()
        return self._index_of(self._place.file)

    def _note(self, index: Index) -> None:
        """Note what the pages are made with; all of them are looked through afterwards."""
        index.note_design(self._design)
        self._tell_servers(index)
        self._everything = True

    def _tell_servers(self, index: Index) -> None:
        place = self._place
        server.write_all(place.file.parent, place.masthead, index.moves(), place.site)
