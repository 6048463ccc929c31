"""Whom to remind: authors, once, of a draft left half way; the newsroom, by day, of what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select, true, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.history import History
from content.people import Moderator, Participant
from content.queue import Filed
from content.slots import ROME
from content.submissions import Submission
from content.workflow import SubmissionState

AFTER: Final = timedelta(hours=24)
NO_MORE_AFTER: Final = timedelta(days=7)
"""What was left longer ago than this was left on purpose, or while nobody could remind."""
POLITE_HOURS: Final = range(9, 20)
_AT_ONCE: Final = 50
_MOST_UNDECIDED: Final = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that nobody decided: since when it has waited, and who has it in charge, if any."""

    submission_id: int
    receipt: str
    organisation: str
    title: str
    since: datetime
    holder: str | None


def is_polite(now: datetime) -> bool:
    """Whether it is an hour, in Rome, at which people may be written to unasked."""
    return now.astimezone(ROME).hour in POLITE_HOURS


async def due(session: AsyncSession, *, now: datetime) -> Sequence[tuple[Submission, Participant]]:
    """Return drafts that nobody touched for a day, and their authors, not reminded yet."""
    last = (
        select(func.max(History.at))
        .where(History.noun == "submission", History.noun_id == col(Submission.id))
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        select(Submission, Participant)
        .join(Participant, col(Participant.id) == col(Submission.participant_id))
        .where(
            Submission.state == SubmissionState.DRAFT,
            col(Submission.reminded_at).is_(None),
            col(Participant.blocked_at).is_(None),
            col(Participant.erased_at).is_(None),
            last <= now - AFTER,
            last > now - NO_MORE_AFTER,
        )
        .order_by(col(Submission.id))
        .limit(_AT_ONCE)
    )
    return (await session.exec(query)).all()


async def mark(session: AsyncSession, submission: Submission, *, now: datetime) -> bool:
    """Note that a draft's author is being reminded; False when somebody else does it."""
    marked = await session.exec(
        update(Submission)
        .where(
            col(Submission.id) == submission.id,
            col(Submission.state) == SubmissionState.DRAFT,
            col(Submission.reminded_at).is_(None),
        )
        .values(reminded_at=now)
        .execution_options(synchronize_session=False)
    )
    return marked.rowcount == 1


async def undecided(session: AsyncSession, *, now: datetime) -> list[Waiting]:
    """Return the cases that a moderator could have judged for a day, the oldest first."""
    query = (
        select(Filed, Submission.submitted_at, Moderator.name)
        .join(Submission, col(Submission.id) == col(Filed.submission_id))
        .join(Article, col(Article.submission_id) == col(Filed.submission_id))
        .join(Moderator, col(Moderator.id) == col(Filed.moderator_id), isouter=True)
        .where(col(Filed.waiting) == true(), col(Submission.submitted_at) <= now - AFTER)
        .order_by(col(Submission.submitted_at), col(Filed.id))
        .limit(_MOST_UNDECIDED)
    )
    return [
        Waiting(case.submission_id, case.receipt, case.organisation, case.title, since, holder)
        for case, since, holder in (await session.exec(query)).all()
        if since is not None
    ]
