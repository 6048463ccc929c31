"""The files of a revision, in order."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.media import Medium, MediumKind

MAX_PHOTOS: Final = 10
MAX_FILES: Final = 10
"""How many films, sounds and documents may come with the photos."""


class Attachment(SQLModel, table=True):
    """A file of a revision, with Telegram's names of the original and of its message."""

    __table_args__ = (UniqueConstraint("revision_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="revision.id", index=True)
    position: int
    medium: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    file_id: str
    file_unique_id: str
    message_id: int | None = Field(default=None, index=True)

    @property
    def is_picture(self) -> bool:
        """Whether it is a photo, and not a film, a sound or a document."""
        return Medium.model_validate(self.medium).kind is MediumKind.PICTURE


async def of(session: AsyncSession, revision_id: int) -> Sequence[Attachment]:
    """Return a revision's files in order."""
    query = (
        select(Attachment)
        .where(Attachment.revision_id == revision_id)
        .order_by(col(Attachment.position))
    )
    return (await session.exec(query)).all()


async def add(
    session: AsyncSession,
    revision_id: int,
    medium: Medium,
    file_id: str,
    file_unique_id: str,
    message_id: int | None = None,
) -> int | None:
    """Add a file and return how many there are; None when there is room for no more of its kind.

    The same file sent twice counts once.
    """
    have = await of(session, revision_id)
    if any(one.file_unique_id == file_unique_id for one in have):
        return len(have)
    picture = medium.kind is MediumKind.PICTURE
    alike = sum(one.is_picture == picture for one in have)
    if alike >= (MAX_PHOTOS if picture else MAX_FILES):
        return None
    session.add(
        Attachment(
            revision_id=revision_id,
            position=max((one.position for one in have), default=0) + 1,
            medium=medium.model_dump(),
            file_id=file_id,
            file_unique_id=file_unique_id,
            message_id=message_id,
        )
    )
    await session.flush()
    return len(have) + 1


async def exchange(
    session: AsyncSession, one: Attachment, medium: Medium, file_id: str, file_unique_id: str
) -> None:
    """Put another file in the place of one."""
    one.medium, one.file_id, one.file_unique_id = medium.model_dump(), file_id, file_unique_id
    session.add(one)
    await session.flush()


async def describe(session: AsyncSession, one: Attachment, **known: str) -> None:
    """Write down more of a file: its `alt`, its `captions`, its `transcript`."""
    one.medium = {**one.medium, **known}
    session.add(one)
    await session.flush()


async def undescribed(session: AsyncSession, revision_id: int) -> tuple[int, Attachment] | None:
    """Return the first photo of which nobody said what it shows, with its number among photos."""
    photos = [one for one in await of(session, revision_id) if one.is_picture]
    for number, one in enumerate(photos, 1):
        if not one.medium.get("alt"):
            return number, one
    return None


async def last_video(session: AsyncSession, revision_id: int) -> Attachment | None:
    """Return the film that was sent last, None when there is none."""
    for one in reversed(await of(session, revision_id)):
        if Medium.model_validate(one.medium).kind is MediumKind.VIDEO:
            return one
    return None


async def copy(session: AsyncSession, from_id: int, to_id: int) -> None:
    """Give a revision the files of another."""
    for one in await of(session, from_id):
        kept = one.model_dump(exclude={"id", "revision_id"})
        session.add(Attachment(**kept, revision_id=to_id))
    await session.flush()


async def remove_all(session: AsyncSession, revision_id: int) -> None:
    """Take all files off a revision."""
    await session.exec(delete(Attachment).where(col(Attachment.revision_id) == revision_id))
