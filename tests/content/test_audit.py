"""The record proves itself: what was written stays, and what is missing shows."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import text

from bottega.migrations import blocking
from content import decisions, review, seals
from content.audit import Fault, Proof, verify
from content.decisions import Verdict
from content.history import NEWSROOM, History, record
from content.store import Store
from tests import stories
from tests.clock import Clock


def prove(store: Store, seal: str | None = None) -> Proof:
    engine = create_engine(blocking(store._writer.url.render_as_string(hide_password=False)))
    with engine.connect() as connection:
        proof = verify(connection, seal)
    engine.dispose()
    return proof


async def tamper(store: Store, *statements: str) -> None:
    """Do what the triggers refuse, as who owns the database's files can."""
    async with store.transaction() as session:
        connection = await session.connection()
        for table in ("history", "decision", "seal"):
            if store.embedded:
                for verb in ("update", "delete"):
                    await connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
            else:
                await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            await connection.execute(text(statement))


async def sealed(store: Store, clock: Clock) -> seals.Seal | None:
    async with store.transaction() as session:
        return await seals.seal(session, now=clock())


@pytest.fixture
async def newsroom(store: Store, cast: SimpleNamespace, clock: Clock) -> Store:
    """An approved case and a declined one, all sealed."""
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
        submission, _ = await stories.drafted(session, cast.ada, clock())
        await review.decide(
            session, submission, cast.bruno, Verdict.REJECTED,
            reason="Non è qui", seen=stories.SEEN, now=clock(),
        )  # fmt: skip
    await sealed(store, clock)
    return store


async def test_what_happened_is_proved_and_sealed(newsroom: Store) -> None:
    proof = prove(newsroom)

    assert proof.broken is None
    assert proof.rows == proof.sealed > 20
    assert (proof.decisions, proof.seals) == (2, 1)
    assert proof.chains < proof.rows


async def test_nothing_new_needs_no_seal(newsroom: Store, clock: Clock) -> None:
    assert await sealed(newsroom, clock) is None

    async with newsroom.transaction() as session:
        await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())

    assert prove(newsroom).sealed == prove(newsroom).rows - 1
    made = await sealed(newsroom, clock)
    assert made is not None
    assert made.rows == 1
    assert prove(newsroom, made.sha256).seals == 2


@pytest.mark.parametrize(
    ("statement", "fault", "table"),
    [
        ("UPDATE history SET actor_id = 7 WHERE verb = 'accepted'", Fault.CHANGED, "history"),
        ("UPDATE history SET at = '2020-01-01' WHERE id = 5", Fault.CHANGED, "history"),
        ("UPDATE history SET data = '{}' WHERE verb = 'approved'", Fault.CHANGED, "history"),
        ("DELETE FROM history WHERE verb = 'received'", Fault.ONE_IS_MISSING, "history"),
        ("UPDATE decision SET reason = 'altro' WHERE id = 2", Fault.CHANGED, "decision"),
        ("DELETE FROM decision WHERE id = 2", Fault.NO_SUCH_DECISION, "history"),
        ("UPDATE seal SET rows = 3", Fault.SEALED_ROWS_DIFFER, "seal"),
        (
            "DELETE FROM history WHERE noun = 'article' AND noun_id = 2",
            Fault.SEALED_ROWS_DIFFER,
            "seal",
        ),
        (
            "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
            Fault.SEALED_ROWS_DIFFER,
            "seal",
        ),
    ],
)
async def test_what_was_tampered_with_is_named(
    newsroom: Store, statement: str, fault: Fault, table: str
) -> None:
    untold = "DELETE FROM untold"  # it refers to the history, on SQLite with a foreign key
    await tamper(newsroom, untold, statement)

    broken = prove(newsroom).broken

    assert broken is not None
    assert (broken.fault, broken.table) == (fault, table)
    assert broken.id


async def test_a_seal_that_was_noted_elsewhere_must_be_there(newsroom: Store, clock: Clock) -> None:
    async with newsroom.transaction() as session:
        await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())
    noted = await sealed(newsroom, clock)
    assert noted is not None
    await tamper(
        newsroom,
        "DELETE FROM seal WHERE id = (SELECT max(id) FROM seal)",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
    )

    assert prove(newsroom).broken is None
    broken = prove(newsroom, noted.sha256).broken
    assert broken is not None
    assert broken.fault is Fault.SEAL_LOST


@pytest.mark.parametrize("table", ["history", "decision", "seal", "article_version"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
async def test_the_database_itself_refuses_to_forget(
    newsroom: Store, table: str, change: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with newsroom.transaction() as session:
            await (await session.connection()).execute(text(change.format(table)))


async def test_a_part_that_is_rolled_back_leaves_no_gap(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        await record(session, "thing", 1, "begun", by=NEWSROOM, now=clock())
        async with session.begin_nested() as part:
            await record(session, "thing", 1, "tried", by=NEWSROOM, now=clock())
            await session.flush()
            await part.rollback()
        last = await record(session, "thing", 1, "ended", by=NEWSROOM, now=clock())

    assert last.number == 2
    assert prove(store).broken is None


async def test_many_at_once_make_one_chain(store: Store, clock: Clock) -> None:
    async def write(number: int) -> None:
        async with store.transaction() as session:
            data = {"number": number, "said": "perché no"}
            await record(session, "thing", 1, "done", by=NEWSROOM, now=clock(), data=data)
            await asyncio.sleep(0)

    async def seal_meanwhile() -> None:
        with suppress(seals.Busy):
            await sealed(store, clock)

    await asyncio.gather(*(write(number) for number in range(30)), seal_meanwhile())
    await sealed(store, clock)

    proof = prove(store)
    assert proof.broken is None
    assert (proof.rows, proof.chains, proof.sealed) == (30, 1, 30)


async def test_sealing_gives_way_to_who_is_writing(store: Store, clock: Clock) -> None:
    """On PostgreSQL: a row that is not committed yet may come below those already there."""
    async with store.transaction() as session:
        await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())
        await session.flush()
        if store.embedded:
            return  # where nobody else can write meanwhile
        with pytest.raises(seals.Busy):
            await sealed(store, clock)

    made = await sealed(store, clock)
    assert made is not None
    assert made.rows == 1


async def test_a_chain_cannot_be_forked(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        first = await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())

    with pytest.raises(IntegrityError):
        async with store.transaction() as session:
            session.add(History(**first.model_dump(exclude={"id"})))


async def test_a_noun_is_looked_up_once_in_a_transaction(store: Store, clock: Clock) -> None:
    asked: list[str] = []
    event.listen(
        store._writer.sync_engine,
        "before_cursor_execute",
        lambda *called: asked.append(called[2]),
    )

    async with store.transaction() as session:
        for _ in range(3):
            await record(session, "thing", 1, "done", by=NEWSROOM, now=clock())

    assert len([one for one in asked if one.startswith("SELECT")]) == 1
    assert prove(store).rows == 3


async def test_a_refusal_needs_its_reason_in_the_database_too(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.drafted(session, cast.ada, clock())
    for reason in (None, "", "   "):
        with pytest.raises(DBAPIError, match="a_refusal_has_its_reason"):
            async with store.transaction() as session:
                decision = await decisions.next_of(
                    session, submission, cast.bruno, Verdict.REJECTED,
                    reason=reason, seen="", version=None, now=clock(),
                )  # fmt: skip
                session.add(decision)
