"""The life of a try: claimed and committed before the call, then settled by what was proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.channels import Channel
from content.deliveries import Action, Attempt, Operation, resolve
from content.history import NEWSROOM, Actor, record
from content.posts import FrozenPost, Post
from content.workflow import OperationState

LEASE: Final = timedelta(minutes=5)
TOO_LATE: Final = timedelta(hours=6)
LATE: Final = timedelta(minutes=2)
"""From here on the newsroom is not well: something that should be sent is not."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An operation in our hands until `lease_until`; `number` is the try's."""

    operation_id: int
    number: int
    channel: str
    action: Action
    post: Post
    due_at: datetime
    lease_until: datetime
    remote_id: str | None


async def due(
    session: AsyncSession, channels: Sequence[str], *, now: datetime, limit: int
) -> Sequence[int]:
    """Return the ids of these channels' operations that may be claimed now, the oldest first."""
    query = (
        select(Operation.id)
        .where(col(Operation.channel).in_(channels), *_claimable(now))
        .order_by(col(Operation.next_try_at), col(Operation.id))
        .limit(limit)
    )
    return (await session.exec(query)).all()


async def overdue(session: AsyncSession, *, now: datetime) -> timedelta:
    """Return how late the oldest operation is that could have been claimed."""
    query = select(func.min(Operation.next_try_at)).where(*_claimable(now))
    oldest = (await session.exec(query)).one()
    return now - oldest if oldest is not None else timedelta(0)


async def claim_due(
    session: AsyncSession, operation_id: int, worker: str, *, now: datetime
) -> Claimed | None:
    """Take an operation that is due: SENDING and an Attempt, to be committed before the call.

    None when it is not due, held, waiting for another, or someone else has it.
    """
    taken = await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, *_claimable(now))
        .values(
            state=OperationState.SENDING,
            lease_until=now + LEASE,
            tries=col(Operation.tries) + 1,
            problem=None,
            asked_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        return None
    operation = await session.get_one(Operation, operation_id, populate_existing=True)
    frozen = await session.get_one(FrozenPost, operation.post_id)
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
        post=frozen.post(),
        due_at=operation.due_at,
        lease_until=now + LEASE,
        remote_id=operation.remote_id,
    )


async def settle(
    session: AsyncSession, claimed: Claimed, remote_id: str, permalink: str, *, now: datetime
) -> bool:
    """Write down a proven success: DONE with the channel's id and address.

    It also holds for a try that was given up as unconfirmed meanwhile: proof is proof.
    """
    values = {"remote_id": remote_id, "permalink": permalink, "settled_at": now}
    return await _close(session, claimed, OperationState.DONE, "done", permalink, values, now=now)


async def postpone(
    session: AsyncSession, claimed: Claimed, until: datetime, reason: str, *, now: datetime
) -> bool:
    """Put back what was certainly not performed, to be claimed again at `until`."""
    values = {"next_try_at": until, "problem": reason}
    return await _close(
        session, claimed, OperationState.SCHEDULED, "postponed", reason, values, now=now
    )


async def fail(session: AsyncSession, claimed: Claimed, reason: str, *, now: datetime) -> bool:
    """Close what was refused for good."""
    values = {"problem": reason, "settled_at": now}
    return await _close(session, claimed, OperationState.FAILED, "failed", reason, values, now=now)


async def leave_unconfirmed(
    session: AsyncSession, claimed: Claimed, reason: str, *, now: datetime
) -> bool:
    """Leave open what nobody can say was performed or not; reconcile takes it from here."""
    return await _close(
        session,
        claimed,
        OperationState.UNCONFIRMED,
        "unconfirmed",
        reason,
        {"problem": reason, "next_try_at": now},
        now=now,
    )


