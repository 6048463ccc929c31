"""A try under way: on whose account it is made, and how long it is ours."""

from datetime import datetime

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import sending
from content.deliveries import Attempt, Operation
from content.sending import Claimed
from content.workflow import OperationState


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
