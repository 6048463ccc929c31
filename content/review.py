"""The newsroom's judgement: who has a case in charge, what was decided, and on which text."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article, of_submission
from content.deliveries import Operation, call_off
from content.history import Actor, NotAllowed, change_state, record
from content.people import Moderator, Participant
from content.planning import plan
from content.posts import Post, freeze
from content.store import by_value
from content.submissions import Submission
from content.workflow import ARTICLE, SUBMISSION, ArticleState, SubmissionState

SHORT_HASH: Final = 8


class Verdict(StrEnum):
    """What a moderator may decide."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"


class Claim(SQLModel, table=True):
    """Who has a submission in charge."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    moderator_id: int = Field(foreign_key="moderator.id")
    claimed_at: datetime


class Decision(SQLModel, table=True):
    """One verdict, with the reason and the hash of what the moderator saw; append-only."""

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    moderator_id: int = Field(foreign_key="moderator.id")
    verdict: Verdict = Field(sa_column=by_value(Verdict))
    reason: str | None = None
    seen_sha256: str
    decided_at: datetime


class StaleView(Exception):
    """What the moderator saw is no longer what the case says."""


class OwnSubmission(Exception):
    """Nobody judges what they told themselves."""


async def claim(
    session: AsyncSession, submission: Submission, moderator: Moderator, *, now: datetime
) -> None:
    """Take a submission in charge; raises NotAllowed when it is not waiting."""
    by = Actor("moderator", moderator.id)
    await change_state(
        session, submission, SUBMISSION, SubmissionState.IN_REVIEW, verb="claimed", by=by, now=now
    )
    await session.merge(
        Claim(submission_id=submission.id, moderator_id=moderator.id, claimed_at=now)
    )


async def release(
    session: AsyncSession, submission: Submission, moderator: Moderator, *, now: datetime
) -> None:
    """Put a submission back among those that wait; raises NotAllowed when it is not in review."""
    by = Actor("moderator", moderator.id)
    await change_state(
        session, submission, SUBMISSION, SubmissionState.SUBMITTED, verb="released", by=by, now=now
    )


async def decide(
    session: AsyncSession,
    submission: Submission,
    moderator: Moderator,
    verdict: Verdict,
    *,
    reason: str | None,
    seen: str,
    now: datetime,
) -> Decision:
    """Decide a case once, taking it in charge if nobody had.

    `seen` is the hash of what was on the moderator's screen. Raises NotAllowed when the case is
    decided already, OwnSubmission.
    """
    assert reason or verdict is Verdict.ACCEPTED
    author = await session.get_one(Participant, submission.participant_id)
    if author.telegram_id == moderator.telegram_id:
        raise OwnSubmission
    if submission.state is SubmissionState.SUBMITTED:
        await claim(session, submission, moderator, now=now)
    await change_state(
        session,
        submission,
        SUBMISSION,
        SubmissionState(verdict.value),
        verb=verdict.value,
        by=Actor("moderator", moderator.id),
        now=now,
        data={"reason": reason, "seen": seen, "moderator": moderator.name},
    )
    decision = Decision(
        submission_id=submission.id,
        moderator_id=moderator.id,
        verdict=verdict,
        reason=reason,
        seen_sha256=seen,
        decided_at=now,
    )
    session.add(decision)
    await session.flush()
    return decision


async def approve(
    session: AsyncSession,
    submission: Submission,
    moderator: Moderator,
    posts: Sequence[Post],
    *,
    version: int,
    seen: str,
    page_channel: str | None,
    immediately: bool,
    now: datetime,
) -> list[Operation]:
    """Accept a case: its posts are frozen, take their places and are planned, all at once.

    `posts` were rendered from the article's `version`, and `seen` is the hash that the moderator
    saw: raises StaleView when either is no longer so, beside what `decide` raises.
    """
    article = await article_under_review(session, submission)
    if article.version != version or not views_match(posts, seen):
        raise StaleView
    await decide(session, submission, moderator, Verdict.ACCEPTED, reason=None, seen=seen, now=now)
    by = Actor("moderator", moderator.id)
    await change_state(
        session,
        article,
        ARTICLE,
        ArticleState.APPROVED,
        verb="approved",
        by=by,
        now=now,
        data={"version": version, "posts": {post.channel: post.sha256 for post in posts}},
    )
    frozen = await freeze(session, article.id, version, posts, now=now)
    return await plan(
        session, article, frozen, page_channel, by=by, now=now, immediately=immediately
    )


async def edit(
    session: AsyncSession, article: Article, changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> Article:
    """Change an article as a person asks; an approved one becomes a draft again.

    What was planned of it and is not on its way is dropped with the approval.
    """
    if article.state is ArticleState.APPROVED:
        await change_state(
            session, article, ARTICLE, ArticleState.DRAFT, verb="reopened", by=by, now=now
        )
        await call_off(session, article.id, by=by, now=now)
    for name, value in changes.items():
        setattr(article, name, value)
    article.version += 1
    session.add(article)
    await session.flush()
    await record(
        session,
        "article",
        article.id,
        "edited",
        by=by,
        now=now,
        data={"version": article.version, "fields": sorted(changes)},
    )
    return article


async def article_under_review(session: AsyncSession, submission: Submission) -> Article:
    """Return the article of a case that can be judged; raises NotAllowed when it has none yet."""
    article = await of_submission(session, submission.id)
    if article is None:
        raise NotAllowed("submission", submission.state, SubmissionState.ACCEPTED)
    return article


async def decision_of(
    session: AsyncSession, submission: Submission
) -> tuple[Decision, Moderator] | None:
    """Return the last decision of a case and who took it."""
    query = (
        select(Decision, Moderator)
        .join(Moderator, col(Moderator.id) == col(Decision.moderator_id))
        .where(Decision.submission_id == submission.id)
        .order_by(col(Decision.id).desc())
    )
    return (await session.exec(query)).first()


def view_hash(posts: Sequence[Post]) -> str:
    """Return one hash for all that would be sent: what a moderator sees when judging."""
    return hashlib.sha256("".join(sorted(post.sha256 for post in posts)).encode()).hexdigest()


def views_match(posts: Sequence[Post], seen: str) -> bool:
    """Whether a (possibly shortened) hash is that of these posts."""
    return len(seen) >= SHORT_HASH and view_hash(posts).startswith(seen)
