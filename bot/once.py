"""What is said once, whoever says it: the first to write its name down may, nobody after."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Once(SQLModel, table=True):
    """The name of something that was done, such as "morning:2026-11-24"."""

    what: str = Field(primary_key=True)
    at: datetime = Field(index=True)


async def first(session: AsyncSession, what: str, *, now: datetime) -> bool:
    """Write a name down; False when it was there, written by any process, before or meanwhile."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if on_sqlite else postgresql.insert
    row = insert(Once).values(what=what, at=now).on_conflict_do_nothing().returning(col(Once.what))
    written = await (await session.connection()).execute(row)
    return written.scalar_one_or_none() is not None


async def known(session: AsyncSession, *names: str) -> set[str]:
    """Return which of these names are written down."""
    return set((await session.exec(select(Once.what).where(col(Once.what).in_(names)))).all())


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Cross out what was done before a moment, and is of no day that may come again."""
    await session.exec(delete(Once).where(col(Once.at) < before))
