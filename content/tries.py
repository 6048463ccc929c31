"""A try under way: on whose account it is made, how long it is ours, what it only began."""

from datetime import datetime
from typing import Final

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import sending
from content.deliveries import Attempt, Operation
from content.sending import Claimed
from content.workflow import OperationState

BEGUN: Final = "begun"
"""How a try ended that made something which nobody sees; its detail is the channel's id of that."""
_FAILED: Final = "failed"


async def made_on(session: AsyncSession, claimed: Claimed, account: str) -> None:
    """Note on which account a try is made, to be committed before the call.

    Another account can neither prove nor disprove what came of it.
    """
    await session.exec(
        update(Attempt)
        .where(
            col(Attempt.operation_id) == claimed.operation_id,
            col(Attempt.number) == claimed.number,
        )
        .values(account=account)
    )


async def lengthen(session: AsyncSession, claimed: Claimed, *, now: datetime) -> datetime | None:
    """Give a try that goes on a whole lease from now; return its end, None when it is not ours."""
    lengthened = await session.exec(
        update(Operation)
        .where(
            col(Operation.id) == claimed.operation_id,
            col(Operation.state) == OperationState.SENDING,
            col(Operation.tries) == claimed.number,
        )
        .values(lease_until=now + sending.LEASE)
        .execution_options(synchronize_session=False)
    )
    return now + sending.LEASE if lengthened.rowcount == 1 else None


async def begin(
    session: AsyncSession, claimed: Claimed, remote_id: str, reason: str, *, now: datetime
) -> bool:
    """Put back what was only begun, to go on at once, and keep the channel's id of it.

    False when it is no longer ours: then what was begun stays as it is, and nobody sees it.
    """
    if not await sending.postpone(session, claimed, now, reason, now=now):
        return False
    await session.exec(
        update(Attempt)
        .where(
            col(Attempt.operation_id) == claimed.operation_id,
            col(Attempt.number) == claimed.number,
        )
        .values(outcome=BEGUN, detail=remote_id)
    )
    return True


async def begun(session: AsyncSession, operation_id: int, account: str | None) -> str | None:
    """Return the channel's id under which an operation was begun on an account, if it was.

    What was refused since then came to nothing: the next try begins anew.
    """
    query = select(Attempt).where(
        Attempt.operation_id == operation_id, col(Attempt.outcome).in_((BEGUN, _FAILED))
    )
    last = (await session.exec(query.order_by(col(Attempt.number).desc()).limit(1))).first()
    if last is None or last.outcome != BEGUN or last.account != account:
        return None
    return last.detail
