"""What holds whatever the database and its engine: one suite for both."""

import asyncio
import threading
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from types import SimpleNamespace

from sqlmodel import col, select, update

from content import articles, sending
from content.deliveries import Attempt, Operation
from content.store import Store
from content.workflow import OperationState
from scheduler.timetable import SEND
from tests import stories
from tests.fakes import FakePublisher
from tests.scheduler.conftest import Worker, approved, now, until

Channels = dict[str, FakePublisher]


async def states(store: Store) -> Counter[str]:
    async with store.reading() as session:
        return Counter((await session.exec(select(Operation.state))).all())


async def all_done(store: Store) -> bool:
    return set(await states(store)) == {OperationState.DONE}


def sent(channels: Channels) -> Counter[str]:
    return Counter(key for channel in channels.values() for key in channel.called())


async def test_what_is_due_is_sent_once_the_page_before_what_links_to_it(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    planned = await approved(store, cast)

    async with Worker(store, url, channels).working() as worker:
        worker.engine.nudge(SEND)
        await until(lambda: all_done(store))

    assert sent(channels) == Counter(f"operation-{one.id}" for one in planned)
    page, red = channels["page"].sent[0].call.now, channels["red"].sent[0].call.now
    assert page < red


async def test_it_goes_out_within_a_second_of_its_time(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    await approved(store, cast)
    at = now() + timedelta(seconds=3)
    async with store.transaction() as session:
        await session.exec(update(Operation).values(due_at=at, next_try_at=at))

    async with Worker(store, url, channels).working():
        await until(lambda: all_done(store))

    late = channels["page"].sent[0].call.now - at
    assert timedelta(0) <= late < timedelta(seconds=1)


async def test_a_lost_nudge_is_made_up_for(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    async with Worker(store, url, channels).working():
        await approved(store, cast)
        took = await until(lambda: all_done(store))

    assert took < timedelta(seconds=5)
    assert set(sent(channels).values()) == {1}


async def test_many_nudges_send_it_once(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    for channel in channels.values():
        channel.seconds = 0.1
    async with Worker(store, url, channels).working() as worker:
        await approved(store, cast)
        for _ in range(20):
            worker.engine.nudge(SEND)
            await asyncio.sleep(0.01)
        await until(lambda: all_done(store))

    assert set(sent(channels).values()) == {1}


async def test_what_a_dead_worker_had_in_hand_is_resolved_after_its_lease(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    """Killed after the channel took the page, before it was written down."""
    page, *_ = await approved(store, cast)
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, page.id, "killed", now=now())
    assert claimed is not None
    assert claimed.post is not None
    channels["page"].out[claimed.post.sha256] = channels["page"].publish(
        claimed.post,
        SimpleNamespace(key=f"operation-{page.id}"),  # type: ignore[arg-type]
    )
    async with store.transaction() as session:
        await session.exec(
            update(Operation)
            .where(col(Operation.id) == page.id)
            .values(lease_until=now() - timedelta(seconds=1))
        )

    async with Worker(store, url, channels).working():
        await until(lambda: all_done(store))

    assert set(sent(channels).values()) == {1}
    async with store.reading() as session:
        tries = (await session.exec(select(Attempt).where(Attempt.operation_id == page.id))).all()
    assert [one.worker for one in tries] == ["killed"]


async def test_a_graceful_stop_finishes_what_is_under_way(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    gate = channels["page"].gate = threading.Event()
    await approved(store, cast)

    async with Worker(store, url, channels).working() as worker:
        worker.engine.nudge(SEND)
        await asyncio.to_thread(channels["page"].reached.wait, 10)
        asyncio.get_running_loop().call_later(0.3, gate.set)

    assert await states(store) == {OperationState.DONE: 1, OperationState.SCHEDULED: 2}


async def test_what_came_in_is_drafted(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, now())

    async def drafted() -> bool:
        async with store.reading() as session:
            return not await articles.undrafted(session, limit=1)

    async with Worker(store, url, channels).working():
        await until(drafted)


async def test_two_workers_at_once_send_it_once(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    """On SQLite one process is the rule, but nothing breaks if it is not kept."""
    planned = await approved(store, cast, articles=5)

    async with AsyncExitStack() as stack:
        for _ in range(2):
            worker = await stack.enter_async_context(Worker(store, url, channels).working())
            worker.engine.nudge(SEND)
        await until(lambda: all_done(store))

    assert sent(channels) == Counter(f"operation-{one.id}" for one in planned)
