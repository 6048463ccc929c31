"""Everything written again from the index, on all processors where there is much of it."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from publishers.rubrica import placing
from publishers.rubrica.cards import Masthead
from publishers.rubrica.index import Index
from publishers.rubrica.lists import parts
from publishers.rubrica.pages import Pages
from publishers.rubrica.search import PART
from publishers.rubrica.shelves import Kind, Shelf, lasting
from publishers.rubrica.site import Site

_ALONE: Final = 1500
"""Up to how many articles other processes would take longer to start than to help."""
_MOST: Final = 8


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
    articles = index.article_ids()
    with _hands(place, site, len(articles)) as spread:
        if (place.site / "index.html").exists():
            spread(_announce, shelves)
        spread(_write_articles, articles)
        spread(_write_shelves, shelves)
        spread(_write_parts, range(1, parts(index) * PART + 1, PART))
    if not articles:
        site.numbered(1)
    for kind in (Kind.GOAL, Kind.BODY, Kind.MONTH, Kind.LAB):
        site.gathering(kind)
    site.front()
    site.tidy()
    return site


class _hands:  # noqa: N801 - a context manager, as contextlib's
    """Several processes that share work out, or this one alone where there is little."""

    def __init__(self, place: Place, site: Site, articles: int) -> None:
        self.place, self.site = place, site
        self.count = min(_MOST, os.cpu_count() or 1) if articles > _ALONE else 1
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Callable[[_Work, Sequence[object]], None]":
        if self.count > 1:
            started_afresh = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(
                self.count, started_afresh, initializer=_take_up, initargs=(self.place,)
            )
        return self._spread

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def _spread(self, work: "_Work", items: Sequence[object]) -> None:
        if self.pool is None:
            work(self.site, self.place, items)
            return
        size = max(1, -(-len(items) // (self.count * 8)))
        chunks = [items[at : at + size] for at in range(0, len(items), size)]
        for changed in self.pool.map(partial(_perform, work), chunks):
            self.site.changed.update(changed)


_Work = Callable[[Site, Place, Sequence[object]], None]
_mine: list[tuple[Site, Place]] = []
"""In a process of its own: the site it writes."""


def _take_up(place: Place) -> None:
    index = Index.opened(place.file)
    _mine.append((Site(place.site, Pages(place.masthead), index), place))


def _perform(work: _Work, items: Sequence[object]) -> set[Path]:
    site, place = _mine[0]
    site.changed.clear()
    work(site, place, items)
    return site.changed


def _announce(site: Site, _: Place, shelves: Sequence[object]) -> None:
    site.prepare_shelves(shelf for shelf in shelves if isinstance(shelf, Shelf))


def _write_articles(site: Site, place: Place, article_ids: Sequence[object]) -> None:
    for article_id in article_ids:
        assert isinstance(article_id, int)
        entry = site.index.require(article_id)
        if entry.post:
            placing.place(
                entry.post, entry.section, place.masthead,
                media_root=place.media, site=place.site, lasting=False,
            )  # fmt: skip
        site.article(entry)


def _write_shelves(site: Site, _: Place, shelves: Sequence[object]) -> None:
    for shelf in shelves:
        assert isinstance(shelf, Shelf)
        site.shelf(shelf)


def _write_parts(site: Site, _: Place, numbers: Sequence[object]) -> None:
    for number in numbers:
        assert isinstance(number, int)
        site.numbered(number)
