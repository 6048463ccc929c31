"""Pages written by several processes: each takes a run of the work, then what others have left."""

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.sharedctypes import SynchronizedArray
from typing import Any, Final, NamedTuple, Self

from publishers.rubrica.index import Index
from publishers.rubrica.pages import Pages
from publishers.rubrica.placing import Place
from publishers.rubrica.site import Site

_MOST: Final = 8
_NEVER: Final = 2**62
Work = Callable[[Site, Any], None]
"""What is done with an item; a function of a module."""


class Hands:
    """This process and `others`, which start at once; in a `with` statement.

    No index may be open in this process when they start: what SQLite knows of an open file must
    not be copied (https://www.sqlite.org/howtocorrupt.html, section 2.6).
    """

    def __init__(self, place: Place, pages: Pages, others: int) -> None:
        self._others = min(_MOST - 1, others)
        # Who has no other thread can be copied as it is; to start afresh takes a second.
        copied = sys.platform == "linux" and threading.active_count() == 1
        start = multiprocessing.get_context("fork" if copied else "spawn")
        self._begun: SynchronizedArray[int] = start.Array("q", 2 + self._others)
        self._news: list[tuple[int, bytes]] = []
        self._pool: ProcessPoolExecutor | None = None
        if self._others:
            known = (place, pages if copied else None, self._begun)
            self._pool = ProcessPoolExecutor(self._others, start, _take_up, known)
            self._pool.submit(int)
        self._hand = Hand(Site(place, pages, Index.opened(place.file)), self._begun, 0)

    @property
    def site(self) -> Site:
        """What this process writes."""
        return self._hand.site

    def __enter__(self) -> Self:
        self._collected = gc.isenabled()
        gc.disable()  # nearly all that is made stays, and is looked through in vain
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._collected:
            gc.enable()
        if self._pool:
            self._begun[:] = [_NEVER] * len(self._begun)  # where one failed, the others end too
            self._pool.shutdown(wait=kind is not None)
        self.site.index.close()

    def spread(self, work: Work, items: Sequence[object]) -> None:
        """Do the work on all items; what one process remembers of articles, all do afterwards."""
        self._begun[:-1] = _beginnings(len(items), 1 + self._others)
        others = [
            self._pool.submit(_perform, work, items, self._news)
            for _ in range(self._others)
            if self._pool
        ]
        self._hand.do(work, items)
        memory = self.site.pages.teasers.memory
        self._news = [(0, memory.news()), *(one.result() for one in others)]
        _learn(self._hand, self._news)


class Hand(NamedTuple):
    """What one process writes with.

    `begun` says how far each run of the work has come, and last how many processes have started.
    """

    site: Site
    begun: "SynchronizedArray[int]"
    mine: int

    def do(self, work: Work, items: Sequence[object]) -> None:
        """Do the work on a run of the items, then on what is left of others.

        Who writes articles that follow one another draws few teasers that others draw, too.
        """
        many = len(self.begun) - 1
        ends = [*_beginnings(len(items), many)[1:], len(items)]
        for one in range(self.mine, self.mine + many):
            while (at := self._next(one % many)) < ends[one % many]:
                work(self.site, items[at])

    def _next(self, one: int) -> int:
        with self.begun.get_lock():
            at: int = self.begun[one]
            self.begun[one] += 1
        return at


def _beginnings(count: int, many: int) -> list[int]:
    return [count * one // many for one in range(many)]


_hand: list[Hand] = []
"""That of a process of its own."""


def _take_up(place: Place, pages: Pages | None, begun: "SynchronizedArray[int]") -> None:
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    gc.disable()  # the process ends with the work
    with begun.get_lock():
        begun[-1] += 1
        mine = begun[-1]
    site = Site(place, pages or Pages(place.masthead), Index.opened(place.file))
    _hand.append(Hand(site, begun, mine))


def _end_with_the_first() -> None:
    """End when the first process does: nobody else may write then, nor hold its lock."""
    first = multiprocessing.parent_process()
    if first:
        first.join()
    os._exit(1)


def _perform(
    work: Work, items: Sequence[object], news: Sequence[tuple[int, bytes]]
) -> tuple[int, bytes]:
    """Do some of the work, having learnt what others remember; return what they do not."""
    hand = _hand[-1]
    _learn(hand, news)
    hand.do(work, items)
    return hand.mine, hand.site.pages.teasers.memory.news()


def _learn(hand: Hand, news: Sequence[tuple[int, bytes]]) -> None:
    for whose, told in news:
        if whose != hand.mine:
            hand.site.pages.teasers.memory.learn(told)
