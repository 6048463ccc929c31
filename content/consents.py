"""For what a person lets the newsroom use what they send: each channel, and the e-book."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import people
from content.history import Actor, record
from content.people import Participant

EBOOK: Final = "ebook"
"""The purpose that is no channel: the e-book that closes a Lab."""


class Permission(SQLModel, table=True):
    """A person's consent to one purpose: a channel's name, or EBOOK; no row means no consent.

    `notice_version` is the notice that they had read when they gave it.
    """

    __table_args__ = (UniqueConstraint("participant_id", "purpose"),)

    id: int = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    purpose: str
    notice_version: str
    given_at: datetime
    withdrawn_at: datetime | None = None


async def accept(
    session: AsyncSession, person: Participant, purposes: Iterable[str], *, now: datetime
) -> bool:
    """Accept the present notice with all its purposes but those the person withdrew before.

    Returns False when they had accepted it already: then nothing changes.
    """
    if not await people.consent(session, person, now=now):
        return False
    withdrawn = {one.purpose for one in await _rows(session, person.id) if one.withdrawn_at}
    await give(session, person, [one for one in purposes if one not in withdrawn], now=now)
    return True


async def give(
    session: AsyncSession, person: Participant, purposes: Sequence[str], *, now: datetime
) -> None:
    """Give consent to some purposes."""
    known = {one.purpose: one for one in await _rows(session, person.id)}
    for purpose in purposes:
        row = known.get(purpose) or Permission(
            participant_id=person.id, purpose=purpose, notice_version="", given_at=now
        )
        row.notice_version, row.given_at, row.withdrawn_at = people.NOTICE_VERSION, now, None
        session.add(row)
    await session.flush()
    await _note(session, person, "permitted", purposes, now=now)


async def withdraw(
    session: AsyncSession, person: Participant, purpose: str, *, now: datetime
) -> bool:
    """Take consent to a purpose back, for what is not out yet; False when there was none.

    What is planned is called off by content.privacy, which calls this.
    """
    rows = [one for one in await _rows(session, person.id) if one.purpose == purpose]
    if not rows or rows[0].withdrawn_at is not None:
        return False
    rows[0].withdrawn_at = now
    session.add(rows[0])
    await session.flush()
    await _note(session, person, "withheld", [purpose], now=now)
    return True


async def given(session: AsyncSession, participant_id: int) -> frozenset[str]:
    """Return the purposes that a person consents to, read so that none is withdrawn meanwhile."""
    rows = await _rows(session, participant_id, sharing=True)
    return frozenset(one.purpose for one in rows if one.withdrawn_at is None)


async def permitted(
    session: AsyncSession, participant_id: int, channels: Sequence[str], page: str | None
) -> list[str]:
    """Return those of some channels that a person's pieces may go to.

    The posts of all channels link to the one named `page`: without it there are none.
    """
    allowed = await given(session, participant_id)
    if page is not None and page not in allowed:
        return []
    return [channel for channel in channels if channel in allowed]


async def refuse_ai(
    session: AsyncSession, person: Participant, refused: bool, *, now: datetime
) -> None:
    """Let no model read what a person sends, or let it again."""
    person.ai_refused_at = now if refused else None
    session.add(person)
    verb = "ai_refused" if refused else "ai_allowed"
    by = Actor("participant", person.id)
    await record(session, "participant", person.id, verb, by=by, now=now)


async def _rows(
    session: AsyncSession, participant_id: int, *, sharing: bool = False
) -> Sequence[Permission]:
    query = (
        select(Permission)
        .where(Permission.participant_id == participant_id)
        .order_by(col(Permission.id))
        .with_for_update(read=sharing)
    )
    return (await session.exec(query)).all()


async def _note(
    session: AsyncSession, person: Participant, verb: str, purposes: Iterable[str], *, now: datetime
) -> None:
    by, data = Actor("participant", person.id), {"purposes": sorted(purposes)}
    await record(session, "participant", person.id, verb, by=by, now=now, data=data)
