"""What an author and the newsroom say to each other inside a case; it changes no revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.media import Medium
from content.people import Moderator
from content.submissions import Submission


class Message(SQLModel, table=True):
    """One message inside a case, from a moderator or, where there is none, from its author."""

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    moderator_id: int | None = Field(default=None, foreign_key="moderator.id")
    text: str
    media: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime


async def ask(
    session: AsyncSession, submission: Submission, moderator: Moderator, text: str, *, now: datetime
) -> Message:
    """Ask the author something, in whatever state the case is."""
    message = await _put(session, submission, text, (), moderator.id, now=now)
    by = Actor("moderator", moderator.id)
    await _note(session, message, "asked", by=by, now=now)
    return message


async def answer(
    session: AsyncSession,
    submission: Submission,
    text: str,
    media: Sequence[Medium] = (),
    *,
    now: datetime,
) -> Message:
    """Take what the author says to the newsroom, in whatever state the case is."""
    message = await _put(session, submission, text, media, None, now=now)
    by = Actor("participant", submission.participant_id)
    await _note(session, message, "answered", by=by, now=now)
    return message


async def said(session: AsyncSession, submission: Submission) -> Sequence[Message]:
    """Return the messages of a case in order."""
    query = select(Message).where(Message.submission_id == submission.id)
    return (await session.exec(query.order_by(col(Message.id)))).all()


async def ask_retraction(
    session: AsyncSession, submission: Submission, reason: str, *, now: datetime
) -> Message:
    """Take the author's request to have a published piece taken away: the newsroom decides."""
    message = await _put(session, submission, reason, (), None, now=now)
    by = Actor("participant", submission.participant_id)
    await _note(session, message, "retraction_requested", by=by, now=now)
    return message


async def _put(
    session: AsyncSession,
    submission: Submission,
    text: str,
    media: Sequence[Medium],
    moderator_id: int | None,
    *,
    now: datetime,
) -> Message:
    message = Message(
        submission_id=submission.id,
        moderator_id=moderator_id,
        text=text,
        media=[one.model_dump() for one in media],
        at=now,
    )
    session.add(message)
    await session.flush()
    return message


async def _note(
    session: AsyncSession, message: Message, verb: str, *, by: Actor, now: datetime
) -> None:
    """Record that something was said; the words stay in the message, which can be erased."""
    data = {"message": message.id}
    await record(session, "submission", message.submission_id, verb, by=by, now=now, data=data)
