"""Deliveries and operations: what goes where and when; the row is the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.history import NEWSROOM, Actor, change_state, record
from content.posts import FrozenPost
from content.slots import NoFreeSlot, Place, at_once, places, week
from content.store import by_value
from content.workflow import OPERATION, OperationState

_TAKES_ITS_SLOT = "state NOT IN ('cancelled', 'missed', 'failed')"


class Action(StrEnum):
    """What an operation does outside."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    REPLY = "reply"


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
    `next_try_at` is when it may be claimed; `after_id` names an operation that must be done
    first; `asked_at` is when people were asked whether it came out.
    """

    __table_args__ = (
        Index("ix_operation_queue", "state", "next_try_at"),
        Index(
            "ix_operation_place",
            "slot_id",
            "slot_day",
            unique=True,
            sqlite_where=text(_TAKES_ITS_SLOT),
            postgresql_where=text(_TAKES_ITS_SLOT),
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


async def plan(
    session: AsyncSession,
    article: Article,
    posts: Sequence[FrozenPost],
    first: str | None,
    *,
    by: Actor,
    now: datetime,
    immediately: bool,
) -> list[Operation]:
    """Plan the creation of each frozen post: at once, or each at its channel's next free place.

    The channel named `first` carries the page the others link to: it goes with the earliest of
    them, and they wait until it is done.
    """
    social = [post for post in posts if post.channel != first]
    when = {
        post.channel: at_once(now) if immediately else await next_free(session, post.channel, now)
        for post in social
    }
    earliest = min((place.due_at for place in when.values()), default=now)
    page = next((post for post in posts if post.channel == first), None)
    planned = []
    after_id = None
    if page is not None:
        planned.append(await _plan_one(session, article, page, at_once(earliest), None, now=now))
        after_id = planned[0].id
    for post in social:
        place = when[post.channel]
        planned.append(await _plan_one(session, article, post, place, after_id, now=now))
    for operation in planned:
        await _note(session, operation, "planned", by=by, now=now, due=operation.local_time)
    return planned


async def next_free(session: AsyncSession, channel: str, after: datetime) -> Place:
    """Return a channel's next free place after a moment; raises NoFreeSlot."""
    slots = await week(session, channel)
    ids = [slot.id for slot in slots]
    taken = await session.exec(
        select(col(Operation.slot_id), col(Operation.slot_day)).where(
            col(Operation.slot_id).in_(ids),
            col(Operation.due_at) > after,
            text(_TAKES_ITS_SLOT),
        )
    )
    occupied = {(slot_id, day) for slot_id, day in taken.all()}
    for place in places(slots, after):
        if (place.slot_id, place.day) not in occupied:
            return place
    raise NoFreeSlot(channel)


async def resend(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Plan a missed or failed operation again for now, as a person chose."""
    operation = await session.get_one(Operation, operation_id)
    return await resolve(
        session,
        operation,
        OperationState.SCHEDULED,
        "rescheduled",
        by=by,
        now=now,
        due_at=now,
        next_try_at=now,
        local_time=at_once(now).local_time,
        slot_id=None,
        slot_day=None,
        settled_at=None,
        problem=None,
    )


async def cancel(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Drop an operation that is not on its way."""
    operation = await session.get_one(Operation, operation_id)
    return await resolve(
        session, operation, OperationState.CANCELLED, "cancelled", by=by, now=now, settled_at=now
    )


async def hold(
    session: AsyncSession, operation_id: int, reason: str | None, *, by: Actor, now: datetime
) -> None:
    """Mark an operation so that it is not claimed, with the reason; None takes the mark away."""
    await session.exec(
        update(Operation).where(col(Operation.id) == operation_id).values(hold_reason=reason)
    )
    verb = "held" if reason else "let_go"
    await record(session, "operation", operation_id, verb, by=by, now=now, data={"reason": reason})


async def outlets(session: AsyncSession, article_id: int) -> list[Outlet]:
    """Return how an article stands on each channel, in the order of planning."""
    query = (
        select(Operation)
        .join(Delivery, col(Delivery.id) == col(Operation.delivery_id))
        .where(Delivery.article_id == article_id)
        .order_by(col(Operation.id))
    )
    return [
        Outlet(one.id, one.channel, one.state, one.local_time, one.permalink, one.problem)
        for one in (await session.exec(query)).all()
    ]


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
    """Move an operation on; once nothing of its article is on its way, that is published."""
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
    if to in (OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED):
        await _announce(session, operation, now=now)
    return operation


async def _plan_one(
    session: AsyncSession,
    article: Article,
    post: FrozenPost,
    place: Place,
    after_id: int | None,
    *,
    now: datetime,
) -> Operation:
    query = select(Delivery).where(
        Delivery.article_id == article.id, Delivery.channel == post.channel
    )
    delivery = (await session.exec(query)).first()
    if delivery is None:
        delivery = Delivery(article_id=article.id, channel=post.channel, created_at=now)
        session.add(delivery)
        await session.flush()
    operation = Operation(
        delivery_id=delivery.id,
        channel=post.channel,
        post_id=post.id,
        action=Action.CREATE,
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        slot_id=place.slot_id,
        slot_day=place.day,
        after_id=after_id,
    )
    session.add(operation)
    await session.flush()
    return operation


async def _announce(session: AsyncSession, operation: Operation, *, now: datetime) -> None:
    """Record that an article is published once nothing of it is on its way any more."""
    article = await article_of(session, operation.id)
    await session.get_one(Article, article.id, with_for_update=True)  # two may end at once
    states = [one.state for one in await outlets(session, article.id)]
    waiting = {OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED}
    if OperationState.DONE in states and not waiting.intersection(states):
        await record(session, "article", article.id, "published", by=NEWSROOM, now=now)


async def _note(
    session: AsyncSession,
    operation: Operation,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    **data: Any,
) -> None:
    await record(
        session,
        "operation",
        operation.id,
        verb,
        by=by,
        now=now,
        data={"channel": operation.channel, **data},
    )
