"""The newsroom's judgement: who has a case in charge, what was decided, and on which text."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import alts, announced, consents
from content.alts import MissingAltText
from content.approvals import may_be_approved, verdict_of
from content.articles import Article, of_submission
from content.corrections import NO_REMEDIES, Remedies, plan_again
from content.decisions import FAVOURABLE, Decision, Verdict, next_of, reasoned
from content.deliveries import Operation
from content.history import Actor, NotAllowed, change_state, record
from content.minors import NoRelease, lacks_release, pictures
from content.people import Moderator, Participant
from content.planning import plan
from content.posts import Post, freeze
from content.standing import operations_of
from content.store import locked
from content.submissions import Revision, Submission, last_sent
from content.workflow import ARTICLE, SUBMISSION, ArticleState, SubmissionState

SHORT_HASH: Final = 8
_UNDECIDED: Final = (SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW)


class Claim(SQLModel, table=True):
    """Who has a submission in charge."""

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    moderator_id: int = Field(foreign_key="moderator.id")
    claimed_at: datetime


class StaleView(Exception):
    """What the moderator saw is no longer what the case says."""


class NoConsent(Exception):
    """The author lets the piece go to no channel."""


class NobodyToAsk(Exception):
    """The piece is the newsroom's own: it is edited, there is no author to ask for changes."""


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
    posts: Sequence[Post] = (),
    *,
    reason: str | None,
    seen: str,
    now: datetime,
) -> Decision:
    """Decline a case, or ask for changes, once; it is taken in charge if nobody had it.

    `seen` is the hash of what was on the moderator's screen, `posts` what would be there now, none
    before there is a draft: raises StaleView when they differ, or the author sent other words
    since. Raises NotAllowed when the case is decided already, OwnSubmission, NoReason,
    NobodyToAsk.
    """
    assert verdict not in FAVOURABLE  # approve() does that
    said = reasoned(verdict, reason)
    await locked(session, submission)
    if submission.state not in _UNDECIDED:
        raise NotAllowed("submission", submission.state, SubmissionState(verdict.value))
    await _require_another(session, submission, moderator)
    article = await of_submission(session, submission.id)
    if article is not None and not await _is_newest(session, submission, article):
        raise StaleView
    if not views_match(posts, seen):
        raise StaleView
    if verdict is Verdict.CHANGES_REQUESTED:
        await _require_author(session, submission)
    decision = await next_of(
        session, submission, moderator, verdict, reason=said, seen=seen, version=None, now=now
    )
    return await _decided(session, submission, moderator, decision, now=now)


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
    remedies: Remedies = NO_REMEDIES,
    now: datetime,
) -> list[Operation]:
    """Accept a case: its posts are frozen, take their places and are planned, all at once.

    `posts` were rendered from the article's `version`, and `seen` is the hash that the moderator
    saw: raises StaleView when either is no longer so, or the author took back their consent to a
    channel; NoConsent when they consent to none, NoRelease, MissingAltText, OwnSubmission,
    NotFinished where it announces an e-book that readers do not have, and NotAllowed when there is
    nothing to approve. Where the Lab asks for two approvals the first plans nothing, and one more
    by the same moderator raises ApprovedAlready. An accepted case whose article was edited is
    approved again: what is out is put right as `remedies` says.
    """
    await operations_of(session, submission.id)  # or one is taken while we decide
    article = await _locked(session, submission)
    await _require_another(session, submission, moderator)
    await _require_seen(session, submission, article, posts, version, seen, page_channel)
    await _require_fit(session, article)
    await announced.require_book(session, submission.id)
    verdict = await verdict_of(session, submission, moderator, article.version, view_hash(posts))
    again = submission.state is SubmissionState.ACCEPTED
    decision = await next_of(
        session, submission, moderator, verdict,
        reason=None, seen=view_hash(posts), version=version, now=now,
    )  # fmt: skip
    await _decided(session, submission, moderator, decision, now=now)
    if verdict is Verdict.APPROVED_ONCE:
        return []
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
    if not again:
        return await plan(
            session, article, frozen, page_channel, by=by, now=now, immediately=immediately
        )
    return await plan_again(
        session, article, frozen, page_channel, remedies, by=by, now=now, immediately=immediately
    )


