"""Where a channel's week has room for one more post."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from sqlmodel import col, select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from content import silence
from content.channels import Channel
from content.deliveries import TAKES_ITS_PLACE, Action, Operation
from content.slots import DAYS_AHEAD, NoFreeSlot, Place, places, week

_AHEAD: Final = timedelta(days=DAYS_AHEAD + 1)


async def next_free(session: AsyncSession, channel: str, after: datetime) -> Place:
    """Return a channel's next free place after a moment; raises NoFreeSlot.

    Free is what nobody has, outside quiet hours and blackouts, and no nearer to another post of
    the channel than its gap.
    """
    found = next(await _openings(session, channel, after, after + _AHEAD), None)
    if found is None:
        raise NoFreeSlot(channel)
    return found


async def free_between(
    session: AsyncSession, channel: str, after: datetime, ends: datetime
) -> list[Place]:
    """Return a channel's free places after a moment and before another, each free by itself."""
    found = await _openings(session, channel, after, min(ends, after + _AHEAD))
    return list(takewhile(lambda place: place.due_at < ends, found))


async def _openings(
    session: AsyncSession, channel: str, after: datetime, ends: datetime
) -> Iterator[Place]:
    """Yield the free places after a moment; what is told of those from `ends` on is not looked up.

    An archive of years must not be read for one week.
    """
    rules = await session.get_one(Channel, channel)
    slots = await week(session, channel)
    occupied = await _occupied(session, [slot.id for slot in slots], after, ends)
    blackouts = await silence.ahead(session, now=after)
    gap = rules.gap
    others = await _moments(session, channel, after, ends, gap) if gap else []
    return (
        place
        for place in places(slots, after)
        if (place.slot_id, place.day) not in occupied
        and not rules.is_quiet(place.due_at)
        and not any(one.holds(place.due_at) for one in blackouts)
        and all(abs(place.due_at - other) >= gap for other in _around(others, place.due_at))
    )


async def find(
    session: AsyncSession, channel: str, slot_id: int, day: date, *, now: datetime
) -> Place | None:
    """Return the place of a channel's slot on a day, None where there is none ahead."""
    ahead = places([one for one in await week(session, channel) if one.id == slot_id], now)
    return next((place for place in ahead if place.day == day), None)


async def _occupied(
    session: AsyncSession, slot_ids: Sequence[int], after: datetime, ends: datetime
) -> set[tuple[Any, Any]]:
    query = select(col(Operation.slot_id), col(Operation.slot_day)).where(
        col(Operation.slot_id).in_(slot_ids),
        col(Operation.due_at) > after,
        col(Operation.due_at) < ends,
        text(TAKES_ITS_PLACE),
    )
    return {(slot_id, day) for slot_id, day in (await session.exec(query)).all()}


async def _moments(
    session: AsyncSession, channel: str, after: datetime, ends: datetime, gap: timedelta
) -> Sequence[datetime]:
    """Return when other posts of a channel go out, or went out less than a gap ago, in order."""
    query = select(Operation.due_at).where(
        Operation.channel == channel,
        Operation.action == Action.CREATE,
        col(Operation.due_at) > after - gap,
        col(Operation.due_at) < ends + gap,
        text(TAKES_ITS_PLACE),
    )
    return (await session.exec(query.order_by(col(Operation.due_at)))).all()


def _around(moments: Sequence[datetime], moment: datetime) -> Sequence[datetime]:
    """Return the last of some moments in order up to one, and the first after it."""
    at = bisect(moments, moment)
    return moments[max(at - 1, 0) : at + 1]
