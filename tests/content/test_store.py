import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import text

from content.history import NEWSROOM, History, record
from content.store import Store
from tests.clock import Clock


async def test_a_transaction_that_fails_leaves_nothing(store: Store, clock: Clock) -> None:
    with pytest.raises(RuntimeError):
        async with store.transaction() as session:
            await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())
            raise RuntimeError

    async with store.reading() as session:
        assert (
            await (await session.connection()).execute(text("SELECT count(*) FROM history"))
        ).scalar_one() == 0


async def test_moments_come_back_in_utc(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        written = await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())

    async with store.reading() as session:
        read = await session.get_one(History, written.id)
        assert read.at == clock()
        assert read.at.utcoffset() is not None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE history SET verb = 'undone'", "DELETE FROM history"],
)
async def test_what_happened_cannot_be_rewritten(
    store: Store, clock: Clock, statement: str
) -> None:
    async with store.transaction() as session:
        await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())

    with pytest.raises(DBAPIError, match="append-only"):
        async with store.transaction() as session:
            await (await session.connection()).execute(text(statement))


async def test_an_unknown_state_is_refused_by_the_database(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.transaction() as session:
            await (await session.connection()).execute(
                text(
                    "INSERT INTO inbox (update_id, person_id, body, state, received_at, tries) "
                    "VALUES (1, 1, '{}', 'lost', '2026-11-23 08:00:00', 0)"
                )
            )


async def test_sqlite_is_safe_against_power_cuts(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    async with store.transaction() as session:
        pragmas = {
            name: (await (await session.connection()).execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await store.close()

    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000
    }  # fmt: skip
