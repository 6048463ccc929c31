"""Where a person's conversation stands, in our own table, so that it goes on after any crash."""

from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from content.store import telegram_id
from content.submissions import Revision, Submission, latest
from content.workflow import SubmissionState

OPEN = frozenset(
    {
        SubmissionState.DRAFT,
        SubmissionState.CHANGES_REQUESTED,
        SubmissionState.SUBMITTED,
        SubmissionState.IN_REVIEW,
    }
)
"""The states in which an author may still send other words."""


class Conversation(SQLModel, table=True):
    """One person's conversation.

    `submission_id` is the draft being written, `awaiting` the field that was asked for, `options`
    the choices offered with it, `album` the group of the last file and `album_notices` what was
    said of the files in it. `writing_to` is the case that the next message is for instead, and
    `writing` what it will be there; `guide` is the question that a person who is led was asked
    last.
    """

    person_id: int = telegram_id(primary_key=True)
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    awaiting: str | None = None
    options: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    album: str | None = None
    album_notices: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    writing_to: int | None = Field(default=None, foreign_key="submission.id")
    writing: str | None = None
    guide: str | None = None

    def ask(self, field: str | None, options: list[Any] | None = None) -> None:
        """Note what the person is being asked, and the choices offered with it."""
        self.awaiting, self.options = field, options or []
        self.write_to(None)

    def write_to(self, submission_id: int | None, what: str | None = None) -> None:
        """Take the next message as something said to the newsroom about a case."""
        self.writing_to, self.writing = submission_id, what

    def open_album(self, album: str | None) -> bool:
        """Note the album that a message belongs to, if any; whether the one before it did too."""
        if album is not None and album == self.album:
            return True
        self.album, self.album_notices = album, []
        return False

    def turn_to(self, submission_id: int | None) -> None:
        """Go on with another draft, or with none."""
        self.submission_id, self.guide = submission_id, None
        self.open_album(None)
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
    return await draft_of(session, await session.get_one(Submission, talk.submission_id))


async def draft_of(
    session: AsyncSession, submission: Submission
) -> tuple[Submission, Revision] | None:
    """Return what is being written of a case, None when nothing is, or it was sent meanwhile."""
    revision = await latest(session, submission)
    if submission.state not in OPEN or revision.sent_at is not None:
        return None
    return submission, revision