async def expire_leases(session: AsyncSession, *, now: datetime, all_of_them: bool = False) -> int:
    """Leave unconfirmed every operation whose sender died with it in hand; return how many.

    `all_of_them` does not wait for the leases: only for an engine that knows it is alone.
    """
    query = select(Operation).where(Operation.state == OperationState.SENDING)
    if not all_of_them:
        query = query.where(col(Operation.lease_until) < now)
    stale = (await session.exec(query)).all()
    for operation in stale:
        await resolve(
            session,
            operation,
            OperationState.UNCONFIRMED,
            "unconfirmed",
            by=NEWSROOM,
            now=now,
            problem="interrupted",
            next_try_at=now,
        )
    return len(stale)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An unconfirmed operation: its post may be on the channel since `since`, or not at all.

    `last_try` is when the last try began; `asked` says that a moderator is already being asked.
    """

    operation_id: int
    channel: str
    post: Post
    since: datetime
    last_try: datetime
    asked: bool


async def doubts(
    session: AsyncSession, channels: Sequence[str], *, now: datetime, limit: int
) -> list[Doubt]:
    """Return these channels' unconfirmed operations that are to be looked at now."""
    tries = (
        select(
            col(Attempt.operation_id).label("id"),
            func.min(Attempt.started_at).label("first"),
            func.max(Attempt.started_at).label("last"),
        )
        .group_by(col(Attempt.operation_id))
        .subquery()
    )
    query = (
        select(Operation, FrozenPost, tries.c.first, tries.c.last)
        .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
        .join(tries, tries.c.id == col(Operation.id))
        .where(
            Operation.state == OperationState.UNCONFIRMED,
            col(Operation.channel).in_(channels),
            col(Operation.next_try_at) <= now,
        )
        .order_by(col(Operation.next_try_at))
        .limit(limit)
    )
    return [
        Doubt(one.id, one.channel, frozen.post(), first, last, one.asked_at is not None)
        for one, frozen, first, last in (await session.exec(query)).all()
    ]


async def ask_people(session: AsyncSession, operation_id: int, *, now: datetime) -> None:
    """Note, once, that the channel cannot tell and that a moderator is asked."""
    asked = await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, col(Operation.asked_at).is_(None))
        .values(asked_at=now)
    )
    if asked.rowcount == 1:
        await record(session, "operation", operation_id, "doubtful", by=NEWSROOM, now=now)


async def look_again(session: AsyncSession, operation_id: int, at: datetime) -> None:
    """Let an unconfirmed operation be looked at again at a moment."""
    await session.exec(
        update(Operation)
        .where(
            col(Operation.id) == operation_id, col(Operation.state) == OperationState.UNCONFIRMED
        )
        .values(next_try_at=at)
    )


async def confirm(
    session: AsyncSession,
    operation_id: int,
    remote_id: str,
    permalink: str,
    *,
    by: Actor,
    now: datetime,
) -> Operation:
    """Close an unconfirmed operation as done, with the proof found."""
    operation = await session.get_one(Operation, operation_id)
    return await resolve(
        session,
        operation,
        OperationState.DONE,
        "confirmed",
        by=by,
        now=now,
        remote_id=remote_id,
        permalink=permalink,
        settled_at=now,
        problem=None,
    )


async def deny(session: AsyncSession, operation_id: int, *, by: Actor, now: datetime) -> Operation:
    """Put back an unconfirmed operation that was proved absent."""
    operation = await session.get_one(Operation, operation_id)
    return await resolve(
        session,
        operation,
        OperationState.SCHEDULED,
        "denied",
        by=by,
        now=now,
        next_try_at=now,
        problem=None,
    )


async def miss_late(session: AsyncSession, *, now: datetime) -> int:
    """Mark as missed what is too late to be news; return how many."""
    query = select(Operation).where(
        Operation.state == OperationState.SCHEDULED, col(Operation.due_at) < now - TOO_LATE
    )
    late = (await session.exec(query)).all()
    for operation in late:
        await resolve(
            session,
            operation,
            OperationState.MISSED,
            "missed",
            by=NEWSROOM,
            now=now,
            settled_at=now,
        )
    return len(late)


def _claimable(now: datetime) -> tuple[Any, ...]:
    earlier = aliased(Operation)
    return (
        Operation.state == OperationState.SCHEDULED,
        col(Operation.next_try_at) <= now,
        col(Operation.hold_reason).is_(None),
        exists().where(
            col(Channel.name) == col(Operation.channel),
            col(Channel.paused_at).is_(None),
            or_(col(Channel.next_allowed_at).is_(None), col(Channel.next_allowed_at) <= now),
        ),
        or_(
            col(Operation.after_id).is_(None),
            exists().where(
                col(earlier.id) == col(Operation.after_id),
                col(earlier.state) == OperationState.DONE,
            ),
        ),
    )


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
    from_states = [OperationState.SENDING]
    if to is OperationState.DONE:
        from_states.append(OperationState.UNCONFIRMED)
    operation = await session.get_one(Operation, claimed.operation_id, with_for_update=True)
    seen = operation.state
    ours = seen in from_states and operation.tries == claimed.number
    await session.exec(
        update(Attempt)
        .where(
            col(Attempt.operation_id) == claimed.operation_id,
            col(Attempt.number) == claimed.number,
        )
        .values(ended_at=now, outcome=verb if ours else f"{verb}, too late", detail=detail)
    )
    if ours:
        await resolve(session, operation, to, verb, by=NEWSROOM, now=now, **values)
    return ours
