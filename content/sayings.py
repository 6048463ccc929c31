"""Which message gave which words of a draft, so that a correction replaces exactly those."""

from collections.abc import Sequence

from sqlmodel import Field, SQLModel, UniqueConstraint, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

STORY = "text"


class Said(SQLModel, table=True):
    """What one message said of a revision: a part of its story, or the answer that is a `field`.

    `message_id` is Telegram's number of it in the person's chat; None where nobody noted it.
    """

    __table_args__ = (UniqueConstraint("revision_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="revision.id", index=True)
    message_id: int | None = Field(default=None, index=True)
    position: int
    field: str = STORY
    text: str


async def story(session: AsyncSession, revision_id: int) -> list[Said]:
    """Return the parts of a revision's story, in order."""
    return [one for one in await _of(session, revision_id) if one.field == STORY]


def joined(parts: Sequence[Said]) -> str:
    """Return parts as the one text that they make."""
    return "\n\n".join(one.text for one in parts if one.text)


async def add(
    session: AsyncSession, revision_id: int, message_id: int | None, text: str, field: str = STORY
) -> Said:
    """Note what a message says; of an answer the last one alone counts."""
    if field != STORY:
        await _remove(session, revision_id, field)
    have = await _of(session, revision_id)
    position = max((one.position for one in have), default=0) + 1
    said = Said(
        revision_id=revision_id, message_id=message_id, position=position, field=field, text=text
    )
    session.add(said)
    await session.flush()
    return said


async def begin_again(session: AsyncSession, revision_id: int) -> None:
    """Forget the parts of a revision's story: another takes their place."""
    await _remove(session, revision_id, STORY)


async def copy(session: AsyncSession, from_id: int, to_id: int) -> None:
    """Give a revision what was said of another."""
    for one in await _of(session, from_id):
        session.add(Said(**one.model_dump(exclude={"id", "revision_id"}), revision_id=to_id))
    await session.flush()


async def _of(session: AsyncSession, revision_id: int) -> Sequence[Said]:
    query = select(Said).where(Said.revision_id == revision_id).order_by(col(Said.position))
    return (await session.exec(query)).all()


async def _remove(session: AsyncSession, revision_id: int, field: str) -> None:
    await session.exec(
        delete(Said).where(col(Said.revision_id) == revision_id, col(Said.field) == field)
    )
