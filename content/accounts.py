"""What a channel's account costs: the sum of the month, derived from the posts that went out."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.channels import Channel
from content.deliveries import Action, Operation
from content.posts import FrozenPost, Post
from content.slots import ROME
from content.workflow import OperationState

Price: TypeAlias = Callable[[Post], Decimal]
"""What a channel asks for creating a post, in US dollars."""

PAID = (Action.CREATE, Action.REPLY)
_ON_ITS_WAY = (OperationState.SENDING, OperationState.UNCONFIRMED)


async def spent(session: AsyncSession, channel: str, price: Price, *, now: datetime) -> Decimal:
    """Return what a channel's posts of this month cost, in US dollars.

    The month is that of Europe/Rome. What is on its way, or may be out, counts as gone out.
    """
    query = (
        select(FrozenPost)
        .join(Operation, col(Operation.post_id) == col(FrozenPost.id))
        .where(
            Operation.channel == channel,
            col(Operation.action).in_(PAID),
            or_(
                and_(
                    col(Operation.state) == OperationState.DONE,
                    col(Operation.settled_at) >= month_begins(now),
                ),
                col(Operation.state).in_(_ON_ITS_WAY),
            ),
        )
    )
    posts = (await session.exec(query)).all()
    return sum((price(one.post()) for one in posts), Decimal(0))


async def overspent(
    session: AsyncSession, channel: str, price: Price, cap: Decimal, *, now: datetime
) -> bool:
    """Tell whether a month's posts, those just claimed included, cost more than the cap.

    Holds the channel's row until the end of the transaction, so that of workers that claim at the
    same time each sees what the others took.
    """
    row = select(Channel).where(Channel.name == channel).with_for_update(key_share=True)
    await session.exec(row)
    return await spent(session, channel, price, now=now) > cap


def month_begins(now: datetime) -> datetime:
    """Return the moment (UTC) at which the present month began in Europe/Rome."""
    local = now.astimezone(ROME)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(UTC)
