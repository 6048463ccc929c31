"""Where a person's conversation stands, in our own table, so that it goes on after any crash."""

from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from content.store import telegram_id
from content.submissions import Revision, Submission, latest
from content.workflow import SubmissionState

OPEN = frozenset({SubmissionState.DRAFT, SubmissionState.CHANGES_REQUESTED})


class Conversation(SQLModel, table=True):
    """One person's conversation.

    `submission_id` is the draft being written, `awaiting` the field that was asked for, `options`
    the choices offered with it, `album` the group of the last picture.
    """

    person_id: int = telegram_id(primary_key=True)
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    awaiting: str | None = None
    options: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    album: str | None = None

    def ask(self, field: str | None, options: list[Any] | None = None) -> None:
        """Note what the person is being asked, and the choices offered with it."""
        self.awaiting, self.options = field, options or []

    def turn_to(self, submission_id: int | None) -> None:
        """Go on with another draft, or with none."""
        self.submission_id, self.album = submission_id, None
        self.ask(None)


async def conversation(session: AsyncSession, person_id: int) -> Conversation:
    """Return a person's conversation, opened at the first message."""
    found = await session.get(Conversation, person_id)
    if found is None:
        found = Conversation(person_id=person_id)
        session.add(found)
        await session.flush()
    return found


async def open_draft(
    session: AsyncSession, talk: Conversation
) -> tuple[Submission, Revision] | None:
    """Return the draft being written, None when there is none or it was sent meanwhile."""
    if talk.submission_id is None:
        return None
    submission = await session.get_one(Submission, talk.submission_id)
    revision = await latest(session, submission)
    if submission.state not in OPEN or revision.sent_at is not None:
        return None
    return submission, revision
