import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot import outbox
from bot.outbox import OutboxState, Outgoing
from bot.postman import Postman
from bottega.sandbox import Cast, Person, Sandbox, Trouble, furnish
from content.store import Store
from tests.clock import Clock


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
def cast(sandbox: Sandbox) -> Cast:
    return furnish(sandbox.telegram)


@pytest.fixture
def ada(cast: Cast) -> Person:
    cast.ada.write("/start")
    return cast.ada


@pytest.fixture
async def postman(
    sandbox: Sandbox, store: Store, clock: Clock, tmp_path: Path
) -> AsyncIterator[Postman]:
    keys = sandbox.telegram_keys()
    request = HTTPXRequest(connection_pool_size=8, httpx_kwargs={"verify": False})
    bot: ExtBot[None] = ExtBot(keys["token"], f"{keys['api_url']}/bot", request=request)
    await bot.initialize()
    one = Postman(store, bot, tmp_path, clock)
    running = asyncio.create_task(one.run())
    yield one
    one.stop()
    await running
    await bot.shutdown()


async def say(store: Store, postman: Postman, clock: Clock, person: Person, *said: str) -> None:
    async with store.transaction() as session:
        for text in said:
            await outbox.say(session, person.id, text, now=clock())
    postman.nudge()


async def heard(sandbox: Sandbox, person: Person, count: int) -> list[str]:
    def look() -> list[str] | None:
        mine = [one for one in person.chat.messages if one["from"]["is_bot"]]
        said = [one["text"] for one in mine if "text" in one]
        return said if len(said) >= count else None

    return await sandbox.telegram.wait_for(look, 15)


async def test_messages_arrive_in_the_order_they_were_said(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person
) -> None:
    said = [f"Messaggio {n}" for n in range(12)]
    await say(store, postman, clock, ada, *said)

    assert await heard(sandbox, ada, 12) == said


async def test_a_throttle_is_waited_for_and_nothing_is_lost_or_doubled(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person
) -> None:
    sandbox.board.troubles.append(Trouble("throttle", "telegram", "sendMessage", seconds=5))
    await say(store, postman, clock, ada, "uno", "due")
    await asyncio.sleep(0.5)
    assert not any(one["from"]["is_bot"] for one in ada.chat.messages)

    clock.forward(seconds=6)
    postman.nudge()

    assert await heard(sandbox, ada, 2) == ["uno", "due"]


async def test_who_must_wait_with_many_messages_holds_up_nobody(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person, cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.postman.AT_ONCE", 3)
    cast.dario.write("/start")
    sandbox.board.troubles.append(Trouble("throttle", "telegram", "sendMessage", seconds=3600))
    await say(store, postman, clock, ada, *(f"Messaggio {n}" for n in range(5)))
    await asyncio.sleep(0.5)

    await say(store, postman, clock, cast.dario, "a chi non aspetta")

    assert await heard(sandbox, cast.dario, 1) == ["a chi non aspetta"]
    assert not any(one["from"]["is_bot"] for one in ada.chat.messages)


async def test_a_failure_in_passing_is_tried_again(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person
) -> None:
    sandbox.board.troubles.append(Trouble("refuse", "telegram", "sendMessage"))
    await say(store, postman, clock, ada, "uno")
    await asyncio.sleep(0.5)

    clock.forward(seconds=4)
    postman.nudge()

    assert await heard(sandbox, ada, 1) == ["uno"]


async def test_someone_who_blocked_the_bot_holds_up_nobody(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person, cast: Cast
) -> None:
    cast.dario.write("/start")
    cast.dario.block()
    await say(store, postman, clock, cast.dario, "a chi non vuole")
    await say(store, postman, clock, ada, "a chi vuole")

    assert await heard(sandbox, ada, 1) == ["a chi vuole"]

    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.chat_id == cast.dario.id)
        for _ in range(200):
            refused = (await session.exec(query)).one()
            await session.refresh(refused)
            if refused.state is not OutboxState.WAITING:
                break
            await session.rollback()
            await asyncio.sleep(0.05)
    assert refused.state is OutboxState.FAILED


async def test_a_picture_heavier_than_telegram_takes_is_seen_all_the_same(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person, tmp_path: Path
) -> None:
    noise = Image.frombytes("RGBA", (1700, 1700), os.urandom(1700 * 1700 * 4))
    noise.save(tmp_path / "logo.png")
    assert (tmp_path / "logo.png").stat().st_size > 10 * 1024 * 1024
    async with store.transaction() as session:
        await outbox.show(session, ada.id, ["logo.png"], "26-0001", now=clock())
    await say(store, postman, clock, ada, "dopo")

    assert await heard(sandbox, ada, 1) == ["dopo"]
    assert [one["caption"] for one in ada.chat.messages if "photo" in one] == ["26-0001"]


async def test_what_is_too_large_for_telegram_holds_up_nothing(
    sandbox: Sandbox, store: Store, postman: Postman, clock: Clock, ada: Person, tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(bytes(50 * 1024 * 1024 + 1))
    async with store.transaction() as session:
        await outbox.hand(
            session, ada.id, "film.mp4", "film.mp4", "26-0001", now=clock(), ref="file:1"
        )
    await say(store, postman, clock, ada, "dopo")

    assert await heard(sandbox, ada, 1) == ["dopo"]
    async with store.reading() as session:
        film = (await session.exec(select(Outgoing).where(Outgoing.what == "document"))).one()
    assert (film.state, film.problem) == (OutboxState.FAILED, "Request Entity Too Large")
