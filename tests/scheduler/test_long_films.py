"""A film that takes longer than a lease goes up once, as its lease grows with it."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bottega.sandbox.server import Sandbox, running
from content import lapses, sending, tries
from content.store import Store
from content.workflow import OperationState
from publishers import x_films
from tests.clock import Clock
from tests.publishers.stage import film
from tests.scheduler.outside import Desk, adapters

A_PART = timedelta(seconds=50)


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
async def desk(
    store: Store,
    cast: SimpleNamespace,
    clock: Clock,
    served: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Desk]:
    """A newsroom whose line is slow: each part of a film, and each look at it, takes A_PART."""
    served.reset()

    def slowly() -> datetime:
        clock.now += A_PART
        return clock.now

    served.x.now = slowly
    monkeypatch.setattr("publishers.films._SHORTEST_WAIT", 0.0)
    one = Desk(store, cast, clock, served)
    one.publishers |= adapters(served, tmp_path)
    yield one
    await one.dispatch.finish()


async def test_it_goes_up_once_and_comes_out(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = film(tmp_path)
    monkeypatch.setattr(x_films, "_PART", (shown.size or 0) // 9)
    begun = desk.clock()
    operation = await desk.approve("x", media=(shown,))
    await desk.dispatch.perform(operation)

    assert desk.clock() - begun > sending.LEASE * 1.5
    assert (await desk.operation(operation)).state is OperationState.DONE
    assert await desk.attempts(operation) == ["done"]
    assert desk.sandbox.board.operations.count(("x", "media.initialize")) == 1
    assert len(desk.posts("x")) == 1


async def test_the_lease_of_who_still_sends_is_not_taken_for_that_of_the_dead(
    desk: Desk, clock: Clock
) -> None:
    operation = await desk.approve("x")
    async with desk.store.transaction() as session:
        claimed = await sending.claim_due(session, operation, "slow", now=clock())
    assert claimed is not None
    clock.forward(minutes=4)
    async with desk.store.transaction() as session:
        assert await tries.lengthen(session, claimed, now=clock()) == clock() + sending.LEASE
    clock.forward(minutes=4)
    async with desk.store.transaction() as session:
        assert await lapses.expire_leases(session, now=clock()) == 0
    clock.forward(minutes=2)
    async with desk.store.transaction() as session:
        assert await lapses.expire_leases(session, now=clock()) == 1
        assert await tries.lengthen(session, claimed, now=clock()) is None
