"""The outlets: each with its row, which all workers share, and its manners about time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.slots import ROME, clock_time
from content.store import by_value
from content.submissions import Kind

TOO_LATE: Final = timedelta(hours=6)
"""After this long past its time a post is no longer news, where nothing else was said."""


class Channel(SQLModel, table=True):
    """An outlet; paused with a reason, or told by itself to wait until `next_allowed_at`.

    `quiet_from` and `quiet_to` are local hours (HH:MM) between which no planned post goes out;
    between two posts pass `gap_minutes`: the last went out at `posted_at`, the next may at
    `next_post_at`.
    """

    name: str = Field(primary_key=True)
    paused_at: datetime | None = None
    paused_reason: str | None = None
    next_allowed_at: datetime | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    gap_minutes: int = 0
    posted_at: datetime | None = None
    next_post_at: datetime | None = None

    @property
    def gap(self) -> timedelta:
        """The least time between two posts."""
        return timedelta(minutes=self.gap_minutes)

    def is_quiet(self, at: datetime) -> bool:
        """Whether a moment lies in the quiet hours, as the clocks in Rome show it."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        hour = f"{at.astimezone(ROME):%H:%M}"
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= hour < self.quiet_to
        return hour >= self.quiet_from or hour < self.quiet_to


class ShelfLife(SQLModel, table=True):
    """For how many hours past its time a kind of piece is still news on a channel."""

    __tablename__ = "shelf_life"

    channel: str = Field(primary_key=True, foreign_key="channel.name")
    kind: Kind = Field(sa_column=by_value(Kind, primary_key=True))
    hours: int


async def open_channels(session: AsyncSession, names: Sequence[str]) -> None:
    """Make sure that each channel has its row."""
    for name in names:
        if await session.get(Channel, name) is None:
            session.add(Channel(name=name))
    await session.flush()


async def pause(
    session: AsyncSession, channel: str, reason: str, *, by: Actor, now: datetime
) -> bool:
    """Pause a channel; False when it was paused already, so that one alert is enough."""
    changed = await session.exec(
        update(Channel)
        .where(col(Channel.name) == channel, col(Channel.paused_at).is_(None))
        .values(paused_at=now, paused_reason=reason)
    )
    if changed.rowcount != 1:
        return False
    await _note(session, channel, "paused", by=by, now=now, why=reason)
    return True


async def resume(session: AsyncSession, channel: str, *, by: Actor, now: datetime) -> bool:
    """Let a paused channel send again; False when it was not paused."""
    changed = await session.exec(
        update(Channel)
        .where(col(Channel.name) == channel, col(Channel.paused_at).is_not(None))
        .values(paused_at=None, paused_reason=None)
    )
    if changed.rowcount != 1:
        return False
    await _note(session, channel, "resumed", by=by, now=now)
    return True


async def quiet(session: AsyncSession, channel: str, until: datetime) -> None:
    """Let no operation of a channel be claimed before a moment, as the channel itself asked."""
    await session.exec(
        update(Channel)
        .where(
            col(Channel.name) == channel,
            or_(col(Channel.next_allowed_at).is_(None), col(Channel.next_allowed_at) < until),
        )
        .values(next_allowed_at=until)
    )


async def set_quiet_hours(
    session: AsyncSession, channel: str, hours: tuple[str, str] | None, *, by: Actor, now: datetime
) -> None:
    """Keep a channel quiet from one local hour to another, over midnight too; None: never.

    Raises ValueError when an hour is not HH:MM.
    """
    begin, end = (clock_time(hours[0]), clock_time(hours[1])) if hours else (None, None)
    row = await session.get_one(Channel, channel, with_for_update=True)
    row.quiet_from, row.quiet_to = begin, end
    session.add(row)
    await _note(session, channel, "quiet_hours_set", by=by, now=now, begin=begin, end=end)


async def set_gap(
    session: AsyncSession, channel: str, minutes: int, *, by: Actor, now: datetime
) -> None:
    """Let at least so many minutes pass between two posts of a channel, from the last one on."""
    if minutes < 0:
        raise ValueError("a gap is not negative")
    row = await session.get_one(Channel, channel, with_for_update=True)
    row.gap_minutes = minutes
    row.next_post_at = row.posted_at + row.gap if row.posted_at and minutes else None
    session.add(row)
    await _note(session, channel, "gap_set", by=by, now=now, minutes=minutes)


async def set_shelf_life(
    session: AsyncSession, channel: str, kind: Kind, hours: int, *, by: Actor, now: datetime
) -> None:
    """Say how long a kind of piece is news on a channel; it holds for what is planned from now."""
    if hours <= 0:
        raise ValueError("a shelf life is at least an hour")
    await session.merge(ShelfLife(channel=channel, kind=kind, hours=hours))
    await _note(session, channel, "shelf_life_set", by=by, now=now, kind=kind, hours=hours)


async def shelf_lives(session: AsyncSession, kind: Kind) -> dict[str, timedelta]:
    """Return for how long past its time a kind of piece is still news, by channel.

    On a channel that is not named, it is news for TOO_LATE.
    """
    query = select(ShelfLife.channel, ShelfLife.hours).where(ShelfLife.kind == kind)
    return {name: timedelta(hours=hours) for name, hours in (await session.exec(query)).all()}


async def take_turn(session: AsyncSession, channel: str, gap: timedelta, *, now: datetime) -> bool:
    """Take a channel's turn to post; False when the last post is too near.

    One conditional UPDATE of the channel's row: of many workers, one at a time gets past it.
    """
    taken = await session.exec(
        update(Channel)
        .where(col(Channel.name) == channel, is_apart(Channel, now))
        .values(posted_at=now, next_post_at=now + gap)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)


async def give_back_turn(session: AsyncSession, channel: str, taken_at: datetime) -> None:
    """Undo a turn in which certainly nothing went out."""
    await session.exec(
        update(Channel)
        .where(col(Channel.name) == channel, col(Channel.posted_at) == taken_at)
        .values(posted_at=None, next_post_at=None)
        .execution_options(synchronize_session=False)
    )


def is_apart(channel: Any, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a channel's last post is far enough away.

    A last post in the future says that the clock went back: it holds nobody up.
    """
    return or_(
        col(channel.next_post_at).is_(None),
        col(channel.next_post_at) <= now,
        col(channel.posted_at) > now,
    )


def is_awake(channel: Any, now: datetime) -> ColumnElement[bool]:
    """Return the condition that it is not a channel's quiet hours now; see Channel.is_quiet."""
    hour = f"{now.astimezone(ROME):%H:%M}"
    begin, end = col(channel.quiet_from), col(channel.quiet_to)
    return or_(
        begin.is_(None),
        end.is_(None),
        and_(begin <= end, or_(begin > hour, end <= hour)),
        and_(begin > end, begin > hour, end <= hour),
    )


async def _note(
    session: AsyncSession, channel: str, verb: str, *, by: Actor, now: datetime, **data: Any
) -> None:
    await record(session, "channel", 0, verb, by=by, now=now, data={"channel": channel, **data})
