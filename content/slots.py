"""A channel's week: the places where posts go out, in Europe/Rome."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

ROME: Final = ZoneInfo("Europe/Rome")
DAYS_AHEAD: Final = 60
USUAL_HOURS: Final = ("09:00", "12:30", "17:30")
WORKING_DAYS: Final = range(5)


class NoFreeSlot(Exception):
    """A channel has no free place in the days that are looked at."""


class Slot(SQLModel, table=True):
    """A place in a channel's week; `weekday` is 0 on Monday, `hour` local as HH:MM."""

    __table_args__ = (UniqueConstraint("channel", "weekday", "hour"),)

    id: int = Field(default=None, primary_key=True)
    channel: str = Field(foreign_key="channel.name")
    weekday: int
    hour: str


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
    """Return a place outside the week: the present moment."""
    return Place(None, None, now)


async def furnish(session: AsyncSession, channel: str) -> None:
    """Give a channel that has no week the usual one: working days, three times a day."""
    has = await session.exec(select(Slot.id).where(Slot.channel == channel).limit(1))
    if has.first() is None:
        for weekday in WORKING_DAYS:
            for hour in USUAL_HOURS:
                session.add(Slot(channel=channel, weekday=weekday, hour=hour))
        await session.flush()


async def week(session: AsyncSession, channel: str) -> list[Slot]:
    """Return a channel's slots in the order of the week."""
    query = select(Slot).where(Slot.channel == channel).order_by(col(Slot.weekday), col(Slot.hour))
    return list((await session.exec(query)).all())


def places(slots: list[Slot], after: datetime) -> Iterator[Place]:
    """Yield the week's places after a moment, in order, for the days that are looked at.

    An hour that the clock change skips or doubles is left out: slots lie outside 02:00-03:00.
    """
    first = after.astimezone(ROME).date()
    for offset in range(DAYS_AHEAD):
        day = first + timedelta(days=offset)
        for slot in slots:
            if slot.weekday != day.weekday():
                continue
            local = datetime.combine(day, time.fromisoformat(slot.hour), tzinfo=ROME)
            due_at = local.astimezone(UTC)
            if due_at > after and slot.hour[:2] != "02":
                yield Place(slot.id, day, due_at)
