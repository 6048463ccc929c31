"""The calendar: operations take their places, move, are held, sent again or dropped."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import announced, silence
from content.articles import Article
from content.availability import next_free
from content.channels import TOO_LATE, shelf_lives
from content.deliveries import Action, Delivery, Operation, article_of, in_hand
from content.endings import keep, resolve
from content.history import Actor, NotAllowed, record
from content.posts import FrozenPost
from content.readiness import MENDING
from content.slots import Place, at_once
from content.standing import making_room
from content.submissions import Kind
from content.threads import count
from content.workflow import GIVEN_UP, OperationState


class NoPage(Exception):
    """The page that a post links to was dropped: the post would lead nowhere."""


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
    them, and they wait until it is done. At once is allowed in quiet hours, since a person chose
    it; raises InBlackout in a blackout, NoFreeSlot.
    """
    blackouts = await silence.ahead(session, now=now)
    if immediately:
        silence.refuse(blackouts, now)
    social = [post for post in posts if post.channel != first]
    when = {
        post.channel: at_once(now) if immediately else await next_free(session, post.channel, now)
        for post in social
    }
    earliest = min((place.due_at for place in when.values()), default=silence.over(blackouts, now))
    page = next((post for post in posts if post.channel == first), None)
    deliveries = await _deliveries(session, article, [post.channel for post in posts], now=now)
    lives = await shelf_lives(session, article.kind)
    planned = []
    if page is not None:
        place = at_once(earliest)
        planned.append(_creation(page, place, deliveries[page.channel], lives, None))
        session.add_all(planned)
        await session.flush()
    after_id = planned[0].id if planned else None
    planned += [
        _creation(post, when[post.channel], deliveries[post.channel], lives, after_id)
        for post in social
    ]
    session.add_all(planned)
    await session.flush()
    for operation in planned:
        await _note(session, operation, "planned", by=by, now=now)
    return planned


async def reschedule(
    session: AsyncSession, operation_id: int, place: Place, *, by: Actor, now: datetime
) -> Operation:
    """Move what is scheduled to another place, or to a moment (`at_once(moment)`).

    The page that it waits for moves with the earliest of those that wait for it. Raises
    NotAllowed once it is being sent, InBlackout when the place lies in one, and IntegrityError
    when somebody took the place a moment ago.
    """
    operation = await in_hand(session, operation_id)
    if operation.action not in MENDING:  # which goes at any hour
        silence.refuse(await silence.ahead(session, now=now), place.due_at)
    page = await _page_of(session, operation)
    kind = (await article_of(session, operation_id)).kind
    when = _when(place, await _life(session, operation, kind))
    moved = await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, col(Operation.state) == OperationState.SCHEDULED)
        .values(**when)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(operation)
    if moved.rowcount != 1:
        raise NotAllowed("operation", operation.state, OperationState.SCHEDULED)
    await _note(session, operation, "rescheduled", by=by, now=now)
    if page is not None:
        await _follow(session, page, kind, by=by, now=now)
    return operation


