"""The append-only record that every verb writes to, and the state change that goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, Protocol, TypeVar

from sqlalchemy import Column, Index
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, update
from sqlmodel.ext.asyncio.session import AsyncSession

TOLD: Final = frozenset(
    {
        "drafted", "edited", "accepted", "rejected", "changes_requested", "withdrawn", "published",
        "failed", "missed", "doubtful", "confirmed", "rescheduled", "cancelled", "held",
        "let_go", "paused", "resumed",
    }
)  # fmt: skip
"""The verbs of which somebody is told; their rows are put on the list of the untold."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a thing."""

    kind: Literal["participant", "moderator", "newsroom"]
    id: int | None = None


NEWSROOM: Final = Actor("newsroom")


class History(SQLModel, table=True):
    """One thing that happened: who did what to which row, and the states before and after."""

    __table_args__ = (Index("ix_history_noun", "noun", "noun_id"),)

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
    """Write what happened, in the caller's transaction."""
    row = History(
        at=now,
        actor=by.kind,
        actor_id=by.id,
        noun=noun,
        noun_id=noun_id,
        verb=verb,
        before=before,
        after=after,
        data=dict(data or {}),
    )
    session.add(row)
    if verb in TOLD:
        await session.flush()
        session.add(Untold(history_id=row.id))
    return row


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
