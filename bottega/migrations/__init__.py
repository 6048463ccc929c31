"""The schema's history: what the database should be, and how to bring it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url
from sqlmodel import text

from content.store import Store

_FOLDER: Final = Path(__file__).parent
HEAD: Final = max(path.name.split("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))
"""The newest revision: versions are named by number, so that no import is needed to know it."""
_MIGRATING: Final = 0x0B077E69


async def current(store: Store) -> str | None:
    """Return the database's revision, None when it is empty."""
    async with store.reading() as session:
        connection = await session.connection()
        tables = await connection.run_sync(
            lambda sync: sync.dialect.has_table(sync, "alembic_version")
        )
        if not tables:
            return None
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return found.scalar_one_or_none()


def upgrade(url: str) -> None:
    """Bring the database at a store's URL to HEAD; blocking."""
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = blocking(url)
    with _one_at_a_time(url):
        command.upgrade(config, "head")


@contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    """Let no other machine migrate meanwhile: several may start at once on one PostgreSQL."""
    if make_url(url).get_backend_name() == "sqlite":
        yield
        return
    engine = create_engine(blocking(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(_MIGRATING)))
            yield
    finally:
        engine.dispose()


def blocking(url: str) -> str:
    """Return a store's URL for the blocking driver of the same database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
    return parsed.render_as_string(hide_password=False)
