"""Drafts left half way, of which their author is reminded once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import History
from content.people import Participant
from content.slots import ROME
from content.submissions import Submission
from content.workflow import SubmissionState

AFTER: Final = timedelta(hours=24)
NO_MORE_AFTER: Final = timedelta(days=7)
"""What was left longer ago than this was left on purpose, or while nobody could remind."""
POLITE_HOURS: Final = range(9, 20)
_AT_ONCE: Final = 50


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
