"""All that moderators must have in view to judge one case, read with a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import alts, approvals, attachments, deliveries, duplicates, minors, submissions, talk
from content.articles import Article, of_submission
from content.decisions import Decision
from content.deliveries import Outlet
from content.history import History
from content.people import Moderator, Participant
from content.review import Claim
from content.standing import Standing, by_thread, operations_of, standing
from content.submissions import Revision, Submission
from content.talk import Message
from content.workflow import ArticleState, SubmissionState

VERBS: Final = frozenset(
    {
        "received", "claimed", "released", "changes_requested", "accepted", "rejected",
        "approved_once", "approved_again", "withdrawn", "asked", "answered",
        "retraction_requested", "release_recorded", "erasure_requested", "drafted", "edited",
        "reopened", "alts_accepted", "published", "corrected", "retracted", "rescheduled", "held",
        "let_go", "cancelled", "failed", "missed", "doubtful", "confirmed", "taken_down",
        "announced", "stray", "found",
    }
)  # fmt: skip
"""What of a case's history the story tells."""
_LONGEST_STORY: Final = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `channel` where it happened to a post, `who` if a moderator did."""

    event: History
    who: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case: `told` is the last revision sent, `media` what it shows or the article does.

    `there` is what is out, or may be. `may_approve` is whether it waits for an approval, `holder`
    who has it in charge. `version` grows with whatever happens to the case.
    """

    submission: Submission
    author: Participant
    told: Revision
    revisions: int
    article: Article | None
    media: Sequence[Mapping[str, Any]]
    holder: Moderator | None
    decisions: Sequence[tuple[Decision, str]]
    story: Sequence[Step]
    said: Sequence[tuple[Message, str | None]]
    outlets: Sequence[Outlet]
    there: Sequence[Standing]
    alike: Sequence[Submission]
    lacks_release: bool
    without_alt: int
    approvals: int
    approved_by: str | None
    may_approve: bool
    version: int

    @property
    def threads(self) -> Sequence[Sequence[Standing]]:
        """What is out, or may be, with the parts of each thread together."""
        return by_thread(self.there)

    @property
    def may_retract(self) -> bool:
        """Whether there is something of it to take down."""
        retracted = self.article is None or self.article.state is ArticleState.RETRACTED
        return bool(self.there) and not retracted

    @property
    def waiting(self) -> bool:
        """Whether nobody decided it yet."""
        return self.submission.state in (SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW)


async def opened(session: AsyncSession, submission_id: int, *, now: datetime) -> Dossier | None:
    """Return the dossier of a case, None when there is no such case or it was never sent."""
    submission = await session.get(Submission, submission_id)
    told = await submissions.last_sent(session, submission) if submission else None
    if submission is None or told is None:
        return None
    author = await session.get_one(Participant, submission.participant_id)
    article = await of_submission(session, submission.id)
    outlets = await deliveries.outlets(session, article.id) if article else []
    of_case = _events(submission, article, outlets)
    decisions = await _decisions(session, submission)
    media = article.media if article else [
        one.medium for one in await attachments.of(session, told.id)
    ]  # fmt: skip
    return Dossier(
        submission=submission,
        author=author,
        told=told,
        revisions=await _sent(session, submission),
        article=article,
        media=media,
        holder=await _holder(session, submission),
        decisions=decisions,
        story=await _story(session, of_case, outlets),
        said=await _said(session, submission),
        outlets=outlets,
        there=standing(await operations_of(session, submission.id, locked=False)),
        alike=await duplicates.alike(session, submission, told, now=now),
        lacks_release=minors.pictures(media) and await minors.lacks_release(session, told),
        without_alt=len(alts.lacking(media)),
        approvals=await approvals.approvals_asked(session, submission),
        approved_by=_approved_by(decisions, article),
        may_approve=article is not None and approvals.may_be_approved(submission, article),
        version=await _version(session, of_case),
    )


async def version(session: AsyncSession, submission_id: int) -> int | None:
    """Return a number that grows with whatever happens to a case; None when there is none."""
    submission = await session.get(Submission, submission_id)
    if submission is None:
        return None
    article = await of_submission(session, submission.id)
    outlets = await deliveries.outlets(session, article.id) if article else []
    return await _version(session, _events(submission, article, outlets))


async def sent_revisions(session: AsyncSession, submission_id: int) -> Sequence[Revision]:
    """Return what a case said each time it was sent, the first one first."""
    query = select(Revision).where(
        Revision.submission_id == submission_id, col(Revision.sent_at).is_not(None)
    )
    return (await session.exec(query.order_by(col(Revision.number)))).all()


def _events(submission: Submission, article: Article | None, outlets: Sequence[Outlet]) -> Any:
    """Return the condition that a history row is of this case."""
    noun, number = col(History.noun), col(History.noun_id)
    of = [and_(noun == "submission", number == submission.id)]
    if article is not None:
        of.append(and_(noun == "article", number == article.id))
    if outlets:
        of.append(and_(noun == "operation", number.in_([one.operation_id for one in outlets])))
    return or_(*of)


async def _version(session: AsyncSession, of_case: Any) -> int:
    return (await session.exec(select(func.coalesce(func.sum(History.id), 0)).where(of_case))).one()


async def _sent(session: AsyncSession, submission: Submission) -> int:
    query = select(func.count()).where(
        Revision.submission_id == submission.id, col(Revision.sent_at).is_not(None)
    )
    return (await session.exec(query)).one()


async def _holder(session: AsyncSession, submission: Submission) -> Moderator | None:
    if submission.state is not SubmissionState.IN_REVIEW:
        return None
    query = (
        select(Moderator)
        .join(Claim, col(Claim.moderator_id) == col(Moderator.id))
        .where(Claim.submission_id == submission.id)
    )
    return (await session.exec(query)).first()


async def _decisions(
    session: AsyncSession, submission: Submission
) -> Sequence[tuple[Decision, str]]:
    query = (
        select(Decision, Moderator.name)
        .join(Moderator, col(Moderator.id) == col(Decision.moderator_id))
        .where(Decision.submission_id == submission.id)
    )
    return (await session.exec(query.order_by(col(Decision.id)))).all()


async def _story(session: AsyncSession, of_case: Any, outlets: Sequence[Outlet]) -> list[Step]:
    mine = and_(col(History.actor) == "moderator", col(Moderator.id) == col(History.actor_id))
    query = (
        select(History, Moderator.name)
        .join(Moderator, mine, isouter=True)
        .where(of_case, col(History.verb).in_(VERBS))
        .order_by(col(History.id).desc())
        .limit(_LONGEST_STORY)
    )
    channels = {one.operation_id: one.channel for one in outlets}
    return [
        Step(event, who, channels.get(event.noun_id) if event.noun == "operation" else None)
        for event, who in reversed((await session.exec(query)).all())
    ]


async def _said(session: AsyncSession, submission: Submission) -> list[tuple[Message, str | None]]:
    messages = await talk.said(session, submission)
    wanted = {one.moderator_id for one in messages if one.moderator_id is not None}
    query = select(Moderator.id, Moderator.name).where(col(Moderator.id).in_(wanted))
    names = dict((await session.exec(query)).all()) if wanted else {}
    return [(one, names.get(one.moderator_id or 0)) for one in messages]


def _approved_by(decisions: Sequence[tuple[Decision, str]], article: Article | None) -> str | None:
    """Return who gave the first of two approvals, while it holds for the present version."""
    if not decisions or article is None:
        return None
    last, who = decisions[-1]
    holds = last.verdict.value == "approved_once" and last.version == article.version
    return who if holds else None
