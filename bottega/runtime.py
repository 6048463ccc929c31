"""Builds everything from Settings; starts it and stops it."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select
from starlette.routing import BaseRoute

from bot.inbox import Inbox
from bot.turn import Newsroom
from bottega import migrations, vitals, web
from bottega.alone import PREPARING, CannotStart, only_process
from bottega.clockwork import Clockwork
from bottega.outside import outside_of
from bottega.roles import ALL, Role
from bottega.serving import desk_of, serving, uploads_of
from bottega.settings import Settings
from bottega.talk import Talk
from bottega.web.console import console
from bottega.web.webhook import webhook
from content import channels as outlets
from content import people, slots
from content.history import NEWSROOM
from content.limits import Limits
from content.store import Store
from publishers import PUBLISHERS, Rubrica
from publishers.base import Publisher
from publishers.connectable import Connectable
from scheduler.timetable import DRAFT, SEND


def utc_now() -> datetime:
    """Return the present; the one clock that the rooms are given."""
    return datetime.now(UTC)


class Runtime:
    """The newsroom in one process: all of it, or on PostgreSQL the roles it is given."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        *,
        channels: Mapping[str, BaseModel] | None = None,
        roles: frozenset[Role] = ALL,
    ) -> None:
        """Take the settings, the clock, and the channels' keys if not those of the settings.

        Raises CannotStart when the roles are not for this database.
        """
        self.settings, self.clock, self.roles = settings, clock, roles
        self.publishers = publishers_of(settings, channels)
        self.store = Store(settings.database)
        if self.store.embedded and roles != ALL:
            raise CannotStart(
                "Con SQLite la redazione sta tutta in un processo: togli --role, oppure indica un "
                "PostgreSQL in DATABASE_URL."
            )
        self.outside = outside_of(settings, self.publishers)
        rubrica = self.publishers.get(Rubrica.channel)
        self.newsroom = Newsroom(
            store=self.store,
            inbox=Inbox(self.store, clock),
            media_root=settings.media_root,
            site_url=rubrica.url if isinstance(rubrica, Rubrica) else "",
            sourced=isinstance(rubrica, Rubrica) and rubrica.sourced,
            publishers=self.publishers,
            page_channel=Rubrica.channel if rubrica is not None else None,
            clock=clock,
            limits=Limits(),
            model=settings.openai_api_key is not None,
            scanner=self.outside.scanner,
            links=self.outside.links,
            hearing=self.outside.hearing,
            hears=bool(settings.openai_api_key and settings.openai_transcription_model),
            local_files=settings.telegram_local_api,
            sparing=settings.telegram_group_calls > 0,
        )
        self.newsroom.inbox.came = self.newsroom.said = self._tell
        self.talk = Talk(settings, self.newsroom, self._tell) if Role.BOT in roles else None
        self.uploads = uploads_of(settings, self.newsroom)
        self.clockwork = Clockwork(
            settings,
            self.newsroom,
            assistant=self.outside.assistant,
            sight=self.outside.sight,
            happened=self._happened,
        )
        self.engine = self.clockwork.engine
        self.desk = desk_of(
            settings, self.newsroom, self.clockwork.access, connectable_of(settings, channels)
        )
        self.newsroom.happened = self._happened
        self.newsroom.submitted = lambda: self.engine.nudge(DRAFT)
        self.newsroom.planned = lambda: self.engine.nudge(SEND)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Runtime"]:
        """Run everything from here to the end of the block, then stop in order."""
        async with AsyncExitStack() as stack:
            if self.store.embedded:
                stack.enter_context(only_process(self.settings.database))
            stack.push_async_callback(self.store.close)
            stack.push_async_callback(self.outside.aclose)
            await self._prepare()
            await self._start(stack)
            yield self

    async def invitation(self) -> str | None:
        """Return a one-time link for the first administrator, None when there is one.

        Only the bot gives it: it is the bot that will be asked.
        """
        if self.talk is None:
            return None
        administrator = self.settings.admin_telegram_id
        async with self.store.transaction() as session:
            if administrator is not None:
                if not await people.moderator(session, administrator):
                    name, role = "Amministrazione", people.Role.ADMINISTRATOR
                    await people.appoint(session, administrator, name, role, now=self.clock())
                return None
            if await people.has_administrator(session):
                return None
            role = people.Role.ADMINISTRATOR
            code = await people.invite(session, role, by=NEWSROOM, now=self.clock())
        return self.newsroom.start_link(f"r_{code}")

    async def health(self) -> dict[str, object]:
        """Tell how the newsroom is."""
        return vitals.health(await self._vitals())

    async def metrics(self) -> bytes:
        """Tell Prometheus how the newsroom is."""
        return vitals.exposition(await self._vitals())

    async def _vitals(self) -> vitals.Vitals:
        return await vitals.gather(self.store, list(self.publishers), now=self.clock())

    async def _prepare(self) -> None:
        """Bring folders, schema, channels and their weeks to where they should be."""
        self.settings.media_root.mkdir(parents=True, exist_ok=True)
        try:
            if await migrations.current(self.store) != migrations.HEAD:
                await asyncio.to_thread(migrations.upgrade, self.settings.database)
        except (DBAPIError, OSError) as error:
            raise CannotStart(
                f"Il database non risponde ({type(error).__name__}). Controlla DATABASE_URL (o "
                "DATA_DIR) e che il server sia acceso."
            ) from None
        async with self.store.transaction() as session:
            if not self.store.embedded:  # several processes may start at once
                await session.exec(select(func.pg_advisory_xact_lock(PREPARING)))
            await outlets.open_channels(session, list(self.publishers))
            for name in self.publishers:
                if name != self.newsroom.page_channel:
                    await slots.furnish(session, name)

    async def _start(self, stack: AsyncExitStack) -> None:
        """Start what the roles ask for; the bot stops last, and tells how it ended."""
        rubrica = self.publishers.get(Rubrica.channel)
        if isinstance(rubrica, Rubrica) and self.roles & {Role.WEB, Role.WORKER}:
            await asyncio.to_thread(rubrica.prepare)
        if self.talk is not None:
            await stack.enter_async_context(self.talk.open())
        stack.push_async_callback(self.clockwork.stop)
        await self.engine.open(self.talk.heard if self.talk else None)
        if Role.WORKER in self.roles:
            await self.clockwork.start()
        if isinstance(rubrica, Rubrica) and Role.WEB in self.roles:
            app = web.build(
                site=rubrica.site, health=self.health, metrics=self.metrics, routes=self._routes()
            )
            await stack.enter_async_context(serving(app, self.settings.host, self.settings.port))
            if self.uploads is not None:
                await stack.enter_async_context(self.uploads.running())

    def _routes(self) -> list[BaseRoute]:
        """Return what is served beside the column."""
        routes = [*console(self.desk), *(self.uploads.routes() if self.uploads else [])]
        secret = self.settings.webhook_secret
        if self.settings.telegram_webhook_url is not None and secret is not None:
            routes.append(webhook(secret, self.newsroom.inbox.take))
        return routes

    def _happened(self) -> None:
        """Let the bot know, here or wherever it is."""
        if self.talk is not None:
            self.talk.happened()
        else:
            self._tell()

    def _tell(self) -> None:
        """Let the other processes hear that something is new."""
        self.engine.tell()


