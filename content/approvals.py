"""Whose approval a case still asks for: one moderator's, or two's."""

from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.decisions import Decision, Verdict, last_of
from content.people import Lab, Moderator
from content.submissions import Submission
from content.workflow import ArticleState, SubmissionState

TO_APPROVE: Final = frozenset(
    {SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW, SubmissionState.ACCEPTED}
)


class ApprovedAlready(Exception):
    """The second approval must be another moderator's."""


def may_be_approved(submission: Submission, article: Article) -> bool:
    """Whether a case waits for an approval: the first one, or one more after an edit."""
    return submission.state in TO_APPROVE and article.state is ArticleState.DRAFT


async def approved_once(
    session: AsyncSession, submission: Submission, version: int, view: str
) -> Decision | None:
    """Return the first of two approvals, while what it approved is what the article says.

    `version` is the article's, `view` the whole hash of its posts.
    """
    last = await last_of(session, submission)
    if last is None or last.verdict is not Verdict.APPROVED_ONCE:
        return None
    return last if (last.version, last.seen_sha256) == (version, view) else None


async def approvals_asked(session: AsyncSession, submission: Submission) -> int:
    """Return how many moderators must approve a case: as many as its Lab says."""
    if submission.lab_id is None:
        return 1
    return (await session.get_one(Lab, submission.lab_id)).approvals


async def verdict_of(
    session: AsyncSession,
    submission: Submission,
    moderator: Moderator,
    version: int,
    view: str,
) -> Verdict:
    """Return what an approval amounts to: the whole, or the first of two; see approved_once.

    Raises ApprovedAlready.
    """
    if await approvals_asked(session, submission) == 1:
        return Verdict.ACCEPTED
    first = await approved_once(session, submission, version, view)
    if first is None:
        return Verdict.APPROVED_ONCE
    if first.moderator_id == moderator.id:
        raise ApprovedAlready
    return Verdict.ACCEPTED
