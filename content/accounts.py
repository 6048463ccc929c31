"""What a channel's account costs: the month's sum, derived from what went out and what was read."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.channels import Channel
from content.deliveries import Action, Operation
from content.posts import FrozenPost, NotAsApproved, Post
from content.reach import AGAIN, Reading
from content.slots import ROME
from content.threads import begun_by
from content.workflow import OperationState

PAID = (Action.CREATE, Action.REPLY)
_ON_ITS_WAY = (OperationState.SENDING, OperationState.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a channel asks for a post that is created, and for a post's figures each time.

    In US dollars; a post with all its parts.
    """

    post: Callable[[Post], Decimal]
    figures: Decimal


async def spent(session: AsyncSession, channel: str, prices: Prices, *, now: datetime) -> Decimal:
    """Return what a channel's posts and figures of this month cost, in US dollars.

    The month is that of Europe/Rome. What is on its way, or may be out, counts as gone out; of a
    thread all that is to follow as well, so that none is begun that cannot be paid to its end.
    Figures that were asked for count whether they came or not.
    """
    out = or_(
        and_(
            col(Operation.state) == OperationState.DONE,
            col(Operation.settled_at) >= month_begins(now),
        ),
        col(Operation.state).in_(_ON_ITS_WAY),
        and_(col(Operation.state) == OperationState.SCHEDULED, col(Operation.part) > 1),
    )
    posts = await _cost(session, channel, prices, out)
    if not prices.figures:
        return posts
    return posts + prices.figures * await _readings(session, channel, now=now)


async def overspent(
    session: AsyncSession, channel: str, prices: Prices, cap: Decimal, *, now: datetime
) -> bool:
    """Tell whether a month's posts, those just claimed included, cost more than the cap.

    Holds the channel's row until the end of the transaction, so that of workers that claim at the
    same time each sees what the others took.
    """
    await _hold(session, channel)
    return await spent(session, channel, prices, now=now) > cap


async def spare(
    session: AsyncSession, channel: str, prices: Prices, cap: Decimal, *, now: datetime
) -> Decimal:
    """Return what may be spent on figures: nothing of what this month's planned posts will take.

    Holds the channel's row, as `overspent`. It may be less than nothing.
    """
    await _hold(session, channel)
    planned = and_(
        col(Operation.state) == OperationState.SCHEDULED,
        col(Operation.due_at) < _month_ends(now),
        col(Operation.part) == 1,  # what follows in a thread is spent already
    )
    reserved = await _cost(session, channel, prices, planned)
    return cap - await spent(session, channel, prices, now=now) - reserved


def month_begins(now: datetime) -> datetime:
    """Return the moment (UTC) at which the present month began in Europe/Rome."""
    local = now.astimezone(ROME)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(UTC)


def _month_ends(now: datetime) -> datetime:
    return month_begins(month_begins(now) + timedelta(days=35))


async def _hold(session: AsyncSession, channel: str) -> None:
    row = select(Channel).where(Channel.name == channel).with_for_update(key_share=True)
    await session.exec(row)


async def _cost(
    session: AsyncSession, channel: str, prices: Prices, which: ColumnElement[bool]
) -> Decimal:
    query = (
        select(FrozenPost, Operation)
        .join(Operation, col(Operation.post_id) == col(FrozenPost.id))
        .where(Operation.channel == channel, col(Operation.action).in_(PAID), which)
    )
    cost = Decimal(0)
    for one, operation in (await session.exec(query)).all():
        with suppress(NotAsApproved):  # nothing is sent of it
            whole, part = begun_by(operation, one.post()), operation.part
            done = operation.state is OperationState.DONE
            cost += prices.post(whole.part(part) if done else whole.from_part(part))
    return cost


async def _readings(session: AsyncSession, channel: str, *, now: datetime) -> int:
    """Return how many posts a channel was asked about since the month began.

    A reading tried again across two months counts whole in the second: never too little.
    """
    query = (
        select(func.coalesce(func.sum(Reading.tries), 0))
        .join(Operation, col(Operation.id) == col(Reading.operation_id))
        .where(Operation.channel == channel, col(Reading.next_try_at) >= month_begins(now) + AGAIN)
    )
    return int((await session.exec(query)).one())
