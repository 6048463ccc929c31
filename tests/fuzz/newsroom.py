"""The bot's rooms under a storm of updates, with a Telegram that answers without a network."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select
from telegram.request import BaseRequest, RequestData

from bot.application import build
from bot.clerk import UNREADABLE, Clerk
from bot.inbox import Inbox, InboxState, Received, waiting
from bot.notices import Notices
from bot.postman import Postman
from bot.turn import Newsroom
from content import people
from content.history import NEWSROOM
from content.people import Role
from content.store import Store
from tests.clock import Clock
from tests.fakes import FakePublisher
from tests.fuzz.shapes import ADA, BLOCKED, BRUNO, DESK, KNOWN_FILE, SPOILT
from tests.journeys.people import picture

TOKEN = "1:fuzz"
_BOT = {"id": 1, "is_bot": True, "first_name": "Bottega", "username": "bottega"}
_FILE = {"file_id": KNOWN_FILE, "file_unique_id": "u", "file_path": "photos/1.jpg"}


class Telegram(BaseRequest):
    """Answers every call as the Bot API would, and remembers where the bot wrote and what."""

    def __init__(self) -> None:
        self.written: dict[int, Counter[str]] = {}
        self._photo = picture()
        self._numbers = 0

    @property
    def read_timeout(self) -> float:
        return 5

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        await asyncio.sleep(0)
        name = url.rpartition("/")[2]
        if "/file/" in url:
            return 200, self._photo
        told = dict(request_data.parameters) if request_data else {}
        code, result = self._answer(name, told)
        body = {"ok": code == 200, "error_code": code}
        body["result" if code == 200 else "description"] = result
        return code, json.dumps(body).encode()

    def _answer(self, name: str, told: Mapping[str, Any]) -> tuple[int, Any]:
        self._numbers += 1
        match name:
            case "getMe":
                answer: tuple[int, Any] = 200, _BOT
            case "getFile" if told["file_id"] == KNOWN_FILE:
                answer = 200, _FILE
            case "getFile":
                answer = 400, "Bad Request: wrong file_id or the file is temporarily unavailable"
            case "answerCallbackQuery" if self._numbers % 2:
                answer = 400, "Bad Request: query is too old and response timeout expired"
            case _ if "chat_id" in told:
                answer = self._write(name, int(told["chat_id"]), str(told.get("text", name)))
            case _:
                answer = 200, True
        return answer

    def _write(self, name: str, chat: int, text: str) -> tuple[int, Any]:
        self.written.setdefault(chat, Counter())[text] += 1
        if chat == BLOCKED:
            return 403, "Forbidden: bot was blocked by the user"
        message = {"message_id": self._numbers, "date": 1, "chat": {"id": chat, "type": "private"}}
        return 200, [message] if name == "sendMediaGroup" else message


class Storm:
    """Puts updates into the inbox and waits until each is handled, held or failed."""

    def __init__(
        self, store: Store, telegram: Telegram, inbox: Inbox, tasks: Sequence[Any]
    ) -> None:
        self.store, self.telegram, self._inbox, self._tasks = store, telegram, inbox, tasks
        self.count = 0

    async def blow(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Let updates arrive, a few at a time, and wait until none waits."""
        numbered = []
        for one in updates:
            self.count += 1
            numbered.append({"update_id": self.count, **one})
        await asyncio.gather(*(self._inbox.take([one]) for one in numbered))
        async with asyncio.timeout(120):
            while await self._waits():
                assert not any(task.done() for task in self._tasks), "a part of the bot ended"
                await asyncio.sleep(0.005)

    async def states(self) -> Counter[InboxState]:
        """Return how many updates are in each state."""
        query = select(Received.state, func.count()).group_by(col(Received.state))
        async with self.store.reading() as session:
            found: list[Any] = list((await session.exec(query)).all())
        return Counter(dict(found))

    async def _waits(self) -> bool:
        async with self.store.reading() as session:
            return bool(await waiting(session, 1))

    async def failed(self) -> list[str]:
        """Return what went wrong, though all was as the Bot API promises, and with what.

        The library itself cannot read all that the Bot API promises (passports, some polls), and a
        file that Telegram no longer gives is kept as failed, to be replayed.
        """
        query = select(Received.problem, Received.body).where(
            Received.state == InboxState.FAILED,
            col(Received.body).not_like(f'%"{SPOILT}"%'),
            col(Received.problem).not_like(f"{UNREADABLE}%"),
            col(Received.problem) != "BadRequest",
        )
        async with self.store.reading() as session:
            return [f"{problem}: {body}" for problem, body in (await session.exec(query)).all()]


@asynccontextmanager
async def storm(database: str, folder: Path) -> AsyncIterator[Storm]:
    """Open a newsroom with its people: Ada consented, Bruno moderates, the desk is tied."""
    store, clock, telegram = Store(database), Clock(), Telegram()
    inbox = Inbox(store, clock)
    newsroom = Newsroom(
        store=store, inbox=inbox, media_root=folder, site_url="https://example.it/",
        publishers={"x": FakePublisher("x")}, page_channel=None, clock=clock,
    )  # fmt: skip
    async with store.transaction() as session:
        ada = await people.meet(session, ADA, "Ada Rossi", now=clock())
        await people.consent(session, ada, now=clock())
        await people.appoint(session, BRUNO, "Bruno Galli", Role.ADMINISTRATOR, now=clock())
        await people.tie_desk(session, DESK, "Redazione", by=NEWSROOM, now=clock())
    application = build(newsroom, TOKEN, api_url="https://telegram.invalid", braked=False)
    application.bot._request = (telegram, telegram)
    await application.initialize()
    clerk = Clerk(store, application.bot, application.process_update, clock)
    postman = Postman(store, application.bot, folder, clock)
    notices = Notices(newsroom)
    inbox.came, newsroom.said, newsroom.happened = clerk.nudge, postman.nudge, notices.nudge
    rooms = (clerk, postman, notices)
    tasks = [asyncio.create_task(one.run()) for one in rooms]
    try:
        yield Storm(store, telegram, inbox, tasks)
    finally:
        for one in rooms:
            one.stop()
        await asyncio.gather(*tasks)
        await store.close()
