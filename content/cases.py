"""A person's cases, as they may see them: the list, and the story of each."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Delivery, Operation
from content.history import History
from content.people import Participant
from content.submissions import Submission
from content.workflow import SubmissionState

VERBS: Final = frozenset(
    {
        "received", "claimed", "changes_requested", "accepted", "rejected", "withdrawn", "asked",
        "answered", "retraction_requested", "published", "corrected", "retracted", "rescheduled",
    }
)  # fmt: skip
_DECIDED: Final = frozenset({"changes_requested", "accepted", "rejected"})


async def of_person(
    session: AsyncSession, person: Participant, *, offset: int, limit: int
) -> tuple[Sequence[Submission], int]:
    """Return a page of a person's submissions, the newest first, and how many there are.

    Drafts that were thrown away are not among them.
    """
    theirs = (
        Submission.participant_id == person.id,
        or_(
            col(Submission.receipt).is_not(None),
            col(Submission.state) == SubmissionState.DRAFT,
        ),
    )
    count = (await session.exec(select(func.count(col(Submission.id))).where(*theirs))).one()
    page = select(Submission).where(*theirs).order_by(col(Submission.id).desc())
    return (await session.exec(page.offset(offset).limit(limit))).all(), count


async def story(session: AsyncSession, submission: Submission) -> list[History]:
    """Return what happened to a case that concerns its author, in order.

    That somebody took it in charge in the very moment of deciding is no step of its own.
    """
    article = select(Article.id).where(Article.submission_id == submission.id)
    operations = (
        select(Operation.id)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(col(Delivery.article_id).in_(article))
    )
    query = (
        select(History)
        .where(
            or_(
                and_(col(History.noun) == "submission", col(History.noun_id) == submission.id),
                and_(col(History.noun) == "article", col(History.noun_id).in_(article)),
                and_(col(History.noun) == "operation", col(History.noun_id).in_(operations)),
            ),
            col(History.verb).in_(VERBS),
        )
        .order_by(col(History.id))
    )
    return _steps((await session.exec(query)).all())


def _steps(events: Sequence[History]) -> list[History]:
    decided = {one.at for one in events if one.verb in _DECIDED}
    return [one for one in events if one.verb != "claimed" or one.at not in decided]
