"""Deliveries and operations: what goes where and when; the row is the queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.store import by_value
from content.workflow import OperationState

TAKES_ITS_PLACE: Final = "state NOT IN ('cancelled', 'missed', 'failed')"
"""The condition that an operation stands, or stood, in its channel's calendar."""


class Action(StrEnum):
    """What an operation does outside."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    REPLY = "reply"


_MENDING: Final = (Action.EDIT, Action.DELETE)
_TROUBLED: Final = (OperationState.FAILED, OperationState.MISSED, OperationState.UNCONFIRMED)


class Delivery(SQLModel, table=True):
    """An article on a channel; its state is that of its operations."""

    __table_args__ = (UniqueConstraint("article_id", "channel"),)

    id: int = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    channel: str = Field(foreign_key="channel.name")
    created_at: datetime


class Operation(SQLModel, table=True):
    """One call that changes the outside, with the post it sends: `part` of `parts` of a thread.

    `due_at` is when it was planned for, `local_time` the same as people in Rome say it;
    `next_try_at` is when it may be claimed; `news_until` is when it is too late for it, None when
    it never is; `after_id` names an operation that must be done first; `asked_at` is when people
    were asked whether it came out.
    """

    __table_args__ = (
        Index("ix_operation_queue", "state", "next_try_at"),
        Index("ix_operation_late", "state", "news_until"),
        Index("ix_operation_calendar", "channel", "due_at"),
        Index(
            "ix_operation_place",
            "slot_id",
            "slot_day",
            unique=True,
            sqlite_where=text(TAKES_ITS_PLACE),
            postgresql_where=text(TAKES_ITS_PLACE),
        ),
        CheckConstraint(
            "state <> 'done' OR remote_id IS NOT NULL", name="success_needs_the_remote_id"
        ),
    )

    id: int = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    channel: str = Field(foreign_key="channel.name")
    post_id: int = Field(foreign_key="post.id")
    action: Action = Field(sa_column=by_value(Action))
    part: int = 1
    parts: int = 1
    state: OperationState = Field(sa_column=by_value(OperationState))
    due_at: datetime
    local_time: str
    next_try_at: datetime
    news_until: datetime | None = None
    slot_id: int | None = Field(default=None, foreign_key="slot.id")
    slot_day: date | None = None
    after_id: int | None = Field(default=None, foreign_key="operation.id")
    hold_reason: str | None = None
    tries: int = 0
    lease_until: datetime | None = None
    remote_id: str | None = None
    permalink: str | None = None
    problem: str | None = None
    asked_at: datetime | None = None
    settled_at: datetime | None = None


class Attempt(SQLModel, table=True):
    """One try of an operation, written before the call; `outcome` stays empty if we died in it.

    `account` is the account or page it was made on, by the channel's own id, "" for that of the
    settings' keys; None where the channel has but one, or nothing was sent yet.
    """

    __table_args__ = (UniqueConstraint("operation_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    operation_id: int = Field(foreign_key="operation.id")
    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    detail: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """How one operation of an article stands on a channel.

    `part` of `parts` is which post of a thread it is about; of a thread's first post, `out` says
    how many parts readers see.
    """

    operation_id: int
    channel: str
    state: OperationState
    local_time: str
    permalink: str | None
    problem: str | None
    hold_reason: str | None = None
    action: Action = Action.CREATE
    remote_id: str | None = None
    part: int = 1
    parts: int = 1
    out: int = 0


def present(shown: Sequence[Outlet]) -> list[Outlet]:
    """Return the outlets that readers see, or will: no corrections, and nothing deleted.

    Of a thread, the first post stands for all.
    """
    gone = _gone(shown)
    return [
        one
        for one in shown
        if one.action not in _MENDING and one.part == 1 and (one.channel, one.remote_id) not in gone
    ]


def links(shown: Sequence[Outlet]) -> dict[str, str]:
    """Return where an article is to be seen now, by channel."""
    found: dict[str, str] = {}
    for one in present(shown):
        if one.state is OperationState.DONE and one.permalink:
            found.setdefault(one.channel, one.permalink)
    return found


async def outlets(session: AsyncSession, article_id: int) -> list[Outlet]:
    """Return how an article stands on each channel, in the order of planning."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id)
        .order_by(col(Operation.id))
    )
    return _counted(
        Outlet(
            one.id,
            one.channel,
            one.state,
            one.local_time,
            one.permalink,
            one.problem,
            one.hold_reason,
            one.action,
            one.remote_id,
            one.part,
            one.parts,
        )
        for one in (await session.exec(query)).all()
    )


def _counted(shown: Iterable[Outlet]) -> list[Outlet]:
    """Return an article's outlets with how many parts of each thread are out."""
    found = list(shown)
    gone, first = _gone(found), dict[str, int]()
    for at, one in enumerate(found):
        if one.action in _MENDING or one.parts == 1:
            continue
        begins = first[one.channel] = at if one.part == 1 else first.get(one.channel, at)
        if one.state is OperationState.DONE and (one.channel, one.remote_id) not in gone:
            found[begins] = replace(found[begins], out=found[begins].out + 1)
    return found


def _gone(shown: Sequence[Outlet]) -> set[tuple[str, str | None]]:
    return {
        (one.channel, one.remote_id)
        for one in shown
        if one.action is Action.DELETE and one.state is OperationState.DONE
    }


@dataclass(frozen=True, slots=True)
class Trouble:
    """An operation that asks for a person, with the case that it is of."""

    operation_id: int
    submission_id: int
    title: str
    state: OperationState
    problem: str | None


async def troubles(session: AsyncSession, channel: str, *, limit: int) -> list[Trouble]:
    """Return a channel's operations that failed, were missed or are in doubt, the newest first."""
    query = (
        select(Operation, Article.submission_id, Article.title)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(col(Operation.state).in_(_TROUBLED), Operation.channel == channel)
        .order_by(col(Operation.due_at).desc())
        .limit(limit)
    )
    return [
        Trouble(one.id, case, title, one.state, one.problem)
        for one, case, title in (await session.exec(query)).all()
    ]


async def planned_between(session: AsyncSession, begins: datetime, ends: datetime) -> int:
    """Return how many posts are scheduled from one moment to just before another."""
    query = select(func.count()).where(
        Operation.state == OperationState.SCHEDULED,
        col(Operation.action).in_((Action.CREATE, Action.REPLY)),
        col(Operation.due_at) >= begins,
        col(Operation.due_at) < ends,
    )
    return (await session.exec(query)).one()


async def in_hand(session: AsyncSession, operation_id: int) -> Operation:
    """Return an operation as it is now, which nobody else changes until the transaction ends.

    Nor its article: whoever ends, moves or plans an operation has the article first and the
    operations afterwards, so that nobody waits in a circle. Only a claim takes no article; it
    waits for its channel alone. Raises NoResultFound.
    """
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .join(Article, col(Article.id) == col(Delivery.article_id))
        .where(Operation.id == operation_id)
        .with_for_update(of=(Article, Operation), key_share=True)  # in this order
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).one()


async def article_of(session: AsyncSession, operation_id: int) -> Article:
    """Return the article that an operation belongs to."""
    query = (
        select(Article)
        .join(Delivery, col(Delivery.article_id) == col(Article.id))
        .join(Operation, col(Operation.delivery_id) == col(Delivery.id))
        .where(Operation.id == operation_id)
    )
    return (await session.exec(query)).one()
