"""Labs: the courses of work that participants join, at an event or by a link."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from slugify import slugify
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.people import Lab, Participant
from content.queue import Filed

PREFIX: Final = "lab_"
"""Of what follows /start in a Lab's link."""
LONGEST_TITLE: Final = 120
LONGEST_THEME: Final = 500
_SLUG_LENGTH: Final = 40
"""With its prefix and year a slug must fit the 64 characters of a deep link's parameter:
https://core.telegram.org/bots/features#deep-linking"""


async def create(
    session: AsyncSession, title: str, year: int, *, by: Actor, now: datetime
) -> tuple[Lab, bool]:
    """Open a Lab; the one that has this title and year already is returned with False."""
    name = slug(title, year)
    known = await find(session, name)
    if known is not None:
        return known, False
    lab = Lab(slug=name, title=title, year=year, created_at=now)
    session.add(lab)
    await session.flush()
    await record(session, "lab", lab.id, "opened", by=by, now=now)
    return lab, True


async def ask_approvals(
    session: AsyncSession, lab: Lab, approvals: int, *, by: Actor, now: datetime
) -> None:
    """Have what is told in a Lab approved by one moderator, or by two."""
    lab.approvals = approvals
    session.add(lab)
    data = {"approvals": approvals}
    await record(session, "lab", lab.id, "approvals_asked", by=by, now=now, data=data)


async def set_theme(
    session: AsyncSession, lab: Lab, theme: str, *, by: Actor, now: datetime
) -> None:
    """Say what a Lab is about."""
    lab.theme = theme
    session.add(lab)
    await record(session, "lab", lab.id, "theme_set", by=by, now=now, data={"theme": theme})


async def people_in(session: AsyncSession, labs: Sequence[int]) -> dict[int, int]:
    """Return how many participants are in each of these Labs."""
    return await _counted(session, col(Participant.lab_id), labs, col(Participant.id))


async def cases_in(session: AsyncSession, labs: Sequence[int]) -> dict[int, int]:
    """Return how many cases were sent in each of these Labs."""
    return await _counted(session, col(Filed.lab_id), labs, col(Filed.id))


async def find(session: AsyncSession, name: str) -> Lab | None:
    """Return the Lab with a slug."""
    return (await session.exec(select(Lab).where(Lab.slug == name))).first()


async def newest(session: AsyncSession, *, limit: int) -> Sequence[Lab]:
    """Return the Labs, the newest first."""
    query = select(Lab).order_by(col(Lab.year).desc(), col(Lab.id).desc()).limit(limit)
    return (await session.exec(query)).all()


def slug(title: str, year: int) -> str:
    """Return a Lab's part of its link, the same for the same title and year."""
    words = slugify(title, max_length=_SLUG_LENGTH, word_boundary=True)
    return f"{words or 'lab'}-{year}"


async def join(session: AsyncSession, person: Participant, lab: Lab, *, now: datetime) -> bool:
    """Let a person into a Lab: what they begin from now on belongs to it; False if it did."""
    if person.lab_id == lab.id:
        return False
    person.lab_id = lab.id
    session.add(person)
    by, data = Actor("participant", person.id), {"lab": lab.id}
    await record(session, "participant", person.id, "joined", by=by, now=now, data=data)
    return True


async def _counted(
    session: AsyncSession, column: Any, labs: Sequence[int], counted: Any
) -> dict[int, int]:
    query = select(column, func.count(counted)).where(column.in_(labs)).group_by(column)
    return dict((await session.exec(query)).all())
