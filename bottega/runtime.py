"""Builds everything from Settings; starts it and stops it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog
import uvicorn
from filelock import FileLock, Timeout
from pydantic import BaseModel
from starlette.applications import Starlette
from telegram import Bot
from telegram.error import TelegramError
from telegram.ext import Application

from bot.application import ALLOWED_UPDATES, build, introduce
from bot.inbox import Inbox
from bot.notices import Notices
from bot.postman import Postman
from bot.turn import Newsroom
from bottega import migrations, web
from bottega.settings import Settings
from content import channels as outlets
from content import people, sending, slots
from content.drafting import Assistant, ChannelLimit, CheckedAssistant, TemplateAssistant
from content.history import NEWSROOM
from content.people import Role
from content.store import Store
from publishers import PUBLISHERS, Rubrica
from publishers.base import Publisher
from publishers.x_text import weighted_length
from scheduler.dispatch import Dispatch
from scheduler.drafts import Drafts
from scheduler.embedded import Embedded
from scheduler.reconcile import Reconcile
from scheduler.timetable import timetable

log = structlog.get_logger()
LINK_WEIGHT: Final = 24
"""A link weighs 23 on X, and the line before it 1."""
FACEBOOK_TEXT: Final = 600
"""Longer posts are folded behind "Altro…"."""


class CannotStart(Exception):
    """Why the newsroom does not start, and what to do, in Italian."""


def utc_now() -> datetime:
    """Return the present; the one clock that the rooms are given."""
    return datetime.now(UTC)


class Runtime:
    """The whole newsroom in one process, on SQLite."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        *,
        channels: Mapping[str, BaseModel] | None = None,
    ) -> None:
        """Take the settings, the clock, and the channels' keys if not those of the settings."""
        assert settings.telegram_token is not None
        self.settings, self.clock = settings, clock
        self.publishers = publishers_of(settings, channels)
        self.store = Store(settings.database)
        rubrica = self.publishers.get(Rubrica.channel)
        self.newsroom = Newsroom(
            store=self.store,
            inbox=Inbox(self.store, clock),
            media_root=settings.media_root,
            site_url=rubrica.url if isinstance(rubrica, Rubrica) else "",
            publishers=self.publishers,
            page_channel=Rubrica.channel if rubrica is not None else None,
            clock=clock,
        )
        self.application: Application[Any, Any, Any, Any, Any, Any] = build(
            self.newsroom,
            settings.telegram_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            calls_per_minute=settings.telegram_group_calls,
        )
        self.postman = Postman(self.store, self.application.bot, settings.media_root, clock)
        self.notices = Notices(self.newsroom)
        self.assistant, self._close_assistant = assistant_of(settings, self.publishers)
        worker = f"embedded-{os.getpid()}"
        self.dispatch = Dispatch(self.store, self.publishers, clock, worker, self.notices.nudge)
        self.reconcile = Reconcile(self.store, self.publishers, clock, self._reconciled)
        self.drafts = Drafts(self.store, self.assistant, clock, self.notices.nudge)
        self.ticker = Embedded(
            timetable(self.store, self.dispatch, self.reconcile, self.drafts, clock)
        )
        self.newsroom.said = self.postman.nudge
        self.newsroom.happened = self.notices.nudge
        self.newsroom.submitted = lambda: self.ticker.nudge("draft what came in")
        self.newsroom.planned = lambda: self.ticker.nudge("send what is due")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Runtime"]:
        """Run everything from here to the end of the block, then stop in order."""
        async with AsyncExitStack() as stack:
            if self.store.embedded:
                stack.enter_context(_alone(self.settings.database))
            stack.push_async_callback(self.store.close)
            stack.push_async_callback(self._close_assistant)
            await self._prepare()
            await self._open_telegram(stack)
            await self.reconcile.sweep(alone=self.store.embedded)
            self.ticker.start()
            stack.push_async_callback(self.dispatch.finish)
            stack.callback(self.ticker.stop)
            await self._serve(stack)
            yield self

    async def invitation(self) -> str | None:
        """Return a one-time link for the first administrator, None when there is one."""
        administrator = self.settings.admin_telegram_id
        async with self.store.transaction() as session:
            if administrator is not None:
                if not await people.moderator(session, administrator):
                    name, role = "Amministrazione", Role.ADMINISTRATOR
                    await people.appoint(session, administrator, name, role, now=self.clock())
                return None
            if await people.has_administrator(session):
                return None
            code = await people.invite(session, Role.ADMINISTRATOR, by=NEWSROOM, now=self.clock())
        return f"https://t.me/{self.newsroom.username}?start=r_{code}"

    async def health(self) -> dict[str, object]:
        """Tell how the newsroom is."""
        async with self.store.reading() as session:
            late = await sending.overdue(session, now=self.clock())
        return {"ok": late < sending.LATE, "overdue_seconds": round(late.total_seconds(), 1)}

    async def _prepare(self) -> None:
        """Bring folders, schema, channels and their weeks to where they should be."""
        self.settings.media_root.mkdir(parents=True, exist_ok=True)
        if await migrations.current(self.store) != migrations.HEAD:
            await asyncio.to_thread(migrations.upgrade, self.settings.database)
        async with self.store.transaction() as session:
            await outlets.open_channels(session, list(self.publishers))
            for name in self.publishers:
                if name != self.newsroom.page_channel:
                    await slots.furnish(session, name)
        rubrica = self.publishers.get(Rubrica.channel)
        if isinstance(rubrica, Rubrica):
            await asyncio.to_thread(rubrica.prepare)

    async def _open_telegram(self, stack: AsyncExitStack) -> None:
        """Begin to hear and to speak; what was heard before a crash comes first."""
        try:
            await self.application.initialize()
        except TelegramError as error:
            raise CannotStart(
                f"Telegram non risponde o rifiuta il token ({type(error).__name__}). "
                "Controlla TELEGRAM_TOKEN e la rete, poi riprova."
            ) from None
        stack.push_async_callback(self.application.shutdown)
        bot: Bot = self.application.bot
        self.newsroom.username = bot.username
        talking = [asyncio.create_task(self.postman.run()), asyncio.create_task(self.notices.run())]
        stack.push_async_callback(_cancel, talking)
        introducing = asyncio.create_task(_introduce(self.application))
        stack.push_async_callback(_cancel, [introducing])
        await self.newsroom.inbox.replay(bot)
        await self.application.start()
        stack.push_async_callback(self.application.stop)
        updater = self.application.updater
        assert updater is not None
        await updater.start_polling(allowed_updates=ALLOWED_UPDATES, timeout=20)
        stack.push_async_callback(updater.stop)

    async def _serve(self, stack: AsyncExitStack) -> None:
        rubrica = self.publishers.get(Rubrica.channel)
        if not isinstance(rubrica, Rubrica):
            return
        app = web.build(site=rubrica.site, health=self.health)
        server = _Server(app, self.settings.host, self.settings.port)
        serving = asyncio.create_task(server.serve())
        stack.push_async_callback(server.finish, serving)
        while not server.started:
            if serving.done():
                raise CannotStart(
                    f"La porta {self.settings.port} è occupata: cambia PORT oppure ferma l’altro "
                    "programma."
                )
            await asyncio.sleep(0.01)

    def _reconciled(self) -> None:
        self.notices.nudge()
        self.ticker.nudge("send what is due")


