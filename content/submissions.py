"""What a participant tells: a submission, its revisions, its attachments."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column, Index
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import attachments, sayings
from content.attachments import Attachment
from content.fingerprints import fingerprint
from content.history import Actor, NotAllowed, change_state, record
from content.media import Medium
from content.people import Participant
from content.store import by_value, locked
from content.workflow import SUBMISSION, SubmissionState

MIN_TEXT: Final = 40
MAX_TEXT: Final = 20_000
MAX_TITLE: Final = 300
_LINK: Final = re.compile(r"(?i)\b(?:https?://|www\.)\S+")


class Kind(StrEnum):
    """What a participant tells."""

    INITIATIVE = "initiative"
    IDEA = "idea"
    PROJECT = "project"
    DOCUMENT = "document"
    VIDEO_INTERVIEW = "video_interview"
    NEWS = "news"


class Submission(SQLModel, table=True):
    """One case: what a person told, from the first message on; `receipt` comes with sending.

    `reminded_at` is when its author was reminded of a draft left half way.
    """

    __table_args__ = (Index("ix_submission_queue", "state", "submitted_at"),)

    id: int = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    lab_id: int | None = Field(default=None, foreign_key="lab.id")
    receipt: str | None = Field(default=None, unique=True)
    state: SubmissionState = Field(sa_column=by_value(SubmissionState))
    created_at: datetime
    submitted_at: datetime | None = None
    reminded_at: datetime | None = None


class Revision(SQLModel, table=True):
    """What a submission said at one time; it changes while being written, never once sent.

    `chosen` names the fields that the person set, which recognition no longer touches.
    `minors` says whether the pictures show any (None: not asked), `release` that the person has
    the parents' consent; `credit` whose the pictures are, where it is not the body itself;
    `fingerprint` is what the text has in common with a copy of it; `forwarded_from` the channel
    whose post it was.
    """

    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        Index("ix_revision_organisation", "organisation", "sent_at"),
    )

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    number: int
    kind: Kind = Field(sa_column=by_value(Kind))
    organisation: str | None = None
    municipality: str | None = None
    province: str | None = None
    title: str = ""
    text: str = ""
    link: str | None = None
    place: str | None = None
    minors: bool | None = None
    release: bool = False
    credit: str | None = None
    fingerprint: str | None = Field(default=None, index=True)
    forwarded_from: str | None = None
    chosen: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sent_at: datetime | None = None
    sha256: str | None = None


async def begin(
    session: AsyncSession, person: Participant, *, now: datetime
) -> tuple[Submission, Revision]:
    """Open a draft for a person."""
    submission = Submission(
        participant_id=person.id,
        lab_id=person.lab_id,
        state=SubmissionState.DRAFT,
        created_at=now,
    )
    session.add(submission)
    await session.flush()
    revision = Revision(submission_id=submission.id, number=1, kind=Kind.INITIATIVE)
    session.add(revision)
    await session.flush()
    by = Actor("participant", person.id)
    await record(session, "submission", submission.id, "begun", by=by, now=now)
    return submission, revision


async def write(
    session: AsyncSession,
    revision: Revision,
    fields: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    chosen: bool = False,
) -> Revision:
    """Set fields of a revision still being written; `chosen` marks them as the person's own."""
    assert revision.sent_at is None
    for name, value in fields.items():
        setattr(revision, name, value)
    if chosen:
        revision.chosen = sorted({*revision.chosen, *fields})
    session.add(revision)
    await session.flush()
    await record(
        session,
        "submission",
        revision.submission_id,
        "written",
        by=by,
        now=now,
        data={"fields": sorted(fields)},
    )
    return revision


async def attach(
    session: AsyncSession,
    revision: Revision,
    medium: Medium,
    file_id: str,
    file_unique_id: str,
    *,
    by: Actor,
    now: datetime,
    message_id: int | None = None,
) -> int | None:
    """Add a file to a revision being written; how many there are, None when it is full."""
    assert revision.sent_at is None
    count = await attachments.add(session, revision.id, medium, file_id, file_unique_id, message_id)
    if count is not None:
        revision.minors, revision.release = None, False  # nobody said it of this one
        data = {"sha256": medium.sha256, "position": count}
        number = revision.submission_id
        await record(session, "submission", number, "attached", by=by, now=now, data=data)
    return count


