"""One delivery, step by step: what a claim costs, and what all of our own work does."""

import time
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from benchmarks.database import crowd, lent
from benchmarks.newsroom import Outside, approve, measured, utc_now
from bottega.sandbox import Sandbox, running
from content import sending
from content.store import Store
from publishers.http import Session
from scheduler.dispatch import Dispatch

_WARM: Final = 5
_CLAIMS: Final = 40


async def claims(few: int, many: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds to find and claim an operation, beside few scheduled and many.

    They are taken in turn, so that a busy machine is as busy for both.
    """
    timings: tuple[list[float], list[float]] = ([], [])
    with lent("embedded") as one, lent("embedded") as other:
        stores = (await _crowded(*one, few), await _crowded(*other, many))
        for _ in range(_CLAIMS):
            for store, taken in zip(stores, timings, strict=True):
                taken.append(await _claim(store))
        for store in stores:
            await store.close()
    return timings[0][_WARM:], timings[1][_WARM:]


async def own_work(articles: int = 25) -> list[float]:
    """Return how many milliseconds each delivery to a network took beside waiting for it."""
    with lent("embedded") as (url, folder), running(sandbox := Sandbox()):
        outside = Outside(url, str(folder), measured(sandbox.keys()), 1)
        publishers = outside.publishers()
        social = {name: one for name, one in publishers.items() if not one.idempotent}
        store = Store(url)
        planned = await approve(store, social, [utc_now()] * articles)
        dispatch = Dispatch(store, publishers, utc_now, "bench", lambda: None)
        timings = []
        with patch.object(Session, "request", _timed(outside_seconds := [0.0])):
            for one in planned:
                before, started = outside_seconds[0], time.perf_counter()
                await dispatch.perform(one)
                waited = outside_seconds[0] - before
                timings.append((time.perf_counter() - started - waited) * 1000)
        await dispatch.finish()
        await store.close()
        assert len(sandbox.facebook.posts) == len(sandbox.x.posts) == articles
    return timings[2 * _WARM :]


async def _crowded(url: str, folder: Path, scheduled: int) -> Store:
    outside = Outside(url, str(folder), {"facebook": {}}, 1)
    store = Store(url)
    facebook = {"facebook": outside.publishers()["facebook"]}
    await approve(store, facebook, [utc_now()] * _CLAIMS)
    await crowd(store, scheduled)
    return store


async def _claim(store: Store) -> float:
    started = time.perf_counter()
    async with store.reading() as session:
        (found,) = await sending.due(session, ["facebook"], now=utc_now(), limit=1)
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, found, "bench", now=utc_now())
    assert claimed is not None
    return (time.perf_counter() - started) * 1000


def _timed(seconds: list[float]) -> Any:
    request = Session.request

    def timed(self: Session, *args: Any, **rest: Any) -> Any:
        started = time.perf_counter()
        try:
            return request(self, *args, **rest)
        finally:
            seconds[0] += time.perf_counter() - started

    return timed
