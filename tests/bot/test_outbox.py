import pytest
from sqlmodel import col, select

from bot import outbox
from bot.outbox import OutboxState, Outgoing
from content.store import Store
from tests.clock import Clock

ADA = 1001


async def states(store: Store) -> list[tuple[str, OutboxState]]:
    async with store.reading() as session:
        rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
    return [(row.what, row.state) for row in rows]


async def test_a_newer_message_under_the_same_name_takes_the_place_of_one_that_waits(
    store: Store, clock: Clock
) -> None:
    async with store.transaction() as session:
        for text in ("one", "two", "three"):
            await outbox.say(session, ADA, text, now=clock(), ref="scheda:1")
        await outbox.say(session, ADA, "elsewhere", now=clock(), ref="scheda:2")

    assert [state for _, state in await states(store)] == [
        OutboxState.SUPERSEDED, OutboxState.SUPERSEDED, OutboxState.WAITING, OutboxState.WAITING
    ]  # fmt: skip


async def test_edits_that_wait_become_the_last_one(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        for text in ("one", "two"):
            await outbox.mend(session, ADA, "card:1", text, now=clock())

    assert [state for _, state in await states(store)] == [
        OutboxState.SUPERSEDED, OutboxState.WAITING
    ]  # fmt: skip


async def test_the_buttons_of_the_message_before_are_taken_away(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        await outbox.say(session, ADA, "old", [[("Sì", "s:yes")]], now=clock(), ref="scheda:1")
        old = (await session.exec(select(Outgoing))).one()
        old.state, old.message_id = OutboxState.SENT, 7
        await outbox.say(session, ADA, "new", now=clock(), ref="scheda:1")

    assert await states(store) == [
        ("text", OutboxState.SENT), ("strip", OutboxState.WAITING), ("text", OutboxState.WAITING)
    ]  # fmt: skip


async def test_what_was_said_in_a_transaction_that_failed_was_not_said(
    store: Store, clock: Clock
) -> None:
    with pytest.raises(RuntimeError):
        async with store.transaction() as session:
            await outbox.say(session, ADA, "never", now=clock())
            raise RuntimeError

    assert await states(store) == []
