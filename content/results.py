"""What was published where: every post that is out, the newest first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import reach
from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.reach import Figures
from content.store import Store
from content.submissions import Submission
from content.workflow import OperationState

PAGE: Final = 50
COUNTED: Final = 1000
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts are wanted: all that is given must hold; moments are in UTC, the end excluded."""

    channel: str = ""
    lab_id: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A post that is out, and the case that it tells."""

    operation_id: int
    submission_id: int
    receipt: str
    title: str
    organisation: str
    channel: str
    at: datetime
    permalink: str
    retracted: bool
    figures: Figures | None
    """What came of it as far as anybody read it."""


async def page(
    session: AsyncSession, wanted: Wanted, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Result], int | None]:
    """Return a page of what is out, and the key of the next page if there is one.

    `before` is the key that the page before gave. What was retracted since is said to be so.
    """
    query = _where(select(Operation, Submission, Article), wanted)
    if before is not None:
        query = query.where(col(Operation.id) < before)
    found = (await session.exec(query.order_by(col(Operation.id).desc()).limit(limit + 1))).all()
    gone = await _retracted(session, [one.delivery_id for one, _, _ in found])
    figures = await reach.of_posts(session, [one.id for one, _, _ in found])
    results = [
        Result(
            one.id, case.id, case.receipt or "", article.title, article.organisation, one.channel,
            one.settled_at or one.due_at, one.permalink or "",
            (one.delivery_id, one.remote_id) in gone, figures.get(one.id),
        )
        for one, case, article in found[:limit]
    ]  # fmt: skip
    return results, results[-1].operation_id if len(found) > limit else None


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many posts are out; COUNTED + 1 stands for any greater number."""
    some = _where(select(Operation.id), wanted).limit(COUNTED + 1).subquery()
    return (await session.exec(select(func.count()).select_from(some))).one()


async def everything(store: Store, wanted: Wanted) -> AsyncIterator[Sequence[Result]]:
    """Yield all that is wanted, the newest first, in batches that hold no connection between."""
    before: int | None = None
    while True:
        async with store.reading() as session:
            results, before = await page(session, wanted, before=before, limit=_BATCH)
        yield results
        if before is None:
            return


def _where(query: Any, wanted: Wanted) -> Any:
    query = (
        query.join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .join(Submission, col(Submission.id) == col(Article.submission_id))
    )
    return narrowed(query, wanted)


def narrowed(query: Any, wanted: Wanted) -> Any:
    """Return a query over Operation and Submission, of what is out and wanted alone."""
    query = query.where(Operation.state == OperationState.DONE, Operation.action == Action.CREATE)
    if wanted.channel:
        query = query.where(Operation.channel == wanted.channel)
    if wanted.lab_id is not None:
        query = query.where(Submission.lab_id == wanted.lab_id)
    if wanted.begins is not None:
        query = query.where(col(Operation.settled_at) >= wanted.begins)
    if wanted.ends is not None:
        query = query.where(col(Operation.settled_at) < wanted.ends)
    return query


async def _retracted(
    session: AsyncSession, deliveries: Sequence[int]
) -> set[tuple[int, str | None]]:
    query = select(Operation.delivery_id, Operation.remote_id).where(
        col(Operation.delivery_id).in_(deliveries),
        Operation.action == Action.DELETE,
        Operation.state == OperationState.DONE,
    )
    return set((await session.exec(query)).all())
