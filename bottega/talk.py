"""The newsroom's bot: it hears people on Telegram, and tells them what happened."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from telegram.error import TelegramError
from telegram.ext import Application

from bot.alarm import Alarm
from bot.application import ALLOWED_UPDATES, build, introduce
from bot.clerk import Clerk
from bot.menus import Menus
from bot.notices import Notices
from bot.polling import Polling
from bot.postman import Postman
from bot.reminders import Reminders
from bot.rounds import Rounds
from bot.turn import Newsroom
from bottega import alone
from bottega.alone import CannotStart
from bottega.settings import Settings
from bottega.web.webhook import PATH

log = structlog.get_logger()


class Talk:
    """Hears and speaks, until the end of `open`.

    Where there are several, each handles what waits in the inbox, and one of them, the leader,
    asks Telegram for updates and sends what waits in the outbox: Telegram's limits are counted for
    the bot as a whole.
    """

    def __init__(self, settings: Settings, newsroom: Newsroom, tell: Callable[[], None]) -> None:
        """Take also what lets the other processes know; raises CannotStart without a token."""
        if settings.telegram_token is None:
            raise CannotStart("Al bot serve TELEGRAM_TOKEN: indicalo in .env o nell’ambiente.")
        self._settings, self._newsroom, self._tell = settings, newsroom, tell
        self.application: Application[Any, Any, Any, Any, Any, Any] = build(
            newsroom,
            settings.telegram_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            braked=settings.telegram_group_calls > 0,
        )
        self._turns = None if newsroom.store.embedded else alone.Turns(settings.database)
        self.clerk = Clerk(
            newsroom.store,
            self.application.bot,
            self.application.process_update,
            newsroom.clock,
            self._turns,
        )
        self._postman: Postman | None = None
        self._notices: Notices | None = None
        newsroom.said = self.said
        newsroom.inbox.came = self.clerk.nudge

    def said(self) -> None:
        """Have the outbox looked at, here or where the leader is."""
        if self._postman is not None:
            self._postman.nudge()
        else:
            self._tell()

    def happened(self) -> None:
        """Have the history looked at, here or where the leader is."""
        if self._notices is not None:
            self._notices.nudge()
        else:
            self._tell()

    def heard(self) -> None:
        """Look at everything: another process says that something is new."""
        self.clerk.nudge()
        for one in (self._postman, self._notices):
            if one is not None:
                one.nudge()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Begin to hear and to speak; what was heard before a crash comes first."""
        async with AsyncExitStack() as stack:
            await self._connect()
            stack.push_async_callback(self.application.shutdown)
            self._newsroom.username = self.application.bot.username
            if self._turns is None:
                await stack.enter_async_context(self._lead())
            else:
                stack.push_async_callback(self._turns.close)
                lead = alone.leading(self._settings.database, self._lead)
                await stack.enter_async_context(lead)
            _run(stack, self.clerk)
            yield

    @asynccontextmanager
    async def _lead(self) -> AsyncIterator[None]:
        """Do what one bot alone may do."""
        newsroom, bot = self._newsroom, self.application.bot
        async with AsyncExitStack() as stack:
            postman = Postman(
                newsroom.store,
                bot,
                self._settings.media_root,
                newsroom.clock,
                self._settings.telegram_group_calls,
            )
            self._postman, self._notices = postman, Notices(newsroom)
            stack.callback(self._follow)
            unasked = (Alarm(newsroom), Reminders(newsroom), Menus(newsroom, bot))
            for one in (self._postman, self._notices, *unasked):
                _run(stack, one)
            stack.push_async_callback(_cancel, asyncio.create_task(self._introduce()))
            stack.push_async_callback(_cancel, asyncio.create_task(self._listen()))
            yield

    def _follow(self) -> None:
        self._postman = self._notices = None

    async def _listen(self) -> None:
        """Fetch updates, or have them brought to the web server; Telegram does one or the other."""
        bot, settings = self.application.bot, self._settings
        if settings.telegram_webhook_url is None:
            await Polling(bot, self._newsroom.inbox, ALLOWED_UPDATES).run()
            return
        while True:
            try:
                await bot.set_webhook(
                    f"{settings.telegram_webhook_url}{PATH}",
                    allowed_updates=ALLOWED_UPDATES,
                    secret_token=settings.webhook_secret,
                )
            except TelegramError as error:
                log.warning("webhook_not_set", error=type(error).__name__)
                await asyncio.sleep(alone.LOOK_SECONDS)
            else:
                return

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


def _run(stack: AsyncExitStack, one: Rounds) -> None:
    """Run a thing until the stack ends."""
    stack.push_async_callback(_finish, one, asyncio.create_task(one.run()))


async def _finish(one: Rounds, task: "asyncio.Task[None]") -> None:
    """Let it end what it is doing: cut off, it would leave a transaction half-way."""
    one.stop()
    await asyncio.gather(task, return_exceptions=True)


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
