import asyncio
from typing import Any

import pytest
from sqlmodel import select
from telegram import Bot, Update

from bot.inbox import (
    AlreadyHandled,
    Inbox,
    InboxState,
    OnePersonAtATime,
    Received,
    give_up,
    open_row,
)
from content.store import Store
from tests.clock import Clock

BOT = Bot("1:token")


def update(number: int, person: int = 1001, text: str = "Ciao") -> Update:
    sender = {"id": person, "is_bot": False, "first_name": "Ada"}
    chat = {"id": person, "type": "private", "first_name": "Ada"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    parsed = Update.de_json({"update_id": number, "message": message}, BOT)
    assert parsed is not None
    return parsed


async def row(store: Store, number: int) -> Received:
    async with store.reading() as session:
        query = select(Received).where(Received.update_id == number)
        return (await session.exec(query)).one()


async def test_an_update_is_committed_before_it_is_queued(store: Store, clock: Clock) -> None:
    inbox = Inbox(store, clock)

    await inbox.put(update(1))

    assert (await row(store, 1)).state is InboxState.WAITING
    assert inbox.qsize() == 1


async def test_what_was_not_handled_comes_back_in_order_after_a_crash(
    store: Store, clock: Clock
) -> None:
    before = Inbox(store, clock)
    for number in (3, 1, 2):
        await before.put(update(number, text=f"Messaggio {number}"))
    async with store.transaction() as session:
        (await open_row(session, 2)).state = InboxState.HANDLED

    after = Inbox(store, clock)
    assert await after.replay(BOT) == 2

    seen: list[Any] = [after.get_nowait() for _ in range(2)]
    assert [one.message.text for one in seen] == ["Messaggio 1", "Messaggio 3"]


async def test_an_update_that_was_handled_is_dropped_when_it_comes_again(
    store: Store, clock: Clock
) -> None:
    inbox = Inbox(store, clock)
    await inbox.put(update(1))
    async with store.transaction() as session:
        (await open_row(session, 1)).state = InboxState.HANDLED
    inbox.get_nowait()

    await inbox.put(update(1))

    assert inbox.empty()
    with pytest.raises(AlreadyHandled):
        async with store.transaction() as session:
            await open_row(session, 1)


async def test_a_failure_is_kept_with_its_update_after_the_last_try(
    store: Store, clock: Clock
) -> None:
    await Inbox(store, clock).put(update(1))

    tries = [await give_up(store, 1, "TimedOut", final=False, now=clock()) for _ in range(4)]

    assert tries == [False, False, False, True]
    kept = await row(store, 1)
    assert (kept.state, kept.problem, kept.tries) == (InboxState.FAILED, "TimedOut", 4)
    assert "Ciao" in kept.body


async def test_one_person_is_served_in_order_and_many_at_once() -> None:
    processor = OnePersonAtATime()
    said: list[str] = []

    async def handle(name: str, seconds: float) -> None:
        said.append(f"{name} begins")
        await asyncio.sleep(seconds)
        said.append(f"{name} ends")

    await asyncio.gather(
        processor.process_update(update(1, 1), handle("Ada 1", 0.05)),
        processor.process_update(update(2, 1), handle("Ada 2", 0)),
        processor.process_update(update(3, 2), handle("Carla", 0)),
    )

    assert said.index("Ada 1 ends") < said.index("Ada 2 begins")
    assert said.index("Carla ends") < said.index("Ada 1 ends")
