"""A channel's week: the places where posts go out, in Europe/Rome."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record

ROME: Final = ZoneInfo("Europe/Rome")
DAYS_AHEAD: Final = 60
USUAL_HOURS: Final = ("09:00", "12:30", "17:30")
WORKING_DAYS: Final = range(5)
_CLOCK_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_THE_HOUR_OF_THE_CLOCK_CHANGE: Final = "02:"


class NoFreeSlot(Exception):
    """A channel has no free place in the days that are looked at."""


class Slot(SQLModel, table=True):
    """A place in a channel's week; `weekday` is 0 on Monday, `hour` local as HH:MM.

    One that was taken out of the week stays, for what was planned in it.
    """

    __table_args__ = (
        UniqueConstraint("channel", "weekday", "hour"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="slot_on_a_weekday"),
        CheckConstraint(
            "length(hour) = 5 AND (hour < '02:00' OR hour >= '03:00')",
            name="slot_outside_the_clock_change",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    channel: str = Field(foreign_key="channel.name")
    weekday: int
    hour: str
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One slot on one day: what an operation takes; `due_at` in UTC."""

    slot_id: int | None
    day: date | None
    due_at: datetime

    @property
    def local_time(self) -> str:
        """The moment as people in Rome say it, ISO without a zone."""
        return f"{self.due_at.astimezone(ROME):%Y-%m-%dT%H:%M}"


def at_once(now: datetime) -> Place:
    """Return a place outside the week: the present moment, or one that a person chose."""
    return Place(None, None, now)


def midnight(day: date) -> datetime:
    """Return when a day begins in Rome, in UTC."""
    return datetime.combine(day, time(), tzinfo=ROME).astimezone(UTC)


def clock_time(said: str) -> str:
    """Return an hour as it is stored, HH:MM; raises ValueError when it is none."""
    if not _CLOCK_TIME.fullmatch(said):
        raise ValueError(f"not an hour: {said!r}")
    return said


async def furnish(session: AsyncSession, channel: str) -> None:
    """Give a channel that has no week the usual one: working days, three times a day."""
    has = await session.exec(select(Slot.id).where(Slot.channel == channel).limit(1))
    if has.first() is None:
        for weekday in WORKING_DAYS:
            for hour in USUAL_HOURS:
                session.add(Slot(channel=channel, weekday=weekday, hour=hour))
        await session.flush()


async def add(
    session: AsyncSession, channel: str, weekday: int, hour: str, *, by: Actor, now: datetime
) -> Slot:
    """Put a place in a channel's week, also one that had been taken out.

    Raises ValueError when the weekday is not 0-6, the hour is not HH:MM or lies in the hour that
    the clock change skips in spring and doubles in autumn.
    """
    if clock_time(hour).startswith(_THE_HOUR_OF_THE_CLOCK_CHANGE):
        raise ValueError("no place between 02:00 and 03:00")
    if weekday not in range(7):
        raise ValueError(f"not a weekday: {weekday}")
    query = select(Slot).where(Slot.channel == channel, Slot.weekday == weekday, Slot.hour == hour)
    slot = (await session.exec(query)).first()
    if slot is not None and slot.removed_at is None:
        return slot
    slot = slot or Slot(channel=channel, weekday=weekday, hour=hour)
    slot.removed_at = None
    session.add(slot)
    await session.flush()
    await _note(session, slot, "added", by=by, now=now)
    return slot


async def remove(session: AsyncSession, slot_id: int, *, by: Actor, now: datetime) -> None:
    """Take a place out of the week; what is planned in it stays planned."""
    slot = await session.get_one(Slot, slot_id)
    if slot.removed_at is None:
        slot.removed_at = now
        session.add(slot)
        await _note(session, slot, "removed", by=by, now=now)


async def week(session: AsyncSession, channel: str) -> list[Slot]:
    """Return a channel's slots in the order of the week."""
    query = (
        select(Slot)
        .where(Slot.channel == channel, col(Slot.removed_at).is_(None))
        .order_by(col(Slot.weekday), col(Slot.hour))
    )
    return list((await session.exec(query)).all())


def places(slots: Sequence[Slot], after: datetime) -> Iterator[Place]:
    """Yield the week's places after a moment, in order, for the days that are looked at."""
    first = after.astimezone(ROME).date()
    for offset in range(DAYS_AHEAD):
        day = first + timedelta(days=offset)
        for slot in slots:
            if slot.weekday != day.weekday():
                continue
            if slot.hour.startswith(_THE_HOUR_OF_THE_CLOCK_CHANGE):
                continue
            local = datetime.combine(day, time.fromisoformat(slot.hour), tzinfo=ROME)
            due_at = local.astimezone(UTC)
            if due_at > after:
                yield Place(slot.id, day, due_at)


async def _note(session: AsyncSession, slot: Slot, verb: str, *, by: Actor, now: datetime) -> None:
    data = {"channel": slot.channel, "weekday": slot.weekday, "hour": slot.hour}
    await record(session, "slot", slot.id, verb, by=by, now=now, data=data)
