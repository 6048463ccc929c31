"""What goes out when: the posts of some days, by their time, and how each stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Action, Delivery, Operation
from content.workflow import OperationState


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of the calendar; `local_time` is ISO without a zone, as people in Rome say it."""

    operation_id: int
    submission_id: int
    title: str
    channel: str
    action: Action
    state: OperationState
    local_time: str
    held: bool
    permalink: str | None


async def between(
    session: AsyncSession, channels: Collection[str], begins: datetime, ends: datetime
) -> list[Entry]:
    """Return what goes out, or went, from one moment to just before another, by its time.

    What was cancelled is left out.
    """
    query = _of(channels).where(
        col(Operation.due_at) >= begins,
        col(Operation.due_at) < ends,
        Operation.state != OperationState.CANCELLED,
    )
    return [_entry(*row) for row in (await session.exec(query)).all()]


async def following(
    session: AsyncSession, channels: Collection[str], after: datetime
) -> Entry | None:
    """Return the first post that is planned from a moment on."""
    query = _of(channels).where(
        col(Operation.due_at) >= after, Operation.state == OperationState.SCHEDULED
    )
    found = (await session.exec(query.limit(1))).first()
    return _entry(*found) if found else None


def _of(channels: Collection[str]) -> Any:
    return (
        select(Operation, Article.submission_id, Article.title)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(col(Operation.channel).in_(channels))
        .order_by(col(Operation.due_at), col(Operation.id))
    )


def _entry(operation: Operation, submission_id: int, title: str) -> Entry:
    return Entry(
        operation_id=operation.id,
        submission_id=submission_id,
        title=title,
        channel=operation.channel,
        action=operation.action,
        state=operation.state,
        local_time=operation.local_time,
        held=operation.hold_reason is not None,
        permalink=operation.permalink,
    )
