"""A film that is begun under an id on one try goes on with it on the next, and comes out once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from bottega.sandbox.server import Sandbox, running
from content import lapses, sending, tries
from content.deliveries import Attempt
from content.history import Actor
from content.planning import resend
from content.store import Store
from content.workflow import OperationState
from tests.clock import Clock
from tests.publishers.stage import film
from tests.scheduler.outside import Desk, adapters


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
    served.reset()
    served.facebook.now = clock
    monkeypatch.setattr("publishers.films._SHORTEST_WAIT", 0.0)
    monkeypatch.setattr("publishers.films._LONGEST_WAIT", 0.0)
    one = Desk(store, cast, clock, served)
    one.publishers |= adapters(served, tmp_path)
    yield one
    await one.dispatch.finish()


async def begun(desk: Desk, tmp_path: Path) -> int:
    """Have a film approved and begun; return its operation."""
    operation = await desk.approve("facebook", media=(film(tmp_path),))
    await desk.dispatch.perform(operation)
    assert await desk.attempts(operation) == [tries.BEGUN]
    return operation


def asked(desk: Desk, name: str) -> int:
    return desk.sandbox.board.operations.count(("facebook", name))


async def test_it_goes_on_at_once_and_comes_out(desk: Desk, tmp_path: Path) -> None:
    operation = await begun(desk, tmp_path)
    waiting = await desk.operation(operation)
    assert waiting.state is OperationState.SCHEDULED
    assert waiting.next_try_at <= desk.clock()

    await desk.dispatch.perform(operation)

    done = await desk.operation(operation)
    assert done.state is OperationState.DONE
    assert done.permalink
    assert "/reel/" in done.permalink
    assert await desk.attempts(operation) == [tries.BEGUN, "done"]
    assert asked(desk, "reels.start") == asked(desk, "reels.finish") == 1


@pytest.mark.parametrize("mood", ["lost", "refuse"])
async def test_a_lost_answer_is_resolved_by_the_video_and_nothing_comes_out_twice(
    desk: Desk, tmp_path: Path, mood: str
) -> None:
    operation = await begun(desk, tmp_path)
    desk.order("facebook", mood, "reels.finish")  # type: ignore[arg-type]  # a mood by its name
    await desk.dispatch.perform(operation)
    assert (await desk.operation(operation)).state is OperationState.UNCONFIRMED

    await desk.settle_doubts()
    await desk.dispatch.perform(operation)

    assert (await desk.operation(operation)).state is OperationState.DONE
    assert len(desk.posts("facebook")) == 1
    assert asked(desk, "reels.start") == 1
    assert asked(desk, "reels.finish") == (1 if mood == "lost" else 2)


async def test_whoever_dies_while_it_goes_up_leaves_it_to_be_gone_on_with(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    operation = await begun(desk, tmp_path)
    async with desk.store.transaction() as session:
        claimed = await sending.claim_due(session, operation, "dead", now=clock())
        assert claimed is not None
        await tries.made_on(session, claimed, desk.publishers["facebook"].account_id)
        await lapses.expire_leases(session, now=clock(), all_of_them=True)

    await desk.settle_doubts()
    await desk.dispatch.perform(operation)

    assert await desk.attempts(operation) == [tries.BEGUN, "interrupted", "done"]
    assert asked(desk, "reels.start") == 1


async def test_one_that_is_still_being_published_is_not_asked_of_people(
    desk: Desk, tmp_path: Path
) -> None:
    desk.sandbox.facebook.films.slow = 100
    operation = await begun(desk, tmp_path)
    await desk.dispatch.perform(operation)

    await desk.settle_doubts()

    doubtful = await desk.operation(operation)
    assert doubtful.state is OperationState.UNCONFIRMED
    assert doubtful.asked_at is None

    next(iter(desk.sandbox.facebook.films.kept.values())).slow = 0
    await desk.settle_doubts()
    assert (await desk.operation(operation)).state is OperationState.DONE


async def test_what_failed_is_begun_anew_when_a_person_says_so(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    operation = await begun(desk, tmp_path)
    desk.order("facebook", "unprocessable", "reels.status")
    await desk.dispatch.perform(operation)
    failed = await desk.operation(operation)
    assert failed.state is OperationState.FAILED
    assert failed.problem
    assert "filmato" in failed.problem

    async with desk.store.transaction() as session:
        await resend(session, operation, by=Actor("moderator", desk.cast.bruno.id), now=clock())
    for _ in range(2):
        await desk.dispatch.perform(operation)

    assert await desk.attempts(operation) == [tries.BEGUN, "failed", tries.BEGUN, "done"]
    assert asked(desk, "reels.start") == 2
    assert len(desk.posts("facebook")) == 1


async def test_what_was_begun_on_another_page_is_not_gone_on_with(
    desk: Desk, tmp_path: Path
) -> None:
    operation = await begun(desk, tmp_path)
    async with desk.store.transaction() as session:
        query = select(Attempt).where(col(Attempt.operation_id) == operation)
        (await session.exec(query)).one().account = "500"

    await desk.dispatch.perform(operation)

    assert await desk.attempts(operation) == [tries.BEGUN, tries.BEGUN]
    assert asked(desk, "reels.start") == 2


async def test_what_was_taken_from_us_while_it_was_begun_is_let_go(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    operation = await desk.approve("facebook", media=(film(tmp_path),))
    async with desk.store.transaction() as session:
        claimed = await sending.claim_due(session, operation, "slow", now=clock())
        assert claimed is not None
        await lapses.expire_leases(session, now=clock(), all_of_them=True)
    async with desk.store.transaction() as session:
        assert not await tries.begin(session, claimed, "12345", "Si continua.", now=clock())
        assert await tries.begun(session, operation, None) is None
    assert await desk.attempts(operation) == ["postponed, too late"]
