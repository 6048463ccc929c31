"""The outlets: each with its row, which all workers share."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Field, SQLModel, col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record


class Channel(SQLModel, table=True):
    """An outlet; paused with a reason, or told by itself to wait until `next_allowed_at`."""

    name: str = Field(primary_key=True)
    paused_at: datetime | None = None
    paused_reason: str | None = None
    next_allowed_at: datetime | None = None


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
    await record(
        session, "channel", 0, "paused", by=by, now=now, data={"channel": channel, "why": reason}
    )
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
    await record(session, "channel", 0, "resumed", by=by, now=now, data={"channel": channel})
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
