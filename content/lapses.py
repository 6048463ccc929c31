"""What time alone ends: the lease of a sender that died, and what is no longer news."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import Operation
from content.endings import resolve
from content.history import NEWSROOM
from content.readiness import missed
from content.sending import end
from content.workflow import OperationState


async def expire_leases(session: AsyncSession, *, now: datetime, all_of_them: bool = False) -> int:
    """Leave unconfirmed every operation whose sender died with it in hand; return how many.

    `all_of_them` does not wait for the leases: only for an engine that knows it is alone.
    """
    query = select(Operation).where(Operation.state == OperationState.SENDING)
    if not all_of_them:
        query = query.where(col(Operation.lease_until) < now)
    stale = (await session.exec(query.with_for_update(skip_locked=True))).all()
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
    query = select(Operation).where(*missed(now)).order_by(col(Operation.id))
    late = (await session.exec(query.with_for_update(skip_locked=True))).all()
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
