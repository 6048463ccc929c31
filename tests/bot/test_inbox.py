import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select
from telegram import Bot

from bot.inbox import (
    AlreadyHandled,
    Inbox,
    InboxState,
    NotAnUpdate,
    Received,
    failed,
    give_up,
    hold,
    person_of,
    read,
    release_held,
    replay,
    take_up,
    waiting,
)
from content.store import Store
from tests.clock import MONDAY, Clock

BOT = Bot("1:token")


def update(number: int, person: int = 1001, text: str = "Ciao") -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "Ada"}
    chat = {"id": person, "type": "private", "first_name": "Ada"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


async def row(store: Store, number: int) -> Received:
    async with store.reading() as session:
        query = select(Received).where(Received.update_id == number)
        return (await session.exec(query)).one()


async def settle(store: Store, number: int, state: InboxState) -> None:
    async with store.transaction() as session:
        await take_up(session, number, now=MONDAY)
        if state is InboxState.HELD:
            await hold(session, number)


async def test_an_update_is_committed_when_it_is_taken(store: Store, clock: Clock) -> None:
    inbox = Inbox(store, clock)
    rung: list[bool] = []
    inbox.came = lambda: rung.append(True)

    await inbox.take([update(1)])

    assert (await row(store, 1)).state is InboxState.WAITING
    assert rung


async def test_updates_that_arrive_together_share_a_commit(store: Store, clock: Clock) -> None:
    inbox = Inbox(store, clock)
    commits: list[bool] = []
    event.listen(store._writer.sync_engine, "commit", lambda _: commits.append(True))

    await inbox.take([update(number) for number in range(100)])
    alone = len(commits)
    await asyncio.gather(*(inbox.take([update(number)]) for number in range(100, 150)))

    async with store.reading() as session:
        assert len(await waiting(session, 1000)) == 150
    assert alone == 1
    assert len(commits) <= 3


async def test_who_waits_for_a_commit_that_fails_is_told(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(store, clock)

    async def full(_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as trouble:
        trouble.setattr(inbox._arriving, "_write", full)
        with pytest.raises(OSError, match="no space"):
            await inbox.take([update(1)])
    await inbox.take([update(1)])

    assert (await row(store, 1)).state is InboxState.WAITING


@pytest.mark.parametrize("item", [{}, [], None, "1", {"update_id": "1"}, {"update_id": 2**63}])
async def test_what_has_no_number_is_refused(store: Store, clock: Clock, item: Any) -> None:
    with pytest.raises(NotAnUpdate):
        await Inbox(store, clock).take([item])


async def test_what_waits_is_found_in_order(store: Store, clock: Clock) -> None:
    inbox = Inbox(store, clock)
    for number in (3, 1, 2, 4):
        await inbox.take([update(number, person=1 + number % 2)])
    await settle(store, 2, InboxState.HANDLED)

    async with store.reading() as session:
        assert [one.update_id for one in await waiting(session, 10)] == [1, 3, 4]
        assert [one.update_id for one in await waiting(session, 10, but=[1])] == [1, 3]
        assert [one.update_id for one in await waiting(session, 10, person=1)] == [4]
        assert [one.update_id for one in await waiting(session, 1)] == [1]


async def test_an_update_that_was_handled_is_dropped_when_it_comes_again(
    store: Store, clock: Clock
) -> None:
    inbox = Inbox(store, clock)
    await inbox.take([update(1)])
    await settle(store, 1, InboxState.HANDLED)

    await inbox.take([update(1, text="un’altra volta"), update(2)])

    assert (await row(store, 1)).state is InboxState.HANDLED
    assert "Ciao" in (await row(store, 1)).body
    with pytest.raises(AlreadyHandled):
        async with store.transaction() as session:
            await take_up(session, 1, now=MONDAY)


async def test_what_is_held_waits_again_once_it_is_released(store: Store, clock: Clock) -> None:
    inbox = Inbox(store, clock)
    await inbox.take([update(1), update(2), update(3, person=9)])
    for number in (1, 2, 3):
        await settle(store, number, InboxState.HELD)

    async with store.transaction() as session:
        assert await release_held(session, 1001) == 2

    async with store.reading() as session:
        assert [one.update_id for one in await waiting(session, 10)] == [1, 2]


async def test_a_failure_is_kept_with_its_update_and_can_be_replayed(
    store: Store, clock: Clock
) -> None:
    await Inbox(store, clock).take([update(1), update(2)])

    tries = []
    for _ in range(4):
        async with store.transaction() as session:
            tries.append(await give_up(session, 1, "TimedOut", final=False, now=clock()))

    assert tries == [False, False, False, True]
    kept = await row(store, 1)
    assert (kept.state, kept.problem, kept.tries) == (InboxState.FAILED, "TimedOut", 4)
    assert json.loads(kept.body) == update(1)
    async with store.transaction() as session:
        assert [one.update_id for one in await failed(session)] == [1]
        assert await replay(session, 2) == 0
        assert await replay(session) == 1
    again = await row(store, 1)
    assert (again.state, again.tries) == (InboxState.WAITING, 0)


async def test_what_no_database_can_store_is_kept_and_read_without_it(
    store: Store, clock: Clock
) -> None:
    await Inbox(store, clock).take([update(1, text="a\ud800b\x00c 👩🏽‍🚀")])

    message = read((await row(store, 1)).body, BOT).message
    assert message is not None
    assert message.text == "a\ufffdb\ufffdc 👩🏽‍🚀"


ADA, GROUP = {"id": 1001}, {"id": -100}


@pytest.mark.parametrize(
    ("content", "person"),
    [
        ({"message": {"from": ADA, "chat": GROUP}}, 1001),
        ({"callback_query": {"from": ADA}}, 1001),
        ({"poll_answer": {"user": ADA}}, 1001),
        ({"channel_post": {"chat": GROUP}}, -100),
        ({"a_kind_of_tomorrow": {"from": ADA, "text": "?"}}, 1001),
        ({"poll": {"id": "5"}}, 0),
        ({"message": {"from": {"id": "1001"}, "chat": GROUP}}, -100),
        ({"message": {"from": {"id": 2**70}}}, 0),
        ({"message": None}, 0),
    ],
)
def test_whose_an_update_is(content: dict[str, Any], person: int) -> None:
    assert person_of({"update_id": 5, **content}) == person


async def test_what_was_handled_is_not_read_through(sqlite_url: str, clock: Clock) -> None:
    store = Store(sqlite_url)
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store._reader.sync_engine, "before_cursor_execute", hear)
    async with store.reading() as session:
        await waiting(session, 10, but=[1, 2])
        await waiting(session, 1, person=1)
        connection = await session.connection()
        plans = [
            str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values)).all())
            for one, values in tuple(asked)
        ]
    await store.close()

    assert ["ix_inbox_queue" in plans[-2], "ix_inbox_turn" in plans[-1]] == [True, True]
