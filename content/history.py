"""The append-only record that every verb writes to, and the state change that goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, Protocol, TypeVar

from sqlalchemy import Column, Index, event, func
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.chain import START, linked

TOLD: Final = frozenset(
    {
        "drafted", "edited", "accepted", "rejected", "changes_requested", "withdrawn", "published",
        "failed", "missed", "doubtful", "confirmed", "rescheduled", "cancelled", "held",
        "let_go", "paused", "resumed", "release_recorded", "erasure_requested",
        "claimed", "asked", "answered", "retraction_requested", "corrected", "retracted",
        "alts_accepted", "approved_once", "approved_again", "taken_down", "stray",
    }
)  # fmt: skip
"""The verbs of which somebody is told; their rows are put on the list of the untold."""


_ENDS: Final = "history.ends"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a thing."""

    kind: Literal["participant", "moderator", "newsroom"]
    id: int | None = None


NEWSROOM: Final = Actor("newsroom")


class History(SQLModel, table=True):
    """One thing that happened: who did what to which row, and the states before and after.

    The rows of one noun are a chain: `number` counts them from 1, and `sha256` covers the row and
    the one before, so that none can be changed, slipped in or taken out without being seen.
    """

    __table_args__ = (Index("ix_history_chain", "noun", "noun_id", "number", unique=True),)

    id: int = Field(default=None, primary_key=True)
    at: datetime
    actor: str
    actor_id: int | None = None
    noun: str
    noun_id: int
    verb: str
    before: str | None = None
    after: str | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    number: int
    sha256: str


class Untold(SQLModel, table=True):
    """A history row that the bot has yet to tell people about."""

    history_id: int = Field(primary_key=True, foreign_key="history.id")


class NotAllowed(Exception):
    """The workflow has no way from the row's state to the one asked for; `state` is the row's."""

    def __init__(self, noun: str, state: StrEnum, to: StrEnum) -> None:
        super().__init__(f"{noun}: no way from {state} to {to}")
        self.state = state


class Stateful(Protocol):
    """A row with an id and a state."""

    id: int
    state: Any


RowT = TypeVar("RowT", bound=Stateful)


async def record(
    session: AsyncSession,
    noun: str,
    noun_id: int,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: str | None = None,
    after: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> History:
    """Write what happened, in the caller's transaction, at the end of the noun's chain."""
    number, last = await _end(session, noun, noun_id)
    facts: dict[str, Any] = {
        "noun": noun,
        "noun_id": noun_id,
        "number": number + 1,
        "at": now,
        "actor": by.kind,
        "actor_id": by.id,
        "verb": verb,
        "before": before,
        "after": after,
        "data": dict(data or {}),
    }
    row = History(**facts, sha256=linked(last, *facts.values()))
    session.add(row)
    session.sync_session.info.setdefault(_ENDS, {})[noun, noun_id] = (row.number, row.sha256)
    if verb in TOLD:
        await session.flush()
        session.add(Untold(history_id=row.id))
    return row


async def _end(session: AsyncSession, noun: str, noun_id: int) -> tuple[int, str]:
    """Return the number and hash of a noun's last row, which nobody else adds to meanwhile.

    On SQLite there is one writer. PostgreSQL's history_end, which the migrations define, locks the
    chain until the transaction ends, and only then looks: what it returns is the last row.
    """
    known: tuple[int, str] | None = session.sync_session.info.get(_ENDS, {}).get((noun, noun_id))
    if known is not None:
        return known
    if session.get_bind().dialect.name == "postgresql":
        end = func.history_end(noun, noun_id).table_valued("number", "sha256")
        query: Any = select(end.c.number, end.c.sha256)
    else:
        query = (
            select(History.number, History.sha256)
            .where(History.noun == noun, History.noun_id == noun_id)
            .order_by(col(History.number).desc())
            .limit(1)
        )
    found = (await session.exec(query)).first()
    return (found[0], found[1]) if found else (0, START)


def _forget_ends(session: Session, *_: object) -> None:
    session.info.pop(_ENDS, None)


# What was read, or written, of a chain holds until the transaction, or a part of it, ends.
event.listen(Session, "after_soft_rollback", _forget_ends)
event.listen(Session, "after_commit", _forget_ends)


async def happened(session: AsyncSession, noun: str, noun_id: int, verb: str) -> bool:
    """Whether something ever happened to a row."""
    query = select(History.id).where(
        History.noun == noun, History.noun_id == noun_id, History.verb == verb
    )
    return (await session.exec(query.limit(1))).first() is not None


async def change_state(
    session: AsyncSession,
    row: RowT,
    workflow: Mapping[Any, frozenset[Any]],
    to: StrEnum,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    **values: Any,
) -> RowT:
    """Move a row to another state, set `values` with it, and write the history row.

    Raises NotAllowed when the workflow has no such way, also when someone else moved it first.
    """
    model: Any = type(row)
    noun, seen = model.__tablename__, row.state
    if to not in workflow[seen]:
        raise NotAllowed(noun, seen, to)
    changed = await session.exec(
        update(model)
        .where(col(model.id) == row.id, col(model.state) == seen)
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        await session.refresh(row)
        raise NotAllowed(noun, row.state, to)
    for name, value in {"state": to, **values}.items():
        set_committed_value(row, name, value)  # as the database has it: nothing to read or write
    await record(session, noun, row.id, verb, by=by, now=now, before=seen, after=to, data=data)
    return row