async def detach_all(
    session: AsyncSession, revision: Revision, *, by: Actor, now: datetime
) -> None:
    """Take all files off a revision being written."""
    assert revision.sent_at is None
    await attachments.remove_all(session, revision.id)
    await record(session, "submission", revision.submission_id, "detached", by=by, now=now)


def missing(revision: Revision) -> list[str]:
    """Return the names of what a revision still lacks before it can be sent, in asking order."""
    lacks = []
    if len(_LINK.sub("", revision.text).strip()) < MIN_TEXT:  # a bare link tells no story
        lacks.append("text")
    if not revision.organisation:
        lacks.append("organisation")
    if not revision.title.strip():
        lacks.append("title")
    return lacks


async def receive(
    session: AsyncSession, submission: Submission, revision: Revision, *, by: Actor, now: datetime
) -> Submission:
    """Take a finished revision: it is frozen with its hash, and the case goes to the newsroom.

    A case that waits there already, or is being read, goes back to its end with the new words.
    Raises NotAllowed when the case was decided meanwhile, or the revision was sent before.
    """
    assert not missing(revision)
    await locked(session, submission)
    to = SubmissionState.SUBMITTED
    if revision.sent_at is not None or to not in SUBMISSION[submission.state]:
        raise NotAllowed("submission", submission.state, to)
    pictures = await attachments.of(session, revision.id)
    revision.sent_at = now
    revision.fingerprint = fingerprint(revision.text)
    revision.sha256 = _hash(revision, pictures)
    session.add(revision)
    await session.flush()
    return await change_state(
        session,
        submission,
        SUBMISSION,
        to,
        verb="received",
        by=by,
        now=now,
        data={"revision": revision.number, "sha256": revision.sha256},
        receipt=submission.receipt or f"{submission.created_at:%y}-{submission.id:04d}",
        submitted_at=now,
    )


async def revise(
    session: AsyncSession, submission: Submission, *, by: Actor, now: datetime
) -> Revision:
    """Open a new revision, a copy of the last one, unless one is open already."""
    last = await latest(session, submission)
    if last.sent_at is None:
        return last
    fresh = Revision(
        **last.model_dump(exclude={"id", "number", "sent_at", "sha256"}), number=last.number + 1
    )
    session.add(fresh)
    await session.flush()
    await attachments.copy(session, last.id, fresh.id)
    await sayings.copy(session, last.id, fresh.id)
    await record(
        session,
        "submission",
        submission.id,
        "revised",
        by=by,
        now=now,
        data={"revision": fresh.number},
    )
    return fresh


async def withdraw(
    session: AsyncSession, submission: Submission, *, by: Actor, now: datetime
) -> Submission:
    """Take a case back, as its author asks."""
    return await change_state(
        session,
        submission,
        SUBMISSION,
        SubmissionState.WITHDRAWN,
        verb="discarded" if submission.state is SubmissionState.DRAFT else "withdrawn",
        by=by,
        now=now,
    )


async def latest(session: AsyncSession, submission: Submission) -> Revision:
    """Return a submission's last revision."""
    query = (
        select(Revision)
        .where(Revision.submission_id == submission.id)
        .order_by(col(Revision.number).desc())
        .limit(1)
    )
    found = (await session.exec(query)).first()
    assert found is not None  # begin() writes the first one
    return found


async def last_sent(session: AsyncSession, submission: Submission) -> Revision | None:
    """Return the last revision that the newsroom was sent, None while it was sent none."""
    query = (
        select(Revision)
        .where(Revision.submission_id == submission.id, col(Revision.sent_at).is_not(None))
        .order_by(col(Revision.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def waiting(session: AsyncSession, *, limit: int) -> Sequence[Submission]:
    """Return the submissions that the newsroom has yet to decide, the oldest first."""
    query = (
        select(Submission)
        .where(col(Submission.state).in_([SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW]))
        .order_by(col(Submission.submitted_at))
        .limit(limit)
    )
    return (await session.exec(query)).all()


def _hash(revision: Revision, pictures: Sequence[Attachment]) -> str:
    said = revision.model_dump(mode="json", exclude={"id", "sent_at", "sha256"})
    said["media"] = [one.medium for one in pictures]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