async def move_on(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Move what is scheduled to its channel's next free place after its own; as reschedule."""
    operation = await in_hand(session, operation_id)
    place = await next_free(session, operation.channel, max(operation.due_at, now))
    return await reschedule(session, operation_id, place, by=by, now=now)


async def resend(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Plan a missed or failed operation again for now; the page that it waits for comes along.

    Raises NoPage when that was dropped; NotAllowed, InBlackout, NotFinished (content.announced).
    """
    operation = await in_hand(session, operation_id)
    if operation.state not in GIVEN_UP:  # on its way, or in doubt: it would go out twice
        raise NotAllowed("operation", operation.state, OperationState.SCHEDULED)
    await announced.require_for(session, operation)
    if operation.action not in MENDING:
        silence.refuse(await silence.ahead(session, now=now), now)
    page = await _page_of(session, operation)
    if page is not None and page.state is OperationState.MISSED:
        await resend(session, page.id, by=by, now=now)
    if page is not None and page.state is OperationState.CANCELLED:
        if page.delivery_id != operation.delivery_id:
            raise NoPage
        operation.after_id = None  # what was here before: a person saw to it
    kind = (await article_of(session, operation_id)).kind
    return await resolve(
        session,
        operation,
        OperationState.SCHEDULED,
        "rescheduled",
        by=by,
        now=now,
        **_when(at_once(now), await _life(session, operation, kind)),
        hold_reason=None,
        settled_at=None,
        problem=None,
    )


async def cancel(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Drop an operation as a person chose; the post that it was to replace stays.

    As `drop`, and the deletions that were to make room for it go too if they are not on their way.
    """
    operation = await in_hand(session, operation_id)
    room = await making_room(session, operation)
    await drop(session, operation_id, by=by, now=now)
    for deletion in room:
        with suppress(NotAllowed):  # a worker took it a moment ago
            await keep(session, deletion, by=by, now=now)
    return operation


async def drop(session: AsyncSession, operation_id: int, *, by: Actor, now: datetime) -> Operation:
    """Drop an operation that is not on its way, and those that wait for it; raises NotAllowed."""
    operation = await in_hand(session, operation_id)
    page = await _page_of(session, operation)
    await resolve(
        session, operation, OperationState.CANCELLED, "cancelled", by=by, now=now, settled_at=now
    )
    for waiting in await _waiting_for(session, operation_id):
        if operation.action is Action.DELETE:  # a person saw to it: what takes its place may go
            waiting.after_id = None
            session.add(waiting)
        else:
            await drop(session, waiting.id, by=by, now=now)
    if page is not None:
        kind = (await article_of(session, operation_id)).kind
        await _follow(session, page, kind, by=by, now=now)
    return operation


async def hold(
    session: AsyncSession, operation_id: int, reason: str | None, *, by: Actor, now: datetime
) -> None:
    """Mark what is scheduled so that it is not claimed, with the reason; None lets it go.

    Raises NotAllowed when there is nothing to hold any more, NotFinished when it may not go yet.
    """
    operation = await in_hand(session, operation_id)
    if operation.state is not OperationState.SCHEDULED:
        raise NotAllowed("operation", operation.state, OperationState.SCHEDULED)
    if reason is None:
        await announced.require_for(session, operation)
    operation.hold_reason = reason
    session.add(operation)
    verb = "held" if reason else "let_go"
    await record(session, "operation", operation_id, verb, by=by, now=now, data={"reason": reason})


async def _deliveries(
    session: AsyncSession, article: Article, channels: Sequence[str], *, now: datetime
) -> dict[str, Delivery]:
    """Return an article's deliveries to these channels, made where there are none yet."""
    query = select(Delivery).where(
        Delivery.article_id == article.id, col(Delivery.channel).in_(channels)
    )
    known = {one.channel: one for one in (await session.exec(query)).all()}
    for channel in channels:
        if channel not in known:
            known[channel] = Delivery(article_id=article.id, channel=channel, created_at=now)
            session.add(known[channel])
    await session.flush()
    return known


def _creation(
    post: FrozenPost,
    place: Place,
    delivery: Delivery,
    lives: Mapping[str, timedelta],
    after_id: int | None,
) -> Operation:
    return Operation(
        delivery_id=delivery.id,
        channel=post.channel,
        post_id=post.id,
        action=Action.CREATE,
        parts=count(post),
        state=OperationState.SCHEDULED,
        after_id=after_id,
        **_when(place, lives.get(post.channel, TOO_LATE)),
    )


def _when(place: Place, life: timedelta | None) -> dict[str, Any]:
    """Return all that an operation's row says about its time."""
    return {
        "due_at": place.due_at,
        "local_time": place.local_time,
        "next_try_at": place.due_at,
        "news_until": None if life is None else place.due_at + life,
        "slot_id": place.slot_id,
        "slot_day": place.day,
    }


async def _life(session: AsyncSession, operation: Operation, kind: Kind) -> timedelta | None:
    """Return how long a post is news; None for what is to follow on one that is out."""
    if operation.part > 1:
        return None
    return (await shelf_lives(session, kind)).get(operation.channel, TOO_LATE)


async def _page_of(session: AsyncSession, operation: Operation) -> Operation | None:
    """Return the page that an operation waits for, which no sender takes meanwhile."""
    if operation.after_id is None:
        return None
    return await in_hand(session, operation.after_id)


async def _waiting_for(session: AsyncSession, operation_id: int) -> Sequence[Operation]:
    query = select(Operation).where(
        Operation.after_id == operation_id, Operation.state == OperationState.SCHEDULED
    )
    return (await session.exec(query.order_by(col(Operation.id)))).all()


async def _follow(
    session: AsyncSession, page: Operation, kind: Kind, *, by: Actor, now: datetime
) -> None:
    """Move a page that is still to be sent to the earliest of the posts that wait for it."""
    query = select(func.min(Operation.due_at)).where(
        Operation.after_id == page.id, Operation.state == OperationState.SCHEDULED
    )
    earliest = (await session.exec(query)).one()
    if earliest is None or earliest == page.due_at:
        return
    moved = await session.exec(
        update(Operation)
        .where(col(Operation.id) == page.id, col(Operation.state) == OperationState.SCHEDULED)
        .values(**_when(at_once(earliest), await _life(session, page, kind)))
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 1:
        await session.refresh(page)
        await _note(session, page, "followed", by=by, now=now)


async def _note(
    session: AsyncSession, operation: Operation, verb: str, *, by: Actor, now: datetime
) -> None:
    data = {"channel": operation.channel, "due": operation.local_time}
    await record(session, "operation", operation.id, verb, by=by, now=now, data=data)
