"""SQLite with one trip to its thread for a statement, where aiosqlite makes four.

SQLAlchemy asks an asynchronous driver for a cursor, the execution, the rows and the cursor's end
one by one; each is a switch of threads, which takes longer than the statement.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import aiosqlite

_CHUNK: Final = 64


async def connect(path: str, **settings: Any) -> aiosqlite.Connection:
    """Open a connection, in a thread of its own; the settings are those of sqlite3."""
    connection = _Connection(lambda: sqlite3.connect(path, **settings), _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with its own
    return await connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        """Return a cursor, for which nothing need be asked of the thread."""
        return _Cursor(self)

    async def commit(self) -> None:
        """Commit, if there is anything to commit."""
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        if self._conn.in_transaction:
            await super().rollback()


class _Cursor:
    """Fetches all rows with the execution: SQLAlchemy takes them all in any case."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount, self.arraysize = -1, 1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        await self._in_thread(self._connection._conn.execute, statement, parameters)  # noqa: SLF001
        return self

    async def executemany(self, statement: str, parameters: Any) -> Self:
        await self._in_thread(self._connection._conn.executemany, statement, parameters)  # noqa: SLF001
        return self

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = ()

    async def _in_thread(
        self, execute: Callable[[str, Any], sqlite3.Cursor], statement: str, parameters: Any
    ) -> None:
        def run() -> None:
            done = execute(statement, parameters)
            self.description, self.rowcount = done.description, done.rowcount
            self.lastrowid = done.lastrowid
            self._rows = done.fetchall() if done.description else ()
            done.close()

        in_thread: Any = self._connection._execute  # noqa: SLF001 - the one way into its thread
        await in_thread(run)
