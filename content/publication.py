"""Which articles of a Lab are out, in which version, since when, and which may be in its e-book."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.consents import EBOOK, Permission
from content.deliveries import Action, Delivery, Operation
from content.editions import Announcement
from content.history import History
from content.people import Participant
from content.posts import FrozenPost
from content.submissions import Submission
from content.workflow import ArticleState, OperationState

_ASKED: Final = frozenset({"retraction_requested", "erasure_requested"})


class Absence(StrEnum):
    """Why an article is not in an edition."""

    RETRACTED = "retracted"
    NOT_OUT = "not_out"
    """Nothing of it ever came out in the column."""
    NO_CONSENT = "no_consent"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ASKED_BACK = "asked_back"
    """Its author asked that it be taken away, or to be forgotten."""
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article stands: `version` is the one that is out, first at `at`, last at `changed_at`.

    `absence` says why it may be in no e-book, None when it may.
    """

    article: Article
    version: int
    at: datetime | None
    changed_at: datetime | None
    permalink: str
    absence: Absence | None


async def of_lab(session: AsyncSession, lab_id: int, page: str) -> list[Standing]:
    """Return how each article of a Lab stands, in the order in which they came out.

    `page` is the channel of the web column. Those that were never approved are not among them, nor
    what announces an e-book.
    """
    query = (
        select(Article, Submission, Participant)
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .join(Participant, col(Participant.id) == col(Submission.participant_id))
        .where(
            Submission.lab_id == lab_id,
            ~exists().where(col(Announcement.submission_id) == col(Submission.id)),
        )
        .order_by(col(Article.id))
    )
    rows = (await session.exec(query)).all()
    outs = await _outs(session, lab_id, page)
    permissions = await _permissions(session, {person.id for _, _, person in rows})
    asked = await _asked_back(session, [case.id for _, case, _ in rows])
    standings = []
    for article, case, person in rows:
        out = outs.get(article.id, ())
        if not out and article.state is not ArticleState.RETRACTED:
            continue
        gone = case.id in asked or person.erased_at is not None
        absence = _absence(article, out, gone, permissions.get(person.id))
        standings.append(_standing(article, out, absence))
    return sorted(standings, key=lambda one: one.at or one.article.created_at)


def _absence(
    article: Article,
    out: Sequence[tuple[Operation, int]],
    asked_back: bool,
    permission: Permission | None,
) -> Absence | None:
    taken = any(
        one.action is Action.DELETE and one.state is not OperationState.CANCELLED for one, _ in out
    )
    if article.state is ArticleState.RETRACTED or taken:
        return Absence.RETRACTED
    if asked_back:
        return Absence.ASKED_BACK
    if not any(_is_out(one) for one, _ in out):
        return Absence.NOT_OUT
    if permission is None:
        return Absence.NO_CONSENT
    return Absence.CONSENT_WITHDRAWN if permission.withdrawn_at is not None else None


def _standing(
    article: Article, out: Sequence[tuple[Operation, int]], absence: Absence | None
) -> Standing:
    done = [(one, version) for one, version in out if _is_out(one)]
    if not done:
        return Standing(article, article.version, None, None, "", absence)
    (first, _), (last, version) = done[0], done[-1]
    at = first.settled_at or first.due_at
    changed = last.settled_at or last.due_at
    return Standing(article, version, at, changed, last.permalink or "", absence)


def _is_out(operation: Operation) -> bool:
    done = operation.state is OperationState.DONE
    return done and operation.action in (Action.CREATE, Action.EDIT)


async def _outs(
    session: AsyncSession, lab_id: int, page: str
) -> Mapping[int, list[tuple[Operation, int]]]:
    """Return the operations of the column on a Lab's articles, each with its post's version."""
    query = (
        select(Operation, FrozenPost.version, Delivery.article_id)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
        .where(Submission.lab_id == lab_id, Operation.channel == page)
        .order_by(col(Operation.id))
    )
    found: dict[int, list[tuple[Operation, int]]] = {}
    for operation, version, article_id in (await session.exec(query)).all():
        found.setdefault(article_id, []).append((operation, version))
    return found


async def _permissions(session: AsyncSession, people: Collection[int]) -> Mapping[int, Permission]:
    query = select(Permission).where(
        Permission.purpose == EBOOK, col(Permission.participant_id).in_(people)
    )
    return {one.participant_id: one for one in (await session.exec(query)).all()}


async def _asked_back(session: AsyncSession, cases: Collection[int]) -> frozenset[int]:
    query = select(History.noun_id).where(
        History.noun == "submission", col(History.noun_id).in_(cases), col(History.verb).in_(_ASKED)
    )
    return frozenset((await session.exec(query)).all())
