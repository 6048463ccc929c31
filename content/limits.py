"""How much the newsroom takes from one person, and from all of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.people import Participant
from content.submissions import Submission
from content.workflow import SubmissionState


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may do at most: messages in a minute and in an hour, open drafts, and so on.

    `of_all_an_hour` is how many submissions are taken from all people together.
    """

    a_minute: int = 30
    an_hour: int = 200
    drafts: int = 10
    a_day: int = 20
    of_all_an_hour: int = 2000


async def may_begin(session: AsyncSession, person: Participant, limits: Limits) -> bool:
    """Whether a person may open one more draft."""
    query = select(func.count()).where(
        Submission.participant_id == person.id, Submission.state == SubmissionState.DRAFT
    )
    return (await session.exec(query)).one() < limits.drafts


async def reached(
    session: AsyncSession, person: Participant, limits: Limits, *, now: datetime
) -> Literal["person", "newsroom"] | None:
    """Return whose limit one more submission would pass, None when it may be sent."""
    sent = select(func.count()).select_from(Submission)
    theirs = sent.where(
        Submission.participant_id == person.id,
        col(Submission.submitted_at) > now - timedelta(days=1),
    )
    if (await session.exec(theirs)).one() >= limits.a_day:
        return "person"
    everybody = sent.where(col(Submission.submitted_at) > now - timedelta(hours=1))
    if (await session.exec(everybody)).one() >= limits.of_all_an_hour:
        return "newsroom"
    return None
