"""The record to be read: everything that happened, filtered, a page at a time, the newest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Delivery, Operation
from content.history import History
from content.people import Moderator, Participant
from content.store import Store
from content.submissions import Submission

PAGE: Final = 100
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: all that is given must hold.

    `actor` is the kind of who did it, `moderator_id` one of the newsroom; `receipt` names a case,
    whose article and operations count as well; `begins` and `ends` are moments in UTC, the second
    one excluded.
    """

    noun: str = ""
    verb: str = ""
    actor: str = ""
    moderator_id: int | None = None
    receipt: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the record, and the name of the person who did it, where it was one."""

    row: History
    who: str | None


async def page(
    session: AsyncSession, wanted: Wanted, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Entry], int | None]:
    """Return a page of the record, and the key of the next page if there is one.

    `before` is the key that the page before gave.
    """
    query = (
        select(History, Moderator.name, Participant.name)
        .join(Moderator, _by("moderator", col(Moderator.id)), isouter=True)
        .join(Participant, _by("participant", col(Participant.id)), isouter=True)
        .where(*await _conditions(session, wanted))
    )
    if before is not None:
        query = query.where(col(History.id) < before)
    found = (await session.exec(query.order_by(col(History.id).desc()).limit(limit + 1))).all()
    entries = [Entry(row, member or person) for row, member, person in found[:limit]]
    return entries, entries[-1].row.id if len(found) > limit else None


async def everything(store: Store, wanted: Wanted) -> AsyncIterator[Sequence[Entry]]:
    """Yield all that is wanted, the newest first, in batches that hold no connection between."""
    before: int | None = None
    while True:
        async with store.reading() as session:
            entries, before = await page(session, wanted, before=before, limit=_BATCH)
        yield entries
        if before is None:
            return


def _by(kind: str, number: Any) -> Any:
    return and_(col(History.actor) == kind, number == col(History.actor_id))


async def _conditions(session: AsyncSession, wanted: Wanted) -> list[Any]:
    conditions: list[Any] = [
        getattr(History, name) == value
        for name, value in (("noun", wanted.noun), ("verb", wanted.verb), ("actor", wanted.actor))
        if value
    ]
    if wanted.moderator_id is not None:
        conditions.append(_by("moderator", wanted.moderator_id))
    if wanted.begins is not None:
        conditions.append(col(History.at) >= wanted.begins)
    if wanted.ends is not None:
        conditions.append(col(History.at) < wanted.ends)
    if wanted.receipt:
        conditions.append(await _of_case(session, wanted.receipt))
    return conditions


async def _of_case(session: AsyncSession, receipt: str) -> Any:
    query = (
        select(Submission.id, Article.id, Operation.id)
        .join(Article, col(Article.submission_id) == col(Submission.id), isouter=True)
        .join(Delivery, col(Delivery.article_id) == col(Article.id), isouter=True)
        .join(Operation, col(Operation.delivery_id) == col(Delivery.id), isouter=True)
        .where(Submission.receipt == receipt)
    )
    found = (await session.exec(query)).all()
    ids = [set(column) - {None} for column in zip(*found, strict=True)] if found else [set()] * 3
    return or_(
        *(
            and_(col(History.noun) == noun, col(History.noun_id).in_(numbers))
            for noun, numbers in zip(("submission", "article", "operation"), ids, strict=True)
        )
    )
