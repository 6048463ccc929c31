"""One-time links by which a person brings a file that Telegram does not carry."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement
from sqlmodel import Field, SQLModel, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import submissions
from content.history import Actor, record
from content.media import Medium
from content.people import Participant
from content.submissions import Revision, Submission
from content.workflow import SUBMISSION, SubmissionState

GOOD_FOR: Final = timedelta(hours=48)
"""How long a link may be used, and how long its row stays after that."""
AT_ONCE: Final = 3
"""How many files one person may be bringing at the same time."""
LONGEST_NAME: Final = 255
_TOKEN_BYTES: Final = 32
_CHANGEABLE: Final = [one for one, ways in SUBMISSION.items() if SubmissionState.SUBMITTED in ways]


class Upload(SQLModel, table=True):
    """A link, of which only the token's hash is kept, and the file that comes by it.

    `size` and `name` are what the person's device says of the file once it begins to arrive;
    `received` is how much of it was on the disk when that was last written down. `problem` says
    why a file that arrived is not in the draft: a Refusal, or an Outcome.
    """

    __table_args__ = (
        CheckConstraint("size IS NULL OR size > 0", name="upload_size_known"),
        CheckConstraint("received >= 0 AND received <= coalesce(size, 0)", name="upload_received"),
    )

    id: int = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    created_at: datetime
    expires_at: datetime = Field(index=True)
    size: int | None = Field(default=None, sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger)
    name: str = ""
    finished_at: datetime | None = None
    problem: str | None = None

    @property
    def arrived(self) -> bool:
        """Whether the whole file is on the disk."""
        return self.size is not None and self.received == self.size

    def expired(self, now: datetime) -> bool:
        """Whether the link came to nothing in its time."""
        return now >= self.expires_at and self.finished_at is None and not self.arrived


class Outcome(StrEnum):
    """What became of a file that was kept: where it is now, or why it is nowhere."""

    ADDED = "added"
    REOPENED = "reopened"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file in its case; REOPENED says that it was sent already, and has a new revision now."""

    outcome: Outcome
    submission: Submission
    revision: Revision


class AnotherFile(Exception):
    """By this link comes a file of another name or size."""


