"""The same guided conversation twice: on our inbox, and on python-telegram-bot's own means.

It asks for a title, a body and a text in turn, keeps the answers, and replies to each message.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from telegram import Bot, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BasePersistence,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    TypeHandler,
    filters,
)
from telegram.ext._utils.types import ConversationDict, ConversationKey
from telegram.request import HTTPXRequest

from benchmarks.newsroom import utc_now
from benchmarks.telegram import TOKEN
from bot.clerk import Clerk
from bot.conversation import conversation
from bot.inbox import Inbox
from bot.polling import Polling
from bot.postman import Postman
from bot.turn import Newsroom, Turn
from content import store as databases
from content.store import Store

BARE_AT_ONCE: Final = 8
QUESTIONS: Final = ("Che titolo ha?", "Di quale ente?", "Che cosa è successo?")


async def ours(api: str, url: str, folder: Path, told: Callable[[], Any]) -> None:
    """Converse until `told`, blocking, returns."""
    store = Store(url)
    inbox = Inbox(store, utc_now)
    newsroom = Newsroom(
        store=store, inbox=inbox, media_root=folder, site_url="", publishers={},
        page_channel=None, clock=utc_now,
    )  # fmt: skip
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").updater(None)
    application = builder.connection_pool_size(64).job_queue(None).build()

    async def hear(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await _step(Turn(newsroom, update))

    application.add_handler(MessageHandler(filters.TEXT, hear))
    await application.initialize()
    bot = application.bot
    clerk = Clerk(store, bot, application.process_update, utc_now)
    postman = Postman(store, bot, folder, utc_now)
    inbox.came, newsroom.said = clerk.nudge, postman.nudge
    polling = asyncio.create_task(Polling(bot, inbox, ["message"]).run())
    running = [asyncio.create_task(one.run()) for one in (clerk, postman)]
    await asyncio.to_thread(told)
    polling.cancel()
    clerk.stop()
    postman.stop()
    await asyncio.gather(polling, *running, return_exceptions=True)
    await application.shutdown()
    await store.close()


async def _step(turn: Turn) -> None:
    message = turn.update.effective_message
    assert message is not None
    async with turn.transaction() as session:
        talk = await conversation(session, turn.user_id)
        step = len(talk.options)
        talk.ask(QUESTIONS[step], [*talk.options, message.text])
        if step + 1 == len(QUESTIONS):
            talk.ask(None)
        session.add(talk)
        await turn.say(QUESTIONS[(step + 1) % len(QUESTIONS)])


async def bare(api: str, folder: Path, told: Callable[[], Any]) -> None:
    """Keep each update durably, read it, reply, and nothing else, some at once.

    What is left is the library's own reading and sending, and the disk. More at once is slower: the
    HTTP client looks through all its connections at each call.
    """
    database = _durable(folder / "bare.db", "CREATE TABLE kept (id PRIMARY KEY, body);")
    request = HTTPXRequest(connection_pool_size=BARE_AT_ONCE + 1)
    async with Bot(TOKEN, base_url=f"{api}/bot", request=request) as bot:
        waiting: asyncio.Queue[Update] = asyncio.Queue()

        async def keep() -> None:
            offset = 0
            while True:
                asked = {"offset": offset, "timeout": 20, "allowed_updates": ["message"]}
                came: Any = await bot.do_api_request("getupdates", asked, read_timeout=30)
                rows = [(one["update_id"], json.dumps(one)) for one in came]
                database.execute("BEGIN")
                database.executemany("INSERT INTO kept VALUES (?, ?)", rows)
                database.execute("COMMIT")
                for one in came:
                    offset = one["update_id"] + 1
                    waiting.put_nowait(Update.de_json(one, bot))

        async def answer() -> None:
            while True:
                message = (await waiting.get()).effective_message
                assert message is not None
                await message.reply_text(QUESTIONS[0])

        running = [asyncio.create_task(one()) for one in (keep, *[answer] * BARE_AT_ONCE)]
        await asyncio.to_thread(told)
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    database.close()


def _durable(path: Path, tables: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {tables}")
    return database


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Open stores that do not wait for the disk at each commit."""
    pragmas = tuple(one.replace("FULL", "OFF") for one in databases._PRAGMAS)  # noqa: SLF001
    with patch.object(databases, "_PRAGMAS", pragmas):
        yield


