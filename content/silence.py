"""The newsroom's blackouts: election silence, mourning; nothing new goes out on any channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, exists
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record


class Blackout(SQLModel, table=True):
    """A time without posts, from `begins_at` until just before `ends_at`, unless it was lifted."""

    __table_args__ = (CheckConstraint("begins_at < ends_at", name="blackout_lasts"),)

    id: int = Field(default=None, primary_key=True)
    begins_at: datetime
    ends_at: datetime = Field(index=True)
    reason: str
    lifted_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begins_at <= at < self.ends_at


class InBlackout(Exception):
    """Nothing new may go out at that moment: until when not, and why."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until, self.reason = until, reason


async def declare(
    session: AsyncSession,
    begins_at: datetime,
    ends_at: datetime,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> Blackout:
    """Declare a blackout; raises ValueError when it ends before it begins, or is over already."""
    if ends_at <= begins_at or ends_at <= now:
        raise ValueError("a blackout ends after it begins, and is not over yet")
    row = Blackout(begins_at=begins_at, ends_at=ends_at, reason=reason)
    session.add(row)
    await session.flush()
    data = {"begins": begins_at.isoformat(), "ends": ends_at.isoformat(), "why": reason}
    await record(session, "blackout", row.id, "declared", by=by, now=now, data=data)
    return row


async def lift(session: AsyncSession, *, by: Actor, now: datetime) -> list[Blackout]:
    """End what is in force, or else the next to come; return what was lifted."""
    open_ones = await ahead(session, now=now)
    lifted = [one for one in open_ones if one.holds(now)] or list(open_ones[:1])
    for one in lifted:
        one.lifted_at = now
        session.add(one)
        await record(session, "blackout", one.id, "lifted", by=by, now=now)
    return lifted


async def ahead(session: AsyncSession, *, now: datetime) -> Sequence[Blackout]:
    """Return the blackouts that are in force or to come, the earliest first."""
    query = (
        select(Blackout)
        .where(col(Blackout.ends_at) > now, col(Blackout.lifted_at).is_(None))
        .order_by(col(Blackout.begins_at), col(Blackout.id))
    )
    return (await session.exec(query)).all()


def refuse(blackouts: Sequence[Blackout], at: datetime) -> None:
    """Raise InBlackout when a moment lies in one of these."""
    for one in blackouts:
        if one.holds(at):
            raise InBlackout(one.ends_at, one.reason)


def over(blackouts: Sequence[Blackout], at: datetime) -> datetime:
    """Return a moment itself, or when those of these that it lies in are over."""
    for one in blackouts:
        at = one.ends_at if one.holds(at) else at
    return at


def is_in_force(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a blackout is in force."""
    return exists().where(
        col(Blackout.begins_at) <= now,
        col(Blackout.ends_at) > now,
        col(Blackout.lifted_at).is_(None),
    )
