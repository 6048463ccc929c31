"""What time alone ends: the lease of a sender that died, and what is no longer news."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.deliveries import Delivery, Operation
from content.endings import resolve
from content.history import NEWSROOM
from content.readiness import missed
from content.sending import end
from content.workflow import OperationState


async def expire_leases(session: AsyncSession, *, now: datetime, all_of_them: bool = False) -> int:
    """Leave unconfirmed every operation whose sender died with it in hand; return how many.

    `all_of_them` does not wait for the leases: only for an engine that knows it is alone.
    """
    conditions = [col(Operation.state) == OperationState.SENDING]
    if not all_of_them:
        conditions.append(col(Operation.lease_until) < now)
    stale = await _free(session, *conditions)
    for operation in stale:
        await resolve(
            session,
            operation,
            OperationState.UNCONFIRMED,
            "unconfirmed",
            by=NEWSROOM,
            now=now,
            problem=None,
            next_try_at=now,
        )
        # Up to now it may have been sent: the channel's settling time begins here.
        await end(session, operation.id, operation.tries, "interrupted", None, now=now)
    return len(stale)


async def miss_late(session: AsyncSession, *, now: datetime) -> int:
    """Mark as missed what is too late to be news; return how many."""
    late = await _free(session, *missed(now))
    for operation in late:
        await resolve(
            session,
            operation,
            OperationState.MISSED,
            "missed",
            by=NEWSROOM,
            now=now,
            settled_at=now,
        )
    return len(late)


async def _free(session: AsyncSession, *conditions: ColumnElement[bool]) -> Sequence[Operation]:
    """Return the operations that nobody has in hand, which are in ours now, as deliveries.in_hand.

    Others wait for the next time: whoever has several articles in hand waits for none.
    """
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(*conditions)
        .order_by(col(Operation.id))
        .with_for_update(of=(Article, Operation), key_share=True, skip_locked=True)
    )
    return (await session.exec(query)).all()
