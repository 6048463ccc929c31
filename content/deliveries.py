"""Deliveries and operations: what goes where and when; the row is the queue."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import consents
from content.articles import Article
from content.history import NEWSROOM, Actor, NotAllowed, change_state, record
from content.posts import FrozenPost
from content.store import by_value
from content.submissions import Submission
from content.workflow import OPERATION, ArticleState, OperationState

TAKES_ITS_PLACE: Final = "state NOT IN ('cancelled', 'missed', 'failed')"
"""The condition that an operation stands, or stood, in its channel's calendar."""
_DROPPED: Final = (OperationState.SCHEDULED, OperationState.MISSED, OperationState.FAILED)


class Action(StrEnum):
    """What an operation does outside."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    REPLY = "reply"


_ENDED: Final = {
    Action.CREATE: "published",
    Action.REPLY: "published",
    Action.EDIT: "corrected",
    Action.DELETE: "retracted",
}


_TROUBLED: Final = (OperationState.FAILED, OperationState.MISSED, OperationState.UNCONFIRMED)


class Delivery(SQLModel, table=True):
    """An article on a channel; its state is that of its operations."""

    __table_args__ = (UniqueConstraint("article_id", "channel"),)

    id: int = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    channel: str = Field(foreign_key="channel.name")
    created_at: datetime


class Operation(SQLModel, table=True):
    """One call that changes the outside, with the post it sends.

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
    """One try of an operation, written before the call; `outcome` stays empty if we died in it."""

    __table_args__ = (UniqueConstraint("operation_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    operation_id: int = Field(foreign_key="operation.id")
    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """How an article stands on a channel."""

    operation_id: int
    channel: str
    state: OperationState
    local_time: str
    permalink: str | None
    problem: str | None
    hold_reason: str | None = None


async def outlets(session: AsyncSession, article_id: int) -> list[Outlet]:
    """Return how an article stands on each channel, in the order of planning."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id)
        .order_by(col(Operation.id))
    )
    return [
        Outlet(
            one.id,
            one.channel,
            one.state,
            one.local_time,
            one.permalink,
            one.problem,
            one.hold_reason,
        )
        for one in (await session.exec(query)).all()
    ]


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


async def article_of(session: AsyncSession, operation_id: int) -> Article:
    """Return the article that an operation belongs to."""
    query = (
        select(Article)
        .join(Delivery, col(Delivery.article_id) == col(Article.id))
        .join(Operation, col(Operation.delivery_id) == col(Delivery.id))
        .where(Operation.id == operation_id)
    )
    return (await session.exec(query)).one()


async def resolve(
    session: AsyncSession,
    operation: Operation,
    to: OperationState,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    **values: Any,
) -> Operation:
    """Move an operation on; once nothing of its article is on its way, that is published.

    What would have to be sent (again), but is no longer what was approved, is cancelled instead.
    """
    await change_state(
        session,
        operation,
        OPERATION,
        to,
        verb=verb,
        by=by,
        now=now,
        data={"channel": operation.channel, "problem": values.get("problem")},
        **values,
    )
    if to is OperationState.SCHEDULED and not await _is_approved(session, operation):
        to = OperationState.CANCELLED
        await resolve(session, operation, to, "cancelled", by=by, now=now, settled_at=now)
    elif to in (OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED):
        await _announce(session, operation, now=now)
    return operation


async def call_off(session: AsyncSession, article_id: int, *, by: Actor, now: datetime) -> None:
    """Drop all that was planned of an article and is not on its way."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id, col(Operation.state).in_(_DROPPED))
        .order_by(col(Operation.id))
    )
    for operation in (await session.exec(query)).all():
        with suppress(NotAllowed):  # a worker took it a moment ago: it goes out as approved
            await resolve(
                session, operation, OperationState.CANCELLED, "cancelled",
                by=by, now=now, settled_at=now,
            )  # fmt: skip


async def _is_approved(session: AsyncSession, operation: Operation) -> bool:
    """Whether an operation's post is of its article's approved version, or takes a post away.

    The author must still consent to the channel. The article is locked, so that an edit at the
    same moment comes before or after.
    """
    query = (
        select(Article.state, Article.version, FrozenPost.version, Article.submission_id)
        .join(FrozenPost, col(FrozenPost.article_id) == col(Article.id))
        .where(FrozenPost.id == operation.post_id)
        .with_for_update(of=Article)
    )
    state, version, frozen, case = (await session.exec(query)).one()
    if operation.action is Action.DELETE:
        return True
    author = (await session.get_one(Submission, case)).participant_id
    allowed = operation.channel in await consents.given(session, author)
    return allowed and state is ArticleState.APPROVED and version == frozen


async def _announce(session: AsyncSession, operation: Operation, *, now: datetime) -> None:
    """Record that an article is published once nothing of it is on its way any more.

    Or corrected, or retracted: as the last operation did.
    """
    delivery = await session.get_one(Delivery, operation.delivery_id)
    number = delivery.article_id
    await session.exec(  # two may end at once, and each must see the other's end
        select(Article.id).where(Article.id == number).with_for_update(key_share=True)
    )
    query = (
        select(Operation.state)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == number)
    )
    states = set((await session.exec(query)).all())
    waiting = {OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED}
    if OperationState.DONE in states and not waiting & states:
        verb = _ENDED[operation.action]
        await record(session, "article", number, verb, by=NEWSROOM, now=now)
