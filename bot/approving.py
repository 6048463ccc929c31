"""The presses that let a case out: its approval, and what its pictures need before."""

from collections.abc import Mapping
from typing import Final

from bot import arrivals, cards, texts
from bot.turn import Turn
from content import editing, minors, review
from content.alts import MissingAltText
from content.announced import NotFinished
from content.approvals import ApprovedAlready
from content.decisions import decision_of
from content.history import Actor, NotAllowed
from content.minors import NoRelease
from content.people import Moderator
from content.review import NoConsent, OwnSubmission, StaleView
from content.store import row_id
from content.submissions import Revision, Submission
from content.workflow import ArticleState
from publishers import mending

_REFUSALS: Final[Mapping[type[Exception], str]] = {
    OwnSubmission: "YOUR_OWN",
    NoRelease: "NO_RELEASE",
    NoConsent: "NO_CONSENT",
    MissingAltText: "MISSING_ALTS",
    ApprovedAlready: "NEEDS_ANOTHER",
    NotFinished: "NO_BOOK",
}
"""What is said where an approval is refused, by its name in the texts."""


async def approve(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    """Approve what the moderator saw, for now or for the next places."""
    what, version, seen = said.split(":")
    article = await review.article_under_review(turn.session, submission)
    posts = await turn.newsroom.render(turn.session, article)
    try:
        await review.approve(
            turn.session,
            submission,
            member,
            posts,
            version=int(version) if version.isdecimal() else 0,
            seen=seen,
            page_channel=turn.newsroom.page_channel,
            immediately=what == "now",
            remedies=mending.chosen(turn.newsroom.publishers, turn.newsroom.page_channel, {}),
            now=turn.now,
        )
    except NotAllowed:
        return await decided_already(turn, submission)
    except StaleView:
        return await changed_meanwhile(turn, submission)
    except tuple(_REFUSALS) as refused:
        return str(getattr(texts, _REFUSALS[type(refused)]))
    return "" if article.state is ArticleState.APPROVED else texts.FIRST_APPROVAL


async def accept_alts(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    """Take the proposed descriptions as they are; the card follows the history."""
    article = await review.article_under_review(turn.session, submission)
    by, version = Actor("moderator", member.id), row_id(said.split(":")[1])
    try:
        done = await editing.accept_alts(
            turn.session, article, version=version, by=by, now=turn.now
        )
    except editing.EditedMeanwhile:
        return await changed_meanwhile(turn, submission)
    return "" if done else texts.ALREADY_SOLVED


async def record_release(turn: Turn, submission: Submission, member: Moderator, said: str) -> str:
    """Note that the release arrived by other means; the card follows the history."""
    article = await review.article_under_review(turn.session, submission)
    if article.revision_id != row_id(said.split(":")[1]):
        return await changed_meanwhile(turn, submission)
    revision = await turn.session.get_one(Revision, article.revision_id)
    done = await minors.record_release(turn.session, revision, member, now=turn.now)
    return "" if done else texts.ALREADY_SOLVED


async def changed_meanwhile(turn: Turn, submission: Submission) -> str:
    """Bring the card of a case as it is now, and say that what was seen is no more."""
    await cards.put(turn.newsroom, turn.session, submission)
    await arrivals.leave(turn.session, submission.id)
    return texts.CHANGED_MEANWHILE


async def decided_already(turn: Turn, submission: Submission) -> str:
    """Say that someone was faster, and who."""
    decided = await decision_of(turn.session, submission)
    return texts.decided_already(submission.state, decided[1].name if decided else None)
