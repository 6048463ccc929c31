"""The life of a try: claimed and committed before the call, then settled by what was proved."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import channels as outlets
from content import strays
from content.channels import Channel
from content.deliveries import Action, Attempt, Operation, in_hand
from content.endings import resolve
from content.history import NEWSROOM, record
from content.posts import FrozenPost, NotAsApproved, Post
from content.readiness import claimable, expected
from content.threads import said
from content.workflow import UNSENT, OperationState

LEASE: Final = timedelta(minutes=5)
REFUSED: Final = "refused or done"
"""How a try ended that the channel refused, perhaps because the post is there already."""
_AHEAD: Final = (OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED)
LATE: Final = timedelta(minutes=2)
"""From here on the newsroom is not well: something that should be sent is not."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An operation in our hands until `lease_until`; `number` is the try's.

    `post` is None when what is stored is not what was approved: there is nothing to send.
    """

    operation_id: int
    number: int
    channel: str
    action: Action
    post: Post | None
    due_at: datetime
    lease_until: datetime
    remote_id: str | None


async def due(
    session: AsyncSession, channels: Sequence[str], *, now: datetime, limit: int
) -> Sequence[int]:
    """Return the ids of these channels' operations that may be claimed now, the oldest first.

    Of a channel that keeps a gap between its posts, only the oldest post.
    """
    spaced = and_(col(Operation.action) == Action.CREATE, col(Channel.gap_minutes) > 0)
    query = (
        select(Operation.id, Operation.channel, spaced)
        .join(Channel, col(Channel.name) == col(Operation.channel))
        .where(col(Operation.channel).in_(channels), *claimable(now))
        .order_by(col(Operation.next_try_at), col(Operation.id))
        .limit(limit)
    )
    oldest: dict[str, int] = {}
    return [
        operation_id
        for operation_id, channel, alone in (await session.exec(query)).all()
        if not alone or oldest.setdefault(channel, operation_id) == operation_id
    ]


async def upcoming(
    session: AsyncSession,
    channels: Sequence[str],
    *,
    now: datetime,
    after: int | None = None,
    limit: int,
) -> Sequence[tuple[int, str, datetime]]:
    """Return id, channel and time of these channels' operations that may be claimed at `now`.

    The oldest come first; `after` asks only for those that waited for that operation.
    """
    query = (
        select(Operation.id, Operation.channel, Operation.next_try_at)
        .where(col(Operation.channel).in_(channels), *claimable(now))
        .order_by(col(Operation.next_try_at), col(Operation.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(Operation.after_id) == after)
    return (await session.exec(query)).all()


async def before(session: AsyncSession, channel: str) -> list[Post]:
    """Return the posts that are to go out on a channel, those that go out first at the head.

    One that is not as it was approved is left out: claiming it tells people.
    """
    query = (
        select(FrozenPost)
        .join(Operation, col(Operation.post_id) == col(FrozenPost.id))
        .where(
            Operation.channel == channel,
            col(Operation.state).in_(_AHEAD),
            col(Operation.action).in_([Action.CREATE, Action.EDIT]),
        )
        .order_by(col(Operation.due_at), col(Operation.id))
    )
    found = []
    for frozen in (await session.exec(query)).all():
        with suppress(NotAsApproved):
            found.append(frozen.post())
    return found


async def overdue(session: AsyncSession, channels: Sequence[str], *, now: datetime) -> timedelta:
    """Return how late the oldest of these channels' operations is that should be out by now."""
    query = select(func.min(Operation.next_try_at)).where(
        col(Operation.channel).in_(channels), *expected(now)
    )
    oldest = (await session.exec(query)).one()
    return now - oldest if oldest is not None else timedelta(0)


async def claim_due(
    session: AsyncSession, operation_id: int, worker: str, *, now: datetime
) -> Claimed | None:
    """Take an operation that is due: SENDING and an Attempt, to be committed before the call.

    None when it is not due, held, waiting for another, or someone else has it. Where the channel
    keeps a gap, a post is taken together with the channel's turn, or not at all.
    """
    known = await _rules_and_post(session, operation_id)
    if known is None:
        return None
    rules, frozen = known
    if rules.gap_minutes == 0:
        operation = await _take(session, operation_id, now=now)
    else:
        async with session.begin_nested() as both:
            operation = await _take(session, operation_id, now=now)
            if (
                operation is not None
                and operation.action is Action.CREATE
                and not await outlets.take_turn(session, rules.name, rules.gap, now=now)
            ):
                operation = None
                await both.rollback()
    if operation is None:
        return None
    session.add(
        Attempt(operation_id=operation_id, number=operation.tries, worker=worker, started_at=now)
    )
    await record(
        session,
        "operation",
        operation_id,
        "sending",
        by=NEWSROOM,
        now=now,
        before=OperationState.SCHEDULED,
        after=OperationState.SENDING,
        data={"channel": operation.channel, "try": operation.tries},
    )
    return Claimed(
        operation_id=operation_id,
        number=operation.tries,
        channel=operation.channel,
        action=operation.action,
        post=_as_approved(frozen, operation),
        due_at=operation.due_at,
        lease_until=now + LEASE,
        remote_id=operation.remote_id,
    )


