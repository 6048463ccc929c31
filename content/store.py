"""The database: its engine, its transactions, and how rows are declared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Enum, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from content import sqlite

BUSY_TIMEOUT_SECONDS: Final = 10
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


class Store:
    """The newsroom's database, SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Take an SQLAlchemy URL: `sqlite+aiosqlite:///…` or `postgresql+psycopg://…`."""
        self.embedded = make_url(url).get_backend_name() == "sqlite"
        if self.embedded:
            # One writer at a time is SQLite's rule; a pool of one makes writers queue fairly.
            self._writer = _sqlite(url, begin="BEGIN IMMEDIATE", pool_size=1)
            # Each statement sees its own moment; a BEGIN and a ROLLBACK for each cost more than it.
            self._reader = _sqlite(url, begin=None, pool_size=4)
        else:
            self._writer = create_async_engine(
                url, pool_size=10, max_overflow=10, hide_parameters=True
            )
            # As above; PostgreSQL sees each statement's own moment within a transaction too.
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session that may write; it commits at the end, or rolls back on an exception."""
        async with (
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


def _sqlite(url: str, begin: str | None, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"async_creator_fn": sqlite.connect, "timeout": BUSY_TIMEOUT_SECONDS},
        hide_parameters=True,  # an error's text goes to the log, and people's words do not
    )

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come too late
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    def start(connection: Any) -> None:
        if begin is not None:
            connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", start)
    return engine


def by_value(
    kind: type[StrEnum], *, primary_key: bool = False, nullable: bool = False
) -> Column[Any]:
    """Return a column that holds an enum by its value, with a CHECK behind."""
    return Column(
        Enum(
            kind,
            values_callable=lambda members: [member.value for member in members],
            native_enum=False,
            create_constraint=True,
            length=40,
            name=f"{kind.__name__.lower()}_known",
        ),
        nullable=nullable,
        primary_key=primary_key,
    )


def telegram_id(*, unique: bool = False, primary_key: bool = False) -> Any:
    """Declare a column for a Telegram id: up to 52 significant bits."""
    if primary_key:
        return Field(
            sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
        )
    return Field(sa_type=BigInteger, unique=unique, index=True)


async def locked(session: AsyncSession, row: SQLModel) -> None:
    """Bring a row up to date, and let nobody else change it until the transaction ends."""
    await session.flush()  # a refresh would drop what was set and not written yet
    await session.refresh(row, with_for_update=True)


def broke_off(error: Exception) -> bool:
    """Whether PostgreSQL undid a transaction because another was in its way: it may be done again.

    serialization_failure and deadlock_detected:
    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in _BROKEN_OFF


def may_pass(error: Exception) -> bool:
    """Whether the database could not do just now what it may do in a moment."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | NoConnectionFree)


_BROKEN_OFF: Final = ("40001", "40P01")


def row_id(said: str) -> int:
    """Return the id of a row as a button or an address names it; 0, which no row has, for none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < _DIGITS else 0


_DIGITS: Final = 10
"""An id with fewer digits than these fits any database's integer."""
