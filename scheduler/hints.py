"""Where hints wait: Procrastinate's tables, in a schema of their own that may be thrown away."""

from importlib.metadata import version
from typing import Any, Final

from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.engine import make_url

SCHEMA: Final = "hints"
MOST_CONNECTIONS: Final = 4


def connector(url: str) -> PsycopgConnector:
    """Return the way to the hints in the database at a store's URL; not yet open."""
    plain = make_url(url).set(drivername="postgresql")
    return PsycopgConnector(
        conninfo=plain.render_as_string(hide_password=False),
        kwargs={"options": f"-c search_path={SCHEMA}"},
        min_size=1,
        max_size=MOST_CONNECTIONS,
        pool_factory=_pool,
        configure=_each_statement_by_itself,
    )


async def make(opened: PsycopgConnector) -> None:
    """Create the tables; those of another version are thrown away with their hints.

    Processes that start at once wait for the first of them.
    """
    ours = version("procrastinate")
    async with opened.pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('bottega hints'))")
        found = await connection.execute(
            f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')"
        )
        if await found.fetchone() == (ours,):
            return
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        await connection.execute(f"CREATE SCHEMA {SCHEMA}")
        await connection.execute(SchemaManager.get_schema())
        await connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{ours}'")


def _pool(**settings: Any) -> AsyncConnectionPool:
    """Return a pool that does not ask each connection whether it is alive before each use.

    A dead one fails once, and the worker begins again.
    """
    return AsyncConnectionPool(**settings | {"check": None})


async def _each_statement_by_itself(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)