async def issue(
    session: AsyncSession, person: Participant, submission: Submission, *, now: datetime
) -> str:
    """Return the token of a new link for a case.

    Links for the case by which nothing came yet stop working, and so does the person's oldest
    where there are too many.
    """
    unused = (col(Upload.submission_id) == submission.id, col(Upload.size).is_(None))
    await session.exec(delete(Upload).where(*unused))
    theirs = select(Upload.id).where(Upload.participant_id == person.id, _open(), ~_whole())
    newest = theirs.order_by(col(Upload.id).desc()).offset(AT_ONCE - 1)
    await session.exec(delete(Upload).where(col(Upload.id).in_((await session.exec(newest)).all())))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        Upload(
            token_sha256=hash_of(token),
            participant_id=person.id,
            submission_id=submission.id,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    by = Actor("participant", person.id)
    await record(session, "submission", submission.id, "upload_offered", by=by, now=now)
    return token


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def find(session: AsyncSession, token_sha256: str) -> Upload | None:
    """Return the upload of a link; None where its person, or its case, takes no more files."""
    query = (
        select(Upload)
        .join(Participant, col(Participant.id) == col(Upload.participant_id))
        .join(Submission, col(Submission.id) == col(Upload.submission_id))
        .where(
            Upload.token_sha256 == token_sha256,
            or_(col(Upload.finished_at).is_not(None), col(Submission.state).in_(_CHANGEABLE)),
            col(Participant.blocked_at).is_(None),
            col(Participant.erased_at).is_(None),
        )
    )
    return (await session.exec(query)).first()


async def begin(session: AsyncSession, upload: Upload, size: int, name: str) -> bool:
    """Note which file comes by a link; False when it was announced before.

    Raises AnotherFile where another comes already, or came.
    """
    known = name.replace("\0", "")[:LONGEST_NAME]
    changed = await session.exec(
        update(Upload)
        .where(col(Upload.id) == upload.id, col(Upload.size).is_(None), _open())
        .values(size=size, name=known)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(upload)
    if (upload.size, upload.name) != (size, known):
        raise AnotherFile
    return changed.rowcount == 1


async def advance(session: AsyncSession, upload: Upload, received: int) -> None:
    """Note how much of the file is on the disk."""
    await session.exec(
        update(Upload).where(col(Upload.id) == upload.id, _open()).values(received=received)
    )


async def give_up(session: AsyncSession, upload: Upload) -> None:
    """Forget the file that was coming: by the same link another one may come."""
    gone = {"size": None, "received": 0, "name": ""}
    await session.exec(update(Upload).where(col(Upload.id) == upload.id, _open()).values(**gone))


async def finish(
    session: AsyncSession, upload: Upload, medium: Medium, *, now: datetime
) -> Arrival | None:
    """Put a file that arrived and was kept into its case; None when that was done before.

    A case that was sent meanwhile gets a new revision, which its author may send; one that can no
    longer change leaves the file out.
    """
    if not await _close(session, upload, now=now):
        return None
    submission = await session.get_one(Submission, upload.submission_id)
    by = Actor("participant", upload.participant_id)
    revision = await submissions.latest(session, submission)
    if submission.state not in _CHANGEABLE:
        return await _left_out(session, upload, Arrival(Outcome.CLOSED, submission, revision))
    outcome = Outcome.ADDED if revision.sent_at is None else Outcome.REOPENED
    revision = await submissions.revise(session, submission, by=by, now=now)
    mark = f"upload:{medium.sha256}"
    if await submissions.attach(session, revision, medium, "", mark, by=by, now=now) is None:
        return await _left_out(session, upload, Arrival(Outcome.FULL, submission, revision))
    return Arrival(outcome, submission, revision)


async def refuse(session: AsyncSession, upload: Upload, problem: str, *, now: datetime) -> bool:
    """Note why a file that arrived cannot be taken; False when it was finished before."""
    if not await _close(session, upload, now=now):
        return False
    upload.problem = problem
    session.add(upload)
    await session.flush()
    by = Actor("participant", upload.participant_id)
    data = {"problem": problem}
    number = upload.submission_id
    await record(session, "submission", number, "upload_refused", by=by, now=now, data=data)
    return True


async def coming(session: AsyncSession) -> Sequence[Upload]:
    """Return the uploads by which something comes, or came and is not in its case yet."""
    query = select(Upload).where(col(Upload.size).is_not(None), _open()).order_by(col(Upload.id))
    return (await session.exec(query)).all()


async def forget_expired(session: AsyncSession, *, now: datetime) -> None:
    """Delete the links that came to nothing in time, and the old ones that did."""
    late, old = col(Upload.expires_at) <= now, col(Upload.expires_at) <= now - GOOD_FOR
    gone = {"size": None, "received": 0, "name": ""}
    await session.exec(delete(Upload).where(old, or_(~_open(), ~_whole())))
    await session.exec(update(Upload).where(late, _open(), ~_whole()).values(**gone))


def _open() -> ColumnElement[bool]:
    return col(Upload.finished_at).is_(None)


def _whole() -> ColumnElement[bool]:
    return func.coalesce(col(Upload.size), -1) == col(Upload.received)


async def _close(session: AsyncSession, upload: Upload, *, now: datetime) -> bool:
    closed = await session.exec(
        update(Upload)
        .where(col(Upload.id) == upload.id, _open())
        .values(finished_at=now, received=col(Upload.size))
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount != 1:
        return False
    await session.refresh(upload)
    return True


async def _left_out(session: AsyncSession, upload: Upload, arrival: Arrival) -> Arrival:
    upload.problem = arrival.outcome
    session.add(upload)
    await session.flush()
    return arrival
