"""What moderators decided on a case: append-only, each row holding on to the one before."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.chain import START, linked
from content.people import Moderator
from content.store import by_value
from content.submissions import Submission

LONGEST_REASON: Final = 1000


class Verdict(StrEnum):
    """What a moderator may decide; `approved_once` waits for a second moderator."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED_ONCE = "approved_once"


FAVOURABLE: Final = frozenset({Verdict.ACCEPTED, Verdict.APPROVED_ONCE})
"""The verdicts that need no reason."""


class Decision(SQLModel, table=True):
    """One verdict, with the reason and the hash of what the moderator saw; append-only.

    `version` is the article's, where one was approved. The decisions of one case are a chain, as
    history rows are: `number` counts them from 1, `sha256` covers each and the one before.
    """

    FACTS: ClassVar[tuple[str, ...]] = (
        "submission_id", "number", "moderator_id", "verdict", "reason", "seen_sha256", "version",
        "decided_at",
    )  # fmt: skip
    """What the hash covers, in this order."""
    __table_args__ = (
        Index("ix_decision_chain", "submission_id", "number", unique=True),
        Index("ix_decision_sha256", "sha256", unique=True),
        CheckConstraint(
            "verdict IN ('accepted', 'approved_once') OR length(trim(coalesce(reason, ''))) > 0",
            name="a_refusal_has_its_reason",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    number: int
    moderator_id: int = Field(foreign_key="moderator.id")
    verdict: Verdict = Field(sa_column=by_value(Verdict))
    reason: str | None = None
    seen_sha256: str
    version: int | None = None
    decided_at: datetime
    sha256: str


class NoReason(ValueError):
    """A case is not declined, nor sent back, without saying why."""


def reasoned(verdict: Verdict, reason: str | None) -> str | None:
    """Return a verdict's reason without spaces around it; raises NoReason when it lacks one."""
    said = (reason or "").strip()[:LONGEST_REASON] or None
    if said is None and verdict not in FAVOURABLE:
        raise NoReason
    return said


async def next_of(
    session: AsyncSession,
    submission: Submission,
    moderator: Moderator,
    verdict: Verdict,
    *,
    reason: str | None,
    seen: str,
    version: int | None,
    now: datetime,
) -> Decision:
    """Return the next decision of a case whose row is locked, not added yet."""
    last = await last_of(session, submission)
    decision = Decision(
        submission_id=submission.id,
        number=last.number + 1 if last else 1,
        moderator_id=moderator.id,
        verdict=verdict,
        reason=reason,
        seen_sha256=seen,
        version=version,
        decided_at=now,
        sha256="",
    )
    facts = (getattr(decision, name) for name in Decision.FACTS)
    decision.sha256 = linked(last.sha256 if last else START, *facts)
    return decision


async def last_of(session: AsyncSession, submission: Submission) -> Decision | None:
    """Return the last decision of a case, None while there is none."""
    query = select(Decision).where(Decision.submission_id == submission.id)
    return (await session.exec(query.order_by(col(Decision.number).desc()).limit(1))).first()


async def decision_of(
    session: AsyncSession, submission: Submission
) -> tuple[Decision, Moderator] | None:
    """Return the last decision of a case and who took it."""
    query = (
        select(Decision, Moderator)
        .join(Moderator, col(Moderator.id) == col(Decision.moderator_id))
        .where(Decision.submission_id == submission.id)
        .order_by(col(Decision.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()
