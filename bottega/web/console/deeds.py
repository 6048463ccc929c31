"""The buttons of a case: each does one verb of the newsroom's, once, and says what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console import case
from bottega.web.console.visit import Refused, Visit
from content import (
    alts,
    decisions,
    editing,
    minors,
    replies,
    retractions,
    review,
    submissions,
    talk,
)
from content.alts import MissingAltText
from content.announced import NotFinished
from content.approvals import ApprovedAlready, may_be_approved
from content.articles import Article, of_submission
from content.corrections import Remedy
from content.decisions import LONGEST_REASON, NoReason, Verdict
from content.history import NotAllowed
from content.minors import NoRelease
from content.replies import ReplyKind
from content.retractions import NothingOut
from content.review import NobodyToAsk, NoConsent, OwnSubmission, StaleView
from content.silence import InBlackout
from content.slots import NoFreeSlot
from content.store import broke_off, locked, row_id
from content.submissions import Revision, Submission
from content.workflow import ArticleState, SubmissionState
from publishers import mending

_TRIES: Final = 3
LONGEST_MESSAGE: Final = 3000
_PLANNED: Final = ("approved", "approved_now", "corrected", "taken_down")


@dataclass(slots=True)
class Stopped(Exception):
    """The deed was not done; `why` names in case.html what to say, with what `values`."""

    why: str
    values: dict[str, Any]


Do: TypeAlias = Callable[[Visit, AsyncSession, Submission], Awaitable[str]]
_REFUSALS: Final[dict[type[Exception], str]] = {
    StaleView: "changed",
    editing.EditedMeanwhile: "changed",
    OwnSubmission: "own",
    NoRelease: "no_release",
    NoConsent: "no_consent",
    MissingAltText: "no_alt",
    ApprovedAlready: "approved_already",
    NoReason: "no_reason",
    NoFreeSlot: "no_free_slot",
    NothingOut: "nothing_out",
    NotFinished: "no_book",
    NobodyToAsk: "nobody",
}


def deed(do: Do) -> Callable[[Visit], Awaitable[Response]]:
    """Return what does a verb to the case in the path, in one transaction.

    `do` returns what to tell at the head of the case's page.
    """

    async def act(visit: Visit) -> Response:
        number = visit.number("case")
        try:
            done = await _done(visit, number, do)
        except Stopped as stopped:
            return await case.page(visit, stopped.why, HTTPStatus.CONFLICT, **stopped.values)
        if done in _PLANNED:
            visit.desk.planned()  # first of all: what is to go out now must wait for nothing
        visit.desk.happened()
        return visit.go(f"/scheda/{number}", fatto=done)

    return act


async def _done(visit: Visit, number: int, do: Do) -> str:
    for left in reversed(range(_TRIES)):
        try:
            async with visit.desk.store.transaction() as session:
                submission = await session.get(Submission, number)
                if submission is None or submission.receipt is None:
                    raise Refused(HTTPStatus.NOT_FOUND, "missing")
                return await do(visit, session, submission)
        except NotAllowed:
            raise await _decided_already(visit, number) from None
        except InBlackout as refused:
            values = {"until": refused.until, "reason": refused.reason}
            raise Stopped("in_blackout", values) from None
        except tuple(_REFUSALS) as refused:
            raise Stopped(_REFUSALS[type(refused)], {}) from None
        except IntegrityError:  # someone took the same place a moment ago
            if not left:
                raise Stopped("taken", {}) from None
        except DBAPIError as error:
            if not left or not broke_off(error):
                raise
    raise AssertionError


async def _decided_already(visit: Visit, number: int) -> Stopped:
    async with visit.desk.store.reading() as session:
        submission = await session.get_one(Submission, number)
        decided = await decisions.decision_of(session, submission)
    who = decided[1].name if decided else None
    return Stopped("decided_already", {"who": who, "state": submission.state})


async def _claim(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    await review.claim(session, submission, visit.me, now=visit.now)
    return "claimed"


async def _release(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    await review.release(session, submission, visit.me, now=visit.now)
    return "released"


async def _approve(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    article = await review.article_under_review(session, submission)
    version, immediately = visit.told("version"), visit.told("quando") == "ora"
    posts = await visit.desk.render(session, article)
    again = submission.state is SubmissionState.ACCEPTED
    planned = await review.approve(
        session,
        submission,
        visit.me,
        posts,
        version=int(version) if version.isdecimal() else 0,
        seen=visit.told("seen"),
        page_channel=visit.desk.page_channel,
        immediately=immediately,
        remedies=_remedies(visit),
        now=visit.now,
    )
    if again and article.state is ArticleState.APPROVED:
        return "corrected"
    if not planned:
        return "approved_once"
    return "approved_now" if immediately else "approved"


def _remedies(visit: Visit) -> dict[str, Remedy]:
    """Return what is to be done on each channel where an older version is out."""
    desk = visit.desk
    said = {name: visit.told(f"rimedio-{name}") for name in desk.publishers}
    return mending.chosen(desk.publishers, desk.page_channel, said)


async def _retract(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    reason = visit.told("motivo")[:LONGEST_REASON]
    try:
        await retractions.retract(session, submission, reason, by=visit.by, now=visit.now)
    except NotAllowed:
        raise Stopped("retracted_already", {}) from None
    return "taken_down"


async def _ask_changes(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    await _decide(visit, session, submission, Verdict.CHANGES_REQUESTED, ReplyKind.CHANGES)
    return "changes_requested"


async def _decline(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    await _decide(visit, session, submission, Verdict.REJECTED, ReplyKind.DECLINE)
    return "rejected"


async def _decide(
    visit: Visit,
    session: AsyncSession,
    submission: Submission,
    verdict: Verdict,
    kind: ReplyKind,
) -> None:
    """Decide with the reason that was written or else the one that was chosen."""
    chosen = await replies.find(session, visit.told("risposta"), kind)
    reason = visit.told("motivo") or (chosen.text if chosen else "")
    article = await of_submission(session, submission.id)
    posts = await visit.desk.render(session, article) if article is not None else []
    await review.decide(
        session, submission, visit.me, verdict, posts,
        reason=reason, seen=visit.told("seen"), now=visit.now,
    )  # fmt: skip


async def _record_release(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    revision = await _revision(session, submission)
    if revision.id != row_id(visit.told("revisione")):  # these are other pictures
        raise StaleView
    await minors.record_release(session, revision, visit.me, now=visit.now)
    return "release_recorded"


async def _describe(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    """Write what the pictures show, and take what was proposed where it was left as it is."""
    article = await _article(session, submission)
    await locked(session, article)
    if not may_be_approved(submission, article):  # an edit would take its approval back
        raise NotAllowed("article", article.state, ArticleState.DRAFT)
    media = [
        {**one, "alt": " ".join(visit.told(f"alt-{one['sha256']}").split()) or one.get("alt", "")}
        for one in article.media
    ]
    version = row_id(visit.told("version"))
    if media != article.media:
        await editing.edit(
            session, article, {"media": media}, by=visit.by, now=visit.now, version=version
        )
        version = article.version
    if alts.lacking(article.media):
        await editing.accept_alts(session, article, version=version, by=visit.by, now=visit.now)
    return "described"


async def _write(visit: Visit, session: AsyncSession, submission: Submission) -> str:
    """Ask the author something; the same words twice, one after the other, are sent once."""
    text = visit.told("testo")[:LONGEST_MESSAGE]
    if not text:
        raise Stopped("no_message", {})
    before = await talk.said(session, submission)
    if not before or (before[-1].moderator_id, before[-1].text) != (visit.me.id, text):
        await talk.ask(session, submission, visit.me, text, now=visit.now)
    return "asked"


async def _article(session: AsyncSession, submission: Submission) -> Article:
    article = await of_submission(session, submission.id)
    if article is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return article


async def _revision(session: AsyncSession, submission: Submission) -> Revision:
    revision = await submissions.last_sent(session, submission)
    if revision is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    return revision


claim: Final = deed(_claim)
release: Final = deed(_release)
approve: Final = deed(_approve)
ask_changes: Final = deed(_ask_changes)
decline: Final = deed(_decline)
record_release: Final = deed(_record_release)
describe: Final = deed(_describe)
write: Final = deed(_write)
retract: Final = deed(_retract)