async def article_under_review(session: AsyncSession, submission: Submission) -> Article:
    """Return the article of a case that can be judged; raises NotAllowed when it has none yet."""
    article = await of_submission(session, submission.id)
    if article is None:
        raise NotAllowed("submission", submission.state, SubmissionState.ACCEPTED)
    return article


def view_hash(posts: Sequence[Post]) -> str:
    """Return one hash for all that would be sent: what a moderator sees when judging."""
    return hashlib.sha256("".join(sorted(post.sha256 for post in posts)).encode()).hexdigest()


def views_match(posts: Sequence[Post], seen: str) -> bool:
    """Whether a (possibly shortened) hash is that of these posts."""
    return len(seen) >= SHORT_HASH and view_hash(posts).startswith(seen)


async def _decided(
    session: AsyncSession,
    submission: Submission,
    moderator: Moderator,
    decision: Decision,
    *,
    now: datetime,
) -> Decision:
    """Write a decision down, and what comes of it for the case."""
    by, verdict = Actor("moderator", moderator.id), decision.verdict
    data = {
        "reason": decision.reason,
        "seen": decision.seen_sha256,
        "decision": decision.sha256,
    }
    if submission.state is SubmissionState.SUBMITTED:
        await claim(session, submission, moderator, now=now)
    again = verdict is Verdict.ACCEPTED and submission.state is SubmissionState.ACCEPTED
    if again or verdict is Verdict.APPROVED_ONCE:
        verb = "approved_once" if verdict is Verdict.APPROVED_ONCE else "approved_again"
        await record(session, "submission", submission.id, verb, by=by, now=now, data=data)
    else:
        to = SubmissionState(verdict.value)
        await change_state(
            session, submission, SUBMISSION, to, verb=verdict.value, by=by, now=now, data=data
        )
    session.add(decision)
    await session.flush()
    return decision


async def _locked(session: AsyncSession, submission: Submission) -> Article:
    """Return the article of a case as both stand now; nobody else changes them meanwhile."""
    query = (
        select(Submission, Article)
        .join(Article, col(Article.submission_id) == col(Submission.id))
        .where(Submission.id == submission.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(query)).first()
    if found is None or not may_be_approved(submission, found[1]):
        raise NotAllowed("submission", submission.state, SubmissionState.ACCEPTED)
    return found[1]


async def _require_another(
    session: AsyncSession, submission: Submission, moderator: Moderator
) -> None:
    author = await session.get_one(Participant, submission.participant_id)
    if author.telegram_id == moderator.telegram_id:
        raise OwnSubmission


async def _require_author(session: AsyncSession, submission: Submission) -> None:
    author = await session.get_one(Participant, submission.participant_id)
    if not author.hears:
        raise NobodyToAsk


async def _require_seen(
    session: AsyncSession,
    submission: Submission,
    article: Article,
    posts: Sequence[Post],
    version: int,
    seen: str,
    page_channel: str | None,
) -> None:
    """See that the posts are what the moderator saw, and what the author lets out."""
    channels = [post.channel for post in posts]
    author = submission.participant_id
    allowed = await consents.permitted(session, author, channels, page_channel)
    if not await _is_newest(session, submission, article):
        raise StaleView
    if article.version != version or not views_match(posts, seen) or allowed != channels:
        raise StaleView
    if not posts:
        raise NoConsent


async def _is_newest(session: AsyncSession, submission: Submission, article: Article) -> bool:
    """Whether an article is of the last words that its author sent."""
    newest = await last_sent(session, submission)
    return newest is not None and newest.id == article.revision_id


async def _require_fit(session: AsyncSession, article: Article) -> None:
    """See that the pictures may be shown, and can be read by who cannot see them."""
    revision = await session.get_one(Revision, article.revision_id)
    if pictures(article.media) and await lacks_release(session, revision):
        raise NoRelease
    if alts.lacking(article.media):
        raise MissingAltText