def publishers_of(
    settings: Settings, channels: Mapping[str, BaseModel] | None = None
) -> dict[str, Publisher]:
    """Return the channels that have their keys, by name, in the order of PUBLISHERS."""
    built = _adapters(settings, channels)
    return {one.channel: one for one in built if one.configured}


def connectable_of(
    settings: Settings, channels: Mapping[str, BaseModel] | None = None
) -> dict[str, Connectable]:
    """Return the channels that an account can be connected to, with their keys or without."""
    built = _adapters(settings, channels)
    return {one.channel: one for one in built if isinstance(one, Connectable)}


def _adapters(settings: Settings, channels: Mapping[str, BaseModel] | None) -> list[Publisher]:
    configs = settings.channels() if channels is None else channels
    return [one(configs[one.channel], settings.media_root) for one in PUBLISHERS]


def settle() -> None:
    """Spare what stands from the start to the end the garbage collector's rounds.

    Looking through it takes a tenth of a second, in the middle of somebody's answer:
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()


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
        if runtime.roles != ALL:
            say(f"Ruoli: {', '.join(sorted(runtime.roles))}.")
        say(f"Canali: {names}. Rubrica: {runtime.newsroom.site_url}")
        say(f"Apri {address} nel browser. ready" if address else "ready")
        settle()
        await stop.wait()
        say("Mi fermo: finisco quello che è in corso…")
