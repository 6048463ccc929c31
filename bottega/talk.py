"""The newsroom's bot: it hears people on Telegram, and tells them what happened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from telegram.error import TelegramError
from telegram.ext import Application

from bot.alarm import Alarm
from bot.application import ALLOWED_UPDATES, build, introduce
from bot.notices import Notices
from bot.postman import Postman
from bot.turn import Newsroom
from bottega.alone import CannotStart
from bottega.settings import Settings

log = structlog.get_logger()


class Talk:
    """Hears and speaks, until the end of `open`."""

    def __init__(self, settings: Settings, newsroom: Newsroom) -> None:
        if settings.telegram_token is None:
            raise CannotStart("Al bot serve TELEGRAM_TOKEN: indicalo in .env o nell’ambiente.")
        self._newsroom = newsroom
        self.application: Application[Any, Any, Any, Any, Any, Any] = build(
            newsroom,
            settings.telegram_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            calls_per_minute=settings.telegram_group_calls,
        )
        self.postman = Postman(
            newsroom.store, self.application.bot, settings.media_root, newsroom.clock
        )
        self.notices = Notices(newsroom)
        self.alarm = Alarm(newsroom)
        newsroom.said = self.postman.nudge

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Begin to hear and to speak; what was heard before a crash comes first."""
        async with AsyncExitStack() as stack:
            await self._connect()
            stack.push_async_callback(self.application.shutdown)
            self._newsroom.username = self.application.bot.username
            for one in (self.postman, self.notices, self.alarm):
                stack.push_async_callback(_finish, one, asyncio.create_task(one.run()))
            stack.push_async_callback(_cancel, asyncio.create_task(self._introduce()))
            await self._newsroom.inbox.replay(self.application.bot)
            await self.application.start()
            stack.push_async_callback(self.application.stop)
            updater = self.application.updater
            assert updater is not None
            await updater.start_polling(allowed_updates=ALLOWED_UPDATES, timeout=20)
            stack.push_async_callback(updater.stop)
            yield

    async def _connect(self) -> None:
        try:
            await self.application.initialize()
        except TelegramError as error:
            raise CannotStart(
                f"Telegram non risponde o rifiuta il token ({type(error).__name__}). "
                "Controlla TELEGRAM_TOKEN e la rete, poi riprova."
            ) from None

    async def _introduce(self) -> None:
        """Set menus and descriptions, which matter to nobody's message: a failure is noted."""
        try:
            await introduce(self.application)
        except TelegramError as error:
            log.warning("introduction_failed", error=type(error).__name__)


async def _finish(one: Postman | Notices | Alarm, task: "asyncio.Task[None]") -> None:
    """Let it end what it is doing: cut off, it would leave a transaction half-way."""
    one.stop()
    await asyncio.gather(task, return_exceptions=True)


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
