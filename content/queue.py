"""The newsroom's list of cases: filtered, searched, a page at a time, the newest first.

Each sent case has one row in `filed`, which the database itself keeps up to date with triggers
(bottega/migrations/filing.py), whoever changes the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Index, text, true
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import search
from content.history import History
from content.people import Lab, Moderator
from content.store import by_value
from content.submissions import Kind
from content.workflow import SubmissionState

PAGE: Final = 50
COUNTED: Final = 1000
"""More than this are not counted, but said to be more."""

_RECENT: Final = 200
_PROVINCES: Final[Any] = text(
    "WITH RECURSIVE known (name) AS (SELECT min(province) FROM filed UNION ALL SELECT "
    "(SELECT min(province) FROM filed WHERE province > known.name) FROM known "
    "WHERE known.name IS NOT NULL) SELECT name FROM known WHERE name IS NOT NULL"
)


class Filed(SQLModel, table=True):
    """A sent case as the list shows it; ids are in the order in which cases first arrived.

    `waiting` is whether nobody decided it yet, `moderator_id` who has it in charge, `warned`
    whether something speaks against approving it as it is.
    """

    __table_args__ = (
        Index("ix_filed_waiting", "waiting", "id"),
        Index("ix_filed_state", "state", "id"),
        Index("ix_filed_kind", "kind", "id"),
        Index("ix_filed_province", "province", "id"),
        Index("ix_filed_lab", "lab_id", "id"),
        Index("ix_filed_moderator", "moderator_id", "id"),
        Index("ix_filed_warned", "warned", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", unique=True)
    receipt: str = Field(index=True)
    state: SubmissionState = Field(sa_column=by_value(SubmissionState))
    waiting: bool
    kind: Kind = Field(sa_column=by_value(Kind))
    province: str | None = None
    lab_id: int | None = None
    moderator_id: int | None = None
    warned: bool
    title: str
    organisation: str
    author: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are wanted: all that is given must hold.

    `waiting` is true for those that nobody decided; `words` are searched for.
    """

    waiting: bool = False
    state: SubmissionState | None = None
    kind: Kind | None = None
    province: str | None = None
    lab_id: int | None = None
    moderator_id: int | None = None
    warned: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list, and the name of who has it in charge."""

    case: Filed
    holder: str | None


async def page(
    session: AsyncSession, wanted: Wanted, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Line], int | None]:
    """Return a page of cases, the newest first, and the key of the next page if there is one.

    `before` is the key that the page before gave.
    """
    query = _where(
        select(Filed, Moderator.name).join(
            Moderator, col(Moderator.id) == col(Filed.moderator_id), isouter=True
        ),
        session,
        wanted,
    )
    order = search.key_of(session) if search.asked(wanted.words) else col(Filed.id)
    if before is not None:
        query = query.where(order < before)
    found = (await session.exec(query.order_by(order.desc()).limit(limit + 1))).all()
    lines = [Line(case, holder) for case, holder in found[:limit]]
    return lines, lines[-1].case.id if len(found) > limit else None


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many cases there are; COUNTED + 1 stands for any greater number."""
    some = _where(select(Filed.id), session, wanted).limit(COUNTED + 1).subquery()
    return (await session.exec(select(func.count()).select_from(some))).one()


async def provinces(session: AsyncSession) -> Sequence[str]:
    """Return the provinces that cases come from, by one look into the index for each."""
    found = await session.exec(_PROVINCES)
    return [province for (province,) in found.all()]


async def labs(session: AsyncSession) -> Sequence[tuple[int, str]]:
    """Return the Labs, the newest first: the id and the title of each."""
    query = select(Lab.id, Lab.title).order_by(col(Lab.year).desc(), col(Lab.id).desc()).limit(100)
    return (await session.exec(query)).all()


async def members(session: AsyncSession) -> Sequence[tuple[int, str]]:
    """Return who may have a case in charge: the id and the name of each."""
    query = select(Moderator.id, Moderator.name).where(col(Moderator.active))
    return (await session.exec(query.order_by(col(Moderator.name)))).all()


async def news(session: AsyncSession) -> int:
    """Return a number that grows whenever anything happens, whoever does it and wherever.

    It takes in the rows before the last, which may be committed after it.
    """
    last = select(History.id).order_by(col(History.id).desc()).limit(_RECENT).subquery()
    return int((await session.exec(select(func.coalesce(func.sum(last.c.id), 0)))).one())


def _where(query: Any, session: AsyncSession, wanted: Wanted) -> Any:
    conditions: list[ColumnElement[bool]] = []
    if wanted.waiting:
        conditions.append(col(Filed.waiting) == true())
    if wanted.warned:
        conditions.append(col(Filed.warned) == true())
    for name in ("state", "kind", "province", "lab_id", "moderator_id"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Filed, name) == value)
    if search.asked(wanted.words):
        query = search.narrowed(query, session, wanted.words, col(Filed.id), col(Filed.receipt))
    return query.where(*conditions)
