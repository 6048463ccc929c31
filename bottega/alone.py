"""What one process alone may do: have an SQLite database, lead the bots of a PostgreSQL one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bottega import migrations
from bottega.settings import Settings
from content.store import Store

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger()
PREPARING: Final = 0x0B077E6A
"""The advisory lock under which a database is prepared."""
_LEAD: Final = 0x0B077E6B
_TURN: Final = 0x0B077E6C
LOOK_SECONDS: Final = 1.0
"""How often a bot looks whether there is a leader, and the leader whether it still is one."""
_KEEPALIVE: Final = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
"""So that the server notices within half a minute that the machine is gone."""


class CannotStart(Exception):
    """Why the newsroom does not start, and what to do, in Italian."""


@contextmanager
def only_process(database: str) -> Iterator[None]:
    """Hold an SQLite database for this process; raises CannotStart when another has it."""
    path = Path(make_url(database).database or "")
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


@asynccontextmanager
async def leading(
    database: str, work: Callable[[], AbstractAsyncContextManager[None]]
) -> AsyncIterator[None]:
    """Do the leader's work whenever no other process of a PostgreSQL database does it.

    The lead is a lock that goes with its connection: when the leader dies another takes over. The
    first try is made before the block begins, and what `work` raises then is raised here.
    """
    first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    task = asyncio.create_task(_lead(database, work, first, stop))
    try:
        await first
        yield
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


async def _lead(
    database: str,
    work: Callable[[], AbstractAsyncContextManager[None]],
    first: "asyncio.Future[None]",
    stop: asyncio.Event,
) -> None:
    while not stop.is_set():
        try:
            async with await _connect(database) as connection:
                while not await _lock(connection) and not await _within(stop, LOOK_SECONDS):
                    _done(first)
                if not stop.is_set():
                    async with work():
                        _done(first)
                        while not await _within(stop, LOOK_SECONDS):
                            await connection.execute("SELECT 1")  # raises when it is lost
        except Exception as error:
            if not first.done():
                first.set_exception(error)
                return
            log.exception("lead_lost")
            await _within(stop, LOOK_SECONDS)
    _done(first)


class Turns:
    """Which people this process serves, among those that share a PostgreSQL database.

    Each is a lock of one connection: what a process that died was serving is free at once.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def claim(self, people: Sequence[int]) -> set[int]:
        """Return those of these people whom no other process is serving: they are ours now."""
        if self._connection is None or self._connection.closed:
            await self.close()
            self._connection = await _connect(self._database)
        found = await self._connection.execute(
            "SELECT person FROM unnest(%s::bigint[]) AS person "
            "WHERE pg_try_advisory_lock(%s, hashint8(person))",
            [list(people), _TURN],
        )
        return {person for (person,) in await found.fetchall()}

    async def release(self, people: Sequence[int]) -> None:
        """Let others serve these people."""
        if self._connection is not None:
            await self._connection.execute(
                "SELECT pg_advisory_unlock(%s, hashint8(person)) "
                "FROM unnest(%s::bigint[]) AS person",
                [_TURN, list(people)],
            )

    async def close(self) -> None:
        """Let others serve everybody."""
        if self._connection is not None:
            await self._connection.close()


async def _connect(database: str) -> "AsyncConnection":
    import psycopg  # noqa: PLC0415 - SQLite does without

    plain = make_url(database).set(drivername="postgresql")
    return await psycopg.AsyncConnection.connect(
        plain.render_as_string(hide_password=False), autocommit=True, options=_KEEPALIVE
    )


async def _lock(connection: "AsyncConnection") -> bool:
    answer = await connection.execute("SELECT pg_try_advisory_lock(%s)", [_LEAD])
    return await answer.fetchone() == (True,)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; return whether it came."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _done(first: "asyncio.Future[None]") -> None:
    if not first.done():
        first.set_result(None)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """Open the newsroom's database, which is there and up to date; raises CannotStart.

    The newsroom may be running.
    """
    store = Store(settings.database)
    try:
        if not _is_there(settings) or await migrations.current(store) != migrations.HEAD:
            raise CannotStart("Il database non è ancora pronto: avvia prima la redazione.")
        yield store
    except (DBAPIError, OSError) as error:
        raise CannotStart(
            f"Il database non risponde ({type(error).__name__}). Controlla DATABASE_URL (o "
            "DATA_DIR)."
        ) from None
    finally:
        await store.close()


def _is_there(settings: Settings) -> bool:
    """Whether there is a file to look into, where the database is one: looking makes none."""
    url = make_url(settings.database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
