"""The newsroom's standard replies: reasons that a moderator gives with one press."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.store import by_value

LONGEST: Final = 300


class ReplyKind(StrEnum):
    """To what a reply is given as the reason."""

    DECLINE = "decline"
    CHANGES = "changes"


class Reply(SQLModel, table=True):
    """One reason as its author reads it; those no longer used are kept, not active."""

    id: int = Field(default=None, primary_key=True)
    kind: ReplyKind = Field(sa_column=by_value(ReplyKind))
    text: str
    position: int
    active: bool = True


async def active(session: AsyncSession, kind: ReplyKind) -> Sequence[Reply]:
    """Return the replies of a kind that are in use, in their order."""
    query = select(Reply).where(Reply.kind == kind, col(Reply.active))
    return (await session.exec(query.order_by(col(Reply.position), col(Reply.id)))).all()


async def retired(session: AsyncSession) -> Sequence[Reply]:
    """Return the replies that are no longer in use, by kind."""
    query = select(Reply).where(col(Reply.active).is_(False))
    return (await session.exec(query.order_by(col(Reply.kind), col(Reply.id)))).all()


async def find(session: AsyncSession, number: str, kind: ReplyKind) -> Reply | None:
    """Return the active reply of a kind with this id, as written on a button."""
    reply = await session.get(Reply, int(number)) if number.isdecimal() else None
    return reply if reply is not None and reply.active and reply.kind is kind else None


async def add(
    session: AsyncSession, kind: ReplyKind, text: str, *, by: Actor, now: datetime
) -> Reply:
    """Add a reply after the others; raises ValueError as `reword` does."""
    said = _checked(text)
    last = (await session.exec(select(func.max(Reply.position)).where(Reply.kind == kind))).one()
    reply = Reply(kind=kind, text=said, position=(last or 0) + 1)
    session.add(reply)
    await session.flush()
    await record(session, "reply", reply.id, "added", by=by, now=now, data={"text": said})
    return reply


async def reword(
    session: AsyncSession, reply: Reply, text: str, *, by: Actor, now: datetime
) -> Reply:
    """Change what a reply says; raises ValueError when it is blank or longer than LONGEST."""
    data = {"was": reply.text, "text": _checked(text)}
    reply.text = data["text"]
    session.add(reply)
    await record(session, "reply", reply.id, "reworded", by=by, now=now, data=data)
    return reply


async def place(
    session: AsyncSession, reply: Reply, position: int, *, by: Actor, now: datetime
) -> None:
    """Put a reply at a place among the active ones of its kind, from 1 on."""
    others = [one for one in await active(session, reply.kind) if one.id != reply.id]
    others.insert(max(position - 1, 0), reply)
    for number, one in enumerate(others, 1):
        one.position = number
        session.add(one)
    data = {"position": reply.position}
    await record(session, "reply", reply.id, "placed", by=by, now=now, data=data)


async def use(
    session: AsyncSession, reply: Reply, *, active: bool, by: Actor, now: datetime
) -> None:
    """Offer a reply to moderators, or no longer."""
    reply.active = active
    session.add(reply)
    verb = "offered" if active else "retired"
    await record(session, "reply", reply.id, verb, by=by, now=now)


def _checked(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST:
        raise ValueError(f"a reply has 1 to {LONGEST} characters")
    return said
