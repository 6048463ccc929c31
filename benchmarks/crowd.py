"""Many deliveries at once, by workers in processes of their own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlmodel import col, func, select, update

from benchmarks import worker
from benchmarks.database import Mode, crowd, lent
from benchmarks.newsroom import Outside, approve, measured, utc_now
from bottega.sandbox import Exchange, Sandbox, Trouble, running
from content.deliveries import Attempt, Operation
from content.store import Store
from content.workflow import OperationState

SETTLING: Final = 3.0
LEASE: Final = 300.0
_CREATES: Final = ("feed", "tweets.create")
_WARM: Final = 4
_POLL: Final = 0.2
_PATIENCE: Final = 120


class Slowness:
    """Makes every creation on a channel take a while."""

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most = least, most
        self._random = Random(1)  # noqa: S311 - the same slowness each time

    def __call__(self, exchange: Exchange, operation: str) -> Trouble | None:
        """Return what makes one call late."""
        if operation not in _CREATES:
            return None
        seconds = self._random.uniform(self._least, self._most)
        return Trouble("late", exchange.service, operation, seconds=seconds)


async def lateness(scheduled: int, articles: int = 30, span: float = 15.0) -> list[float]:
    """Return by how many seconds deliveries started late, beside many that are scheduled."""
    with lent("embedded") as (url, folder), running(sandbox := Sandbox()):
        outside = Outside(url, str(folder), measured(sandbox.keys()), SETTLING)
        store = Store(url)
        async with _at_work(store, outside, list(outside.publishers()), articles, 1) as planned:
            await crowd(store, scheduled)
            first, chance = utc_now() + timedelta(seconds=2), Random(1)  # noqa: S311 - no secret
            moments = [first + timedelta(seconds=chance.uniform(0, span)) for _ in range(articles)]
            each = len(planned) // articles
            await fall_due(store, planned, [moment for moment in moments for _ in range(each)])
            await _until_done(store, planned)
        async with store.reading() as session:
            started = func.min(Attempt.started_at)
            query = select(Operation.due_at, started).where(col(Operation.id).in_(planned))
            query = query.join(Attempt, col(Attempt.operation_id) == col(Operation.id))
            found = (await session.exec(query.group_by(col(Operation.id)))).all()
        await store.close()
    return [(started - due).total_seconds() for due, started in found]


async def burst(
    mode: Mode, count: int, slowness: Slowness, *, workers: int = 1, hands: int = 16
) -> float:
    """Return how many seconds as many deliveries take that are due at once, on two channels."""
    with lent(mode) as (url, folder), running(sandbox := Sandbox()):
        sandbox.board.weather = slowness
        outside = Outside(url, str(folder), measured(sandbox.keys()), SETTLING, hands)
        store = Store(url)
        names = ["facebook", "x"]
        async with _at_work(store, outside, names, count // len(names), workers) as planned:
            start = utc_now() + timedelta(seconds=2)
            await fall_due(store, planned, [start] * len(planned))
            await _until_done(store, planned)
        async with store.reading() as session:
            end = (await session.exec(select(func.max(Operation.settled_at)))).one()
        await store.close()
    assert end is not None
    return (end - start).total_seconds()


@asynccontextmanager
async def _at_work(
    store: Store, outside: Outside, channels: Sequence[str], articles: int, workers: int
) -> AsyncIterator[list[int]]:
    """Have workers that have each done something, and approved operations due on another day."""
    publishers = {name: one for name, one in outside.publishers().items() if name in channels}
    someday = utc_now() + timedelta(days=1)
    warm = _WARM * workers
    planned = await approve(store, publishers, [utc_now()] * warm + [someday] * articles)
    first, rest = planned[: warm * len(channels)], planned[warm * len(channels) :]
    crew = [worker.start(outside, LEASE, alone=store.embedded) for _ in range(workers)]
    try:
        await _until_done(store, first)
        yield rest
    finally:
        for one in crew:
            one.kill()
            one.join()


async def fall_due(store: Store, planned: Sequence[int], moments: Sequence[datetime]) -> None:
    """Let each operation be due at its moment."""
    async with store.transaction() as session:
        for one, due in zip(planned, moments, strict=True):
            values = {"due_at": due, "next_try_at": due}
            await session.exec(update(Operation).where(col(Operation.id) == one).values(**values))


async def _until_done(store: Store, planned: Sequence[int]) -> None:
    done = select(func.count(col(Operation.id))).where(
        Operation.state == OperationState.DONE, col(Operation.id).in_(planned)
    )
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with store.reading() as session:
                if (await session.exec(done)).one() == len(planned):
                    return
            await asyncio.sleep(_POLL)
