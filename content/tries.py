"""A try under way: on whose account it is made, and how long it is ours."""

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import Attempt
from content.sending import Claimed


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
