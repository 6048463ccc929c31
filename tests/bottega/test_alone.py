"""Several bots on one PostgreSQL: one leads, another takes over, nobody is served twice at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import psycopg
import pytest

from bottega import alone
from bottega.alone import Turns, leading


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "LOOK_SECONDS", 0.05)


def led_by(name: str, leaders: list[str]) -> Callable[[], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def work() -> AsyncIterator[None]:
        leaders.append(name)
        try:
            yield
        finally:
            leaders.remove(name)

    return work


async def until(leaders: list[str], wanted: list[str]) -> None:
    async with asyncio.timeout(10):
        while leaders != wanted:  # noqa: ASYNC110 - what is looked at is no event
            await asyncio.sleep(0.01)


async def test_one_leads_and_another_takes_over_when_it_stops(postgres_url: str) -> None:
    leaders: list[str] = []
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        await first.enter_async_context(leading(postgres_url, led_by("first", leaders)))
        await second.enter_async_context(leading(postgres_url, led_by("second", leaders)))
        await asyncio.sleep(0.2)
        assert leaders == ["first"]

        await first.aclose()

        await until(leaders, ["second"])
    assert leaders == []


async def test_who_loses_the_connection_leads_no_more(postgres_url: str) -> None:
    leaders: list[str] = []
    plain = postgres_url.replace("postgresql+psycopg", "postgresql")
    async with leading(postgres_url, led_by("one", leaders)):
        await until(leaders, ["one"])
        leaders.append("mark")

        async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )

        await until(leaders, ["mark", "one"])  # it stopped, and began again


async def test_what_keeps_the_first_from_starting_is_told(postgres_url: str) -> None:
    @asynccontextmanager
    async def work() -> AsyncIterator[None]:
        raise OSError("no network")
        yield

    with pytest.raises(OSError, match="no network"):
        async with leading(postgres_url, work):
            pass


async def test_a_person_is_served_by_one_process_at_a_time(postgres_url: str) -> None:
    one, other = Turns(postgres_url), Turns(postgres_url)

    assert await one.claim([1, -2, 2**52]) == {1, -2, 2**52}
    assert await other.claim([1, 3]) == {3}
    await one.release([1])
    assert await other.claim([1]) == {1}

    await other.close()  # as when its process dies
    served: set[int] = set()
    async with asyncio.timeout(10):
        while served != {1, 3}:
            served |= await one.claim([1, 3])
    await one.close()


async def test_who_lost_the_connection_claims_anew(postgres_url: str) -> None:
    turns = Turns(postgres_url)
    await turns.claim([1])
    assert turns._connection is not None
    plain = postgres_url.replace("postgresql+psycopg", "postgresql")
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [turns._connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await turns.claim([2])

    assert await turns.claim([1, 2]) == {1, 2}
    await turns.close()