async def theirs(api: str, folder: Path, told: Callable[[], Any]) -> None:
    """Converse by ConversationHandler, its state and data flushed to SQLite at each update."""
    persistence = _Persistence(folder / "theirs.db")
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot")
    application: Application[Any, Any, Any, Any, Any, Any] = (
        builder.persistence(persistence).job_queue(None).build()
    )
    application.add_handler(_guided())

    async def flush(_update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await application.update_persistence()

    application.add_handler(TypeHandler(Update, flush), group=1)
    await application.initialize()
    await application.start()
    assert application.updater is not None
    await application.updater.start_polling(allowed_updates=["message"])
    await asyncio.to_thread(told)
    await application.updater.stop()
    await application.stop()
    await application.shutdown()


def _guided() -> ConversationHandler[Any]:
    def step(number: int) -> Any:
        async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
            assert update.message is not None
            assert context.user_data is not None
            context.user_data[QUESTIONS[number]] = update.message.text
            after = (number + 1) % len(QUESTIONS)
            await update.message.reply_text(QUESTIONS[after])
            return after or ConversationHandler.END

        return hear

    heard: list[list[Any]] = [
        [MessageHandler(filters.TEXT, step(number))] for number in range(len(QUESTIONS))
    ]
    return ConversationHandler(
        heard[0], dict(enumerate(heard[1:], 1)), [], name="guided", persistent=True
    )


class _Persistence(BasePersistence[dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """What a newsroom on the library alone would write: one row a person, each commit durable."""

    def __init__(self, path: Path) -> None:
        super().__init__(PersistenceInput(bot_data=False, chat_data=False, callback_data=False))
        self._database = _durable(
            path,
            "CREATE TABLE conversation (name, key, state, PRIMARY KEY (name, key));"
            "CREATE TABLE user_data (id PRIMARY KEY, data);",
        )

    async def get_user_data(self) -> dict[int, dict[Any, Any]]:
        return {}

    async def get_chat_data(self) -> dict[int, dict[Any, Any]]:
        return {}

    async def get_bot_data(self) -> dict[Any, Any]:
        return {}

    async def get_callback_data(self) -> None:
        return None

    async def get_conversations(self, name: str) -> ConversationDict:  # noqa: ARG002
        return {}

    async def update_conversation(
        self, name: str, key: ConversationKey, new_state: object | None
    ) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO conversation VALUES (?, ?, ?)",
            [name, json.dumps(key), json.dumps(new_state)],
        )

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO user_data VALUES (?, ?)", [user_id, json.dumps(data)]
        )

    async def update_chat_data(self, chat_id: int, data: dict[Any, Any]) -> None:
        """Nothing of the kind."""

    async def update_bot_data(self, data: dict[Any, Any]) -> None:
        """Nothing of the kind."""

    async def update_callback_data(self, data: object) -> None:
        """Nothing of the kind."""

    async def drop_chat_data(self, chat_id: int) -> None:
        """Nothing of the kind."""

    async def drop_user_data(self, user_id: int) -> None:
        """Nothing of the kind."""

    async def refresh_user_data(self, user_id: int, user_data: dict[Any, Any]) -> None:
        """Nothing of the kind."""

    async def refresh_chat_data(self, chat_id: int, chat_data: dict[Any, Any]) -> None:
        """Nothing of the kind."""

    async def refresh_bot_data(self, bot_data: dict[Any, Any]) -> None:
        """Nothing of the kind."""

    async def flush(self) -> None:
        """Close the file: each write was durable when it returned, and this is the last."""
        self._database.close()
