"""Who is heard no more."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.people import Participant


async def block(
    session: AsyncSession, person: Participant, reason: str, *, by: Actor, now: datetime
) -> bool:
    """Hear a person no more; False when they were blocked already."""
    if person.blocked_at is not None:
        return False
    person.blocked_at, person.blocked_reason = now, reason
    session.add(person)
    await record(session, "participant", person.id, "blocked", by=by, now=now)
    return True


async def unblock(session: AsyncSession, person: Participant, *, by: Actor, now: datetime) -> bool:
    """Hear a person again; False when they were not blocked."""
    if person.blocked_at is None:
        return False
    person.blocked_at = person.blocked_reason = None
    session.add(person)
    await record(session, "participant", person.id, "unblocked", by=by, now=now)
    return True
