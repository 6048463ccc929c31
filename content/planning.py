"""The calendar: operations take their places, move, are held, sent again or dropped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import silence
from content.articles import Article
from content.channels import Channel, shelf_life
from content.deliveries import (
    TAKES_ITS_PLACE,
    Action,
    Delivery,
    Operation,
    article_of,
    resolve,
)
from content.history import Actor, NotAllowed, record
from content.posts import FrozenPost
from content.slots import DAYS_AHEAD, NoFreeSlot, Place, at_once, places, week
from content.submissions import Kind
from content.workflow import OperationState


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
    if immediately:
        await silence.refuse(session, now, now=now)
    social = [post for post in posts if post.channel != first]
    when = {
        post.channel: at_once(now) if immediately else await next_free(session, post.channel, now)
        for post in social
    }
    alone = await silence.over(session, now, now=now)
    earliest = min((place.due_at for place in when.values()), default=alone)
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
        await _note(session, operation, "planned", by=by, now=now)
    return planned


async def next_free(session: AsyncSession, channel: str, after: datetime) -> Place:
    """Return a channel's next free place after a moment; raises NoFreeSlot.

    Free is what nobody has, outside quiet hours and blackouts, and no nearer to another post of
    the channel than its gap.
    """
    rules = await session.get_one(Channel, channel)
    slots = await week(session, channel)
    occupied = await _occupied(session, [slot.id for slot in slots], after)
    blackouts = await silence.ahead(session, now=after)
    others = await _moments(session, channel, after, rules.gap) if rules.gap_minutes else []
    for place in places(slots, after):
        if (
            (place.slot_id, place.day) not in occupied
            and not rules.is_quiet(place.due_at)
            and not any(one.holds(place.due_at) for one in blackouts)
            and all(abs(place.due_at - other) >= rules.gap for other in others)
        ):
            return place
    raise NoFreeSlot(channel)


async def reschedule(
    session: AsyncSession, operation_id: int, place: Place, *, by: Actor, now: datetime
) -> Operation:
    """Move what is scheduled to another place, or to a moment (`at_once(moment)`).

    The page that it waits for moves with the earliest of those that wait for it. Raises
    NotAllowed once it is being sent, InBlackout when the place lies in one, and IntegrityError
    when somebody took the place a moment ago.
    """
    await silence.refuse(session, place.due_at, now=now)
    operation = await session.get_one(Operation, operation_id)
    page = await _page_of(session, operation)
    kind = (await article_of(session, operation_id)).kind
    when = await _when(session, operation.channel, kind, place)
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
    operation = await session.get_one(Operation, operation_id)
    place = await next_free(session, operation.channel, max(operation.due_at, now))
    return await reschedule(session, operation_id, place, by=by, now=now)


async def resend(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Plan a missed or failed operation again for now, as a person chose, held or not.

    The page that it waits for comes along if it was missed too. Raises NotAllowed, InBlackout.
    """
    await silence.refuse(session, now, now=now)
    operation = await session.get_one(Operation, operation_id)
    page = await _page_of(session, operation)
    if page is not None and page.state is OperationState.MISSED:
        await resend(session, page.id, by=by, now=now)
    kind = (await article_of(session, operation_id)).kind
    return await resolve(
        session,
        operation,
        OperationState.SCHEDULED,
        "rescheduled",
        by=by,
        now=now,
        **await _when(session, operation.channel, kind, at_once(now)),
        hold_reason=None,
        settled_at=None,
        problem=None,
    )


async def cancel(
    session: AsyncSession, operation_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Drop an operation that is not on its way, and those that wait for it; raises NotAllowed."""
    operation = await session.get_one(Operation, operation_id)
    page = await _page_of(session, operation)
    await resolve(
        session, operation, OperationState.CANCELLED, "cancelled", by=by, now=now, settled_at=now
    )
    for waiting in await _waiting_for(session, operation_id):
        await cancel(session, waiting.id, by=by, now=now)
    if page is not None:
        kind = (await article_of(session, operation_id)).kind
        await _follow(session, page, kind, by=by, now=now)
    return operation


async def hold(
    session: AsyncSession, operation_id: int, reason: str | None, *, by: Actor, now: datetime
) -> None:
    """Mark what is scheduled so that it is not claimed, with the reason; None lets it go.

    Raises NotAllowed when there is nothing to hold any more.
    """
    marked = await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, col(Operation.state) == OperationState.SCHEDULED)
        .values(hold_reason=reason)
        .execution_options(synchronize_session=False)
    )
    operation = await session.get_one(Operation, operation_id, populate_existing=True)
    if marked.rowcount != 1:
        raise NotAllowed("operation", operation.state, OperationState.SCHEDULED)
    verb = "held" if reason else "let_go"
    await record(session, "operation", operation_id, verb, by=by, now=now, data={"reason": reason})


async def _occupied(
    session: AsyncSession, slot_ids: Sequence[int], after: datetime
) -> set[tuple[Any, Any]]:
    query = select(col(Operation.slot_id), col(Operation.slot_day)).where(
        col(Operation.slot_id).in_(slot_ids), col(Operation.due_at) > after, text(TAKES_ITS_PLACE)
    )
    return {(slot_id, day) for slot_id, day in (await session.exec(query)).all()}


async def _moments(
    session: AsyncSession, channel: str, after: datetime, gap: timedelta
) -> Sequence[datetime]:
    """Return when other posts of a channel go out, or went out less than a gap ago."""
    query = select(Operation.due_at).where(
        Operation.channel == channel,
        Operation.action == Action.CREATE,
        col(Operation.due_at) > after - gap,
        col(Operation.due_at) < after + timedelta(days=DAYS_AHEAD) + gap,
        text(TAKES_ITS_PLACE),
    )
    return (await session.exec(query)).all()


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
        after_id=after_id,
        **await _when(session, post.channel, article.kind, place),
    )
    session.add(operation)
    await session.flush()
    return operation


async def _when(session: AsyncSession, channel: str, kind: Kind, place: Place) -> dict[str, Any]:
    """Return all that an operation's row says about its time."""
    return {
        "due_at": place.due_at,
        "local_time": place.local_time,
        "next_try_at": place.due_at,
        "news_until": place.due_at + await shelf_life(session, channel, kind),
        "slot_id": place.slot_id,
        "slot_day": place.day,
    }


async def _page_of(session: AsyncSession, operation: Operation) -> Operation | None:
    """Return the page that an operation waits for, locked, so that its article's moves queue."""
    if operation.after_id is None:
        return None
    return await session.get_one(Operation, operation.after_id, with_for_update=True)


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
        .values(**await _when(session, page.channel, kind, at_once(earliest)))
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