def publishers_of(
    settings: Settings, channels: Mapping[str, BaseModel] | None = None
) -> dict[str, Publisher]:
    """Return the channels that have their keys, by name, in the order of PUBLISHERS."""
    configs = settings.channels() if channels is None else channels
    built = [one(configs[one.channel], settings.media_root) for one in PUBLISHERS]
    return {one.channel: one for one in built if one.configured}


def assistant_of(
    settings: Settings, publishers: dict[str, Publisher]
) -> tuple[Assistant, Callable[[], Any]]:
    """Return who drafts, a checked model where there is a key, and how to close it."""
    budgets = {
        "facebook": ChannelLimit("facebook", FACEBOOK_TEXT),
        "x": ChannelLimit("x", 280 - LINK_WEIGHT, weighted_length),
    }
    limits = [
        budgets.get(name) or ChannelLimit(name, one.limits.text)
        for name, one in publishers.items()
        if one.limits.text
    ]
    template = TemplateAssistant(limits)
    if settings.openai_api_key is None:
        return template, _nothing
    from content.outside.model import ModelAssistant  # noqa: PLC0415 - only where there is a key

    model = ModelAssistant(
        settings.openai_base_url,
        settings.openai_api_key.get_secret_value(),
        settings.openai_model,
        settings.openai_timeout,
        limits,
    )
    return CheckedAssistant(model, template, limits, settings.openai_timeout), model.aclose


async def run(
    runtime: Runtime,
    say: Callable[[str], None],
    *,
    prepared: Callable[[], Awaitable[None]] | None = None,
    address: str = "",
) -> None:
    """Run the newsroom until SIGINT or SIGTERM; `say` tells the person at the terminal.

    `prepared` is called once everything runs, before "ready"; `address` is the page to open.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with runtime.running():
        if prepared is not None:
            await prepared()
        link = await runtime.invitation()
        if link is not None:
            say(f"Per amministrare la redazione apri, una volta sola:\n  {link}")
        names = ", ".join(one.label for one in runtime.publishers.values())
        say(f"Canali: {names}. Rubrica: {runtime.newsroom.site_url}")
        say(f"Apri {address} nel browser. ready" if address else "ready")
        await stop.wait()
        say("Mi fermo: finisco quello che è in corso…")


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the runtime stops it."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def serve(self, sockets: Any = None) -> None:
        """Serve; a port that is taken ends this, not the process."""
        with contextlib.suppress(SystemExit):
            await super().serve(sockets)

    async def finish(self, serving: "asyncio.Task[None]") -> None:
        """Stop serving."""
        self.should_exit = True
        await serving


@contextmanager
def _alone(database: str) -> Iterator[None]:
    """Hold the SQLite database for this process; raises CannotStart when another has it."""
    path = Path(database.removeprefix("sqlite+aiosqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CannotStart(
            f"Un’altra Bottega usa già {path}. Fermala, oppure usa PostgreSQL (DATABASE_URL) per "
            "tenerne accese più d’una."
        ) from None
    try:
        yield
    finally:
        lock.release()


async def _introduce(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Set menus and descriptions, which matter to nobody's message: a failure only is noted."""
    try:
        await introduce(application)
    except TelegramError as error:
        log.warning("introduction_failed", error=type(error).__name__)


async def _cancel(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _nothing() -> None:
    return
