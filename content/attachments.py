"""The pictures of a revision, in order."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.media import Medium

MAX_PHOTOS: Final = 10


class Attachment(SQLModel, table=True):
    """A picture of a revision; `file_id` is Telegram's name of the original."""

    __table_args__ = (UniqueConstraint("revision_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="revision.id", index=True)
    position: int
    medium: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    file_id: str
    file_unique_id: str


async def of(session: AsyncSession, revision_id: int) -> Sequence[Attachment]:
    """Return a revision's pictures in order."""
    query = (
        select(Attachment)
        .where(Attachment.revision_id == revision_id)
        .order_by(col(Attachment.position))
    )
    return (await session.exec(query)).all()


async def add(
    session: AsyncSession, revision_id: int, medium: Medium, file_id: str, file_unique_id: str
) -> int | None:
    """Add a picture and return how many there are; None when there is room for no more.

    The same file sent twice counts once.
    """
    have = await of(session, revision_id)
    if any(one.file_unique_id == file_unique_id for one in have):
        return len(have)
    if len(have) >= MAX_PHOTOS:
        return None
    position = len(have) + 1
    session.add(
        Attachment(
            revision_id=revision_id,
            position=position,
            medium=medium.model_dump(),
            file_id=file_id,
            file_unique_id=file_unique_id,
        )
    )
    await session.flush()
    return position


async def copy(session: AsyncSession, from_id: int, to_id: int) -> None:
    """Give a revision the pictures of another."""
    for one in await of(session, from_id):
        kept = one.model_dump(exclude={"id", "revision_id"})
        session.add(Attachment(**kept, revision_id=to_id))
    await session.flush()


async def remove_all(session: AsyncSession, revision_id: int) -> None:
    """Take all pictures off a revision."""
    await session.exec(delete(Attachment).where(col(Attachment.revision_id) == revision_id))
