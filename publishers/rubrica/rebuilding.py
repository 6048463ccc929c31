"""Everything written again from the index, on all processors where there is much of it."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Final, NamedTuple

from publishers.rubrica import assets, placing
from publishers.rubrica.cards import Masthead
from publishers.rubrica.index import Index
from publishers.rubrica.lists import parts, range_of
from publishers.rubrica.pages import Pages
from publishers.rubrica.shelves import Kind, Shelf, lasting
from publishers.rubrica.site import Site

_ALONE: Final = 1500
"""Up to how many articles other processes would take longer to start than to help."""
_MOST: Final = 8
_NEVER: Final = 2**62


class Place(NamedTuple):
    """Where everything is; plain values, for other processes. `file` is the index."""

    masthead: Masthead
    file: Path
    site: Path
    media: Path


def rebuild(place: Place, pages: Pages, index: Index) -> Site:
    """Write all pages in the order that keeps every link whole; nothing waits for the disk."""
    site = Site(place.site, pages, index)
    site.equip()
    shelves = [*lasting(), *(one for kind in (Kind.BODY, Kind.MONTH, Kind.LAB)
                             for one in index.shelves(kind))]  # fmt: skip
    with _hands(place, site, index.last_number()) as spread:
        if (place.site / "index.html").exists():
            spread(_announce, shelves)
        spread(_write_part, range(1, max(1, parts(index)) + 1))
        spread(_write_shelf, shelves)
    site.parts()
    for kind in (Kind.GOAL, Kind.BODY, Kind.MONTH, Kind.LAB):
        site.gathering(kind)
    site.front()
    assets.tidy(place.site)
    return site


class _hands:  # noqa: N801 - a context manager, as contextlib's
    """Other processes that share work with this one, where there is much of it."""

    def __init__(self, place: Place, site: Site, articles: int) -> None:
        self.place, self.site = place, site
        self.others = min(_MOST, os.cpu_count() or 1) - 1 if articles > _ALONE else 0
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Callable[[_Work, Sequence[object]], None]":
        started_afresh = multiprocessing.get_context("spawn")
        self.next: Synchronized[int] = started_afresh.Value("q", 0)
        if self.others:
            self.pool = ProcessPoolExecutor(
                self.others, started_afresh, initializer=_take_up, initargs=(self.place, self.next)
            )
        return self._spread

    def __exit__(self, kind: object, *_: object) -> None:
        if self.pool:
            self.next.value = _NEVER  # where one failed, the others come to an end before we do
            self.pool.shutdown(wait=kind is not None)

    def _spread(self, work: "_Work", items: Sequence[object]) -> None:
        """Do the work on all items: whoever is free takes the next."""
        self.next.value = 0
        others = [self.pool.submit(_perform, work, items) for _ in range(self.others) if self.pool]
        for item in _taken(items, self.next):
            work(self.site, self.place, item)
        for one in others:
            one.result()


_Work = Callable[[Site, Place, object], None]
_mine: list[tuple[Site, Place, "Synchronized[int]"]] = []
"""In a process of its own: the site it writes, and which item is the next."""


def _take_up(place: Place, following: "Synchronized[int]") -> None:
    gc.disable()  # the process ends with the work, and what it keeps stays to the end
    index = Index.opened(place.file)
    _mine.append((Site(place.site, Pages(place.masthead), index), place, following))


def _perform(work: _Work, items: Sequence[object]) -> None:
    site, place, following = _mine[0]
    for item in _taken(items, following):
        work(site, place, item)


def _taken(items: Sequence[object], following: "Synchronized[int]") -> Iterator[object]:
    while True:
        with following.get_lock():
            at = following.value
            following.value += 1
        if at >= len(items):
            return
        yield items[at]


def _announce(site: Site, _: Place, shelf: object) -> None:
    assert isinstance(shelf, Shelf)
    site.prepare_shelves([shelf])


def _write_part(site: Site, place: Place, number: object) -> None:
    """Write the pages of some articles, then what names them: a part of site map and search."""
    assert isinstance(number, int)
    found = list(site.index.whole(site.index.article_ids(*range_of(number))))
    for one in found:
        if one.entry.post:
            placing.place(
                one.entry.post, one.entry.section, place.masthead,
                media_root=place.media, site=place.site, lasting=False,
            )  # fmt: skip
        site.article(one)
    site.part(number, [one.entry for one in found])


def _write_shelf(site: Site, _: Place, shelf: object) -> None:
    assert isinstance(shelf, Shelf)
    site.shelf(shelf)