async def settle(
    session: AsyncSession, claimed: Claimed, remote_id: str, permalink: str, *, now: datetime
) -> bool:
    """Write down a proven success: DONE with the channel's id and address.

    It also holds for what was given up as unconfirmed, put back or refused meanwhile: proof is
    proof. Where the post was annulled, or is being sent again, people are told that it is out.
    """
    values = {"remote_id": remote_id, "permalink": permalink, "settled_at": now}
    ours = await _close(session, claimed, OperationState.DONE, "done", permalink, values, now=now)
    if not ours:
        await strays.note(session, claimed.operation_id, remote_id, permalink, now=now)
    return ours


async def postpone(
    session: AsyncSession, claimed: Claimed, until: datetime, reason: str, *, now: datetime
) -> bool:
    """Put back what was certainly not performed, to be claimed again at `until`."""
    values = {"next_try_at": until, "problem": reason}
    ours = await _close(
        session, claimed, OperationState.SCHEDULED, "postponed", reason, values, now=now
    )
    if ours and claimed.action is Action.CREATE:
        await outlets.give_back_turn(session, claimed.channel, claimed.lease_until - LEASE)
    return ours


async def fail(session: AsyncSession, claimed: Claimed, reason: str, *, now: datetime) -> bool:
    """Close what was refused for good."""
    values = {"problem": reason, "settled_at": now}
    return await _close(session, claimed, OperationState.FAILED, "failed", reason, values, now=now)


async def leave_unconfirmed(
    session: AsyncSession, claimed: Claimed, reason: str, *, now: datetime, refused: bool = False
) -> bool:
    """Leave open what nobody can say was performed or not; reconcile takes it from here.

    `refused` says that, if it was not performed, it was refused for good.
    """
    verb = REFUSED if refused else "unconfirmed"
    values = {"problem": reason, "next_try_at": now}
    return await _close(session, claimed, OperationState.UNCONFIRMED, verb, reason, values, now=now)


def _as_approved(frozen: FrozenPost, operation: Operation) -> Post | None:
    try:
        return said(operation, frozen.post())
    except NotAsApproved:
        return None


async def _rules_and_post(
    session: AsyncSession, operation_id: int
) -> tuple[Channel, FrozenPost] | None:
    """Return an operation's channel and post, None when there is no such operation."""
    query = (
        select(Channel, FrozenPost)
        .join(Operation, col(Operation.channel) == col(Channel.name))
        .join(FrozenPost, col(Operation.post_id) == col(FrozenPost.id))
        .where(Operation.id == operation_id)
    )
    return (await session.exec(query)).first()


async def _take(session: AsyncSession, operation_id: int, *, now: datetime) -> Operation | None:
    """Make an operation ours by one conditional UPDATE; None when it is not to be had."""
    taken = await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, *claimable(now))
        .values(
            state=OperationState.SENDING,
            lease_until=now + LEASE,
            tries=col(Operation.tries) + 1,
            problem=None,
            asked_at=None,
        )
        .returning(Operation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return taken.scalars().first()


async def _close(
    session: AsyncSession,
    claimed: Claimed,
    to: OperationState,
    verb: str,
    detail: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> bool:
    """End a try; False when the operation has moved on without it, and the try says so."""
    operation = await in_hand(session, claimed.operation_id)
    seen, proof = operation.state, to is OperationState.DONE
    written = seen is to  # before: the database's answer was lost, or someone else found it out
    open_to_us = seen is OperationState.SENDING or (proof and seen is OperationState.UNCONFIRMED)
    ours = (written or open_to_us) and operation.tries == claimed.number
    ours = ours or (proof and seen in UNSENT)  # or it would go out twice
    outcome = verb if ours else f"{verb}, too late"
    await end(session, claimed.operation_id, claimed.number, outcome, detail, now=now)
    if ours and not written:
        await resolve(session, operation, to, verb, by=NEWSROOM, now=now, **values)
    return ours


async def end(
    session: AsyncSession,
    operation_id: int,
    number: int,
    outcome: str,
    detail: str | None,
    *,
    now: datetime,
) -> None:
    """Write down how an operation's n-th try ended."""
    await session.exec(
        update(Attempt)
        .where(col(Attempt.operation_id) == operation_id, col(Attempt.number) == number)
        .values(ended_at=now, outcome=outcome, detail=detail)
    )
