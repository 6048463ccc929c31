"""Taking a case back: before it is out it is dropped, afterwards the newsroom is asked."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from content import planning, talk
from content.articles import of_submission
from content.deliveries import Action
from content.history import Actor, change_state, happened
from content.privacy import call_off_case
from content.standing import operations_of, standing
from content.submissions import Submission
from content.talk import Message
from content.workflow import ARTICLE, SUBMISSION, ArticleState, OperationState, SubmissionState


def may_withdraw(submission: Submission) -> bool:
    """Whether there is something to take back."""
    open_to = SubmissionState.WITHDRAWN in SUBMISSION[submission.state]
    return open_to and submission.state not in (SubmissionState.DRAFT, SubmissionState.REJECTED)


async def is_out(session: AsyncSession, submission: Submission) -> bool:
    """Whether anything of a case is out, or may be."""
    return bool(standing(await operations_of(session, submission.id)))


async def withdraw(session: AsyncSession, submission: Submission, *, now: datetime) -> bool:
    """Take a sent case back as its author asks, with all that was planned of it.

    False, and nothing changes, when any of it is out or on its way. Raises NotAllowed.
    """
    if await is_out(session, submission):
        return False
    by = Actor("participant", submission.participant_id)
    article = await of_submission(session, submission.id)
    await call_off_case(session, submission, by=by, now=now)
    if article is not None and article.state is ArticleState.APPROVED:
        await change_state(
            session, article, ARTICLE, ArticleState.RETRACTED, verb="dropped", by=by, now=now
        )
    return True


async def retraction_asked(session: AsyncSession, submission: Submission) -> bool:
    """Whether the author asked for a published piece back."""
    return await happened(session, "submission", submission.id, "retraction_requested")


async def ask_retraction(
    session: AsyncSession, submission: Submission, reason: str, hold: str, *, now: datetime
) -> Message | None:
    """Ask the newsroom, once, to take away what is out; what is not yet is held meanwhile.

    `hold` is what moderators read on what is held. None when it was asked before.
    """
    if await retraction_asked(session, submission):
        return None
    by = Actor("participant", submission.participant_id)
    for one in await operations_of(session, submission.id):
        if one.action is Action.DELETE:  # it is on its way to do what they ask
            continue
        if one.state is OperationState.SCHEDULED and one.hold_reason is None:
            await planning.hold(session, one.id, hold, by=by, now=now)
    return await talk.ask_retraction(session, submission, reason, now=now)
