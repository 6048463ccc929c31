"""What only many machines have: hints in a queue, workers that die, a database that goes away."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlmodel import col, select, text, update

from content.deliveries import Operation
from content.history import History
from content.store import Store
from content.workflow import OperationState
from scheduler.distributed import AHEAD, Distributed, cron
from scheduler.timetable import DRAFT, SEND
from tests import stories
from tests.fakes import FakePublisher
from tests.scheduler.conftest import Worker, approved, now, until

Channels = dict[str, FakePublisher]


@pytest.fixture(params=["postgresql"])
async def store(request: pytest.FixtureRequest, postgres_url: str) -> Any:
    opened = Store(postgres_url)
    yield opened
    await opened.close()


async def all_done(store: Store) -> bool:
    async with store.reading() as session:
        query = select(Operation.id).where(Operation.state != OperationState.DONE).limit(1)
        return (await session.exec(query)).first() is None


async def sql(store: Store, statement: str, **values: object) -> Sequence[Any]:
    async with store.transaction() as session:
        connection = await session.connection()
        done = await connection.execute(text(statement), values)
        return done.all() if done.returns_rows else ()


async def queued(store: Store) -> list[tuple[Any, ...]]:
    query = "SELECT queueing_lock, lock, status FROM hints.procrastinate_jobs ORDER BY id"
    return [tuple(row) for row in await sql(store, query)]


def sent(channels: Channels) -> Counter[str]:
    return Counter(key for channel in channels.values() for key in channel.called())


async def test_four_workers_send_two_hundred_operations_once_each(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    planned = await approved(store, cast, articles=67)

    async with AsyncExitStack() as stack:
        for _ in range(4):
            worker = Worker(store, url, channels, hands=4)
            await stack.enter_async_context(worker.working())
        worker.engine.nudge(SEND)
        await until(lambda: all_done(store), 120)

    assert sent(channels) == Counter(f"operation-{one.id}" for one in planned)
    async with store.reading() as session:
        query = select(History).where(History.verb == "published")
        assert len((await session.exec(query)).all()) == 67
    assert await sql(store, "SELECT deadlocks FROM pg_stat_database WHERE deadlocks > 0") == []


async def test_a_hint_is_no_more_than_a_hint(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    """Given twice, given for what is not there, given too early: it finds nothing to claim."""
    page, red, _ = await approved(store, cast)
    async with Worker(store, url, channels).working() as worker:
        engine = worker.engine
        assert isinstance(engine, Distributed)
        for operation_id in (page.id, page.id, red.id, 999_999):
            await engine._operation.configure(queue="send page").defer_async(
                operation_id=operation_id
            )
        await until(lambda: all_done(store))

    assert set(sent(channels).values()) == {1}


async def test_only_what_is_due_soon_is_in_the_queue(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    page, *_ = await approved(store, cast)
    later, *_ = await approved(store, cast)
    at = now() + AHEAD * 2
    async with store.transaction() as session:
        await session.exec(
            update(Operation).where(col(Operation.id) == later.id).values(next_try_at=at)
        )
    worker = Worker(store, url, channels)
    await worker.engine.open()

    await worker.engine.send_due()
    await worker.engine.send_due()

    assert await queued(store) == [(f"delivery:{page.id}", None, "todo")]
    await worker.engine.stop()


async def test_a_worker_takes_only_the_channels_whose_keys_it_has(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    await approved(store, cast)
    pages = {"page": channels["page"]}
    async with Worker(store, url, pages).working() as worker:
        worker.engine.nudge(SEND)

        async def page_is_out() -> bool:
            return len(pages["page"].sent) == 1

        await until(page_is_out)
        await asyncio.sleep(1)
        assert not channels["red"].sent

        async with Worker(store, url, channels).working():
            await until(lambda: all_done(store))

    assert set(sent(channels).values()) == {1}


async def test_what_a_dead_worker_had_in_hand_is_let_go(
    store: Store, url: str, channels: Channels, cast: SimpleNamespace
) -> None:
    """Its job would otherwise stop every other drafting, for good."""
    engine = Worker(store, url, channels).engine
    await engine.open()
    await engine.stop()
    await sql(
        store,
        "INSERT INTO hints.procrastinate_workers (last_heartbeat)"
        " VALUES (now() - interval '1 minute')",
    )
    await sql(
        store,
        "INSERT INTO hints.procrastinate_jobs"
        " (queue_name, task_name, lock, args, status, worker_id)"
        " SELECT 'jobs', CAST(:job AS text), CAST(:job AS text), :given, 'doing', id"
        " FROM hints.procrastinate_workers",
        job=DRAFT,
        given=Jsonb({"timestamp": 0}),
    )
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, now())

    async def drafted() -> bool:
        async with store.reading() as session:
            query = select(History).where(History.verb == "drafted")
            return (await session.exec(query)).first() is not None

    async with Worker(store, url, channels).working():
        await until(drafted)


async def test_a_database_that_goes_away_comes_back(
    store: Store,
    url: str,
    channels: Channels,
    cast: SimpleNamespace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    async with Worker(store, url, channels).working() as worker:
        await asyncio.sleep(0.5)
        _cut_all_connections(url)
        await asyncio.sleep(0.1)
        await approved_again(store, cast)
        worker.engine.nudge(SEND)
        await until(lambda: all_done(store))

    assert set(sent(channels).values()) == {1}


async def test_what_happens_elsewhere_is_heard_at_once(
    store: Store, url: str, channels: Channels
) -> None:
    heard = asyncio.Event()
    bot, worker = Worker(store, url, {}).engine, Worker(store, url, channels).engine
    await bot.open(heard.set)
    await worker.open()
    async with asyncio.timeout(5):
        await heard.wait()  # what was told before anybody listened
        await asyncio.sleep(0.3)
        heard.clear()

        worker.tell()

        await heard.wait()
    await bot.stop()
    await worker.stop()


async def test_a_queue_of_another_version_is_made_anew(
    store: Store, url: str, channels: Channels
) -> None:
    async def comment() -> object:
        query = "SELECT obj_description(to_regnamespace('hints'), 'pg_namespace')"
        return (await sql(store, query))[0][0]

    for _ in range(2):
        engine = Worker(store, url, channels).engine
        await engine.open()
        engine.nudge(SEND)
        await engine.stop()
    assert await queued(store) == [(SEND, None, "todo")]
    version = await comment()
    await sql(store, "COMMENT ON SCHEMA hints IS '3.9.0'")

    engine = Worker(store, url, channels).engine
    await engine.open()
    await engine.stop()

    assert await comment() == version
    assert await queued(store) == []


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (0.5, "* * * * * */1"),
        (2, "* * * * * */2"),
        (60, "*/1 * * * * 0"),
        (3600, "0 */1 * * * 0"),
        (86400, "0 0 * * * 0"),
    ],
)
def test_the_timetable_is_said_as_a_cron_with_seconds_last(every: float, said: str) -> None:
    assert cron(every) == said


async def approved_again(store: Store, cast: SimpleNamespace) -> None:
    """Approve as people do: once more when the first connection turns out to be dead."""
    for _ in range(20):
        try:
            await approved(store, cast)
        except Exception:  # noqa: BLE001
            await asyncio.sleep(0.2)
        else:
            return
    raise AssertionError("the database does not come back")


def _cut_all_connections(url: str) -> None:
    plain = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
