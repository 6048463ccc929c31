"""What nobody can say was performed or not, until the channel or a person proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import Action, Attempt, Operation, in_hand
from content.endings import is_approved, resolve
from content.history import NEWSROOM, Actor, NotAllowed, record
from content.posts import FrozenPost, NotAsApproved, Post
from content.readiness import MENDING
from content.sending import REFUSED
from content.threads import said
from content.tries import begun
from content.workflow import UNSENT, OperationState

_TAMPERED: Final = timedelta(hours=1)


class NotAsked(Exception):
    """The system itself still looks whether it is there: a person would not see it for certain."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An unconfirmed operation: its post may be on the channel since `since`, or not at all.

    `tries` is how many tries it is about, `last_try` when the last ended; `asked` says that a
    moderator is already being asked; `refusal` is the channel's reason if, not being there, the
    post was refused; `account` is where the last try was made, as Attempt.account. One that `mends`
    what is out (an edit, a deletion) is not looked for: done twice, it leaves what it leaves done
    once. A deletion that is no longer wanted (not `is_wanted`) must not be done again, though.
    """

    operation_id: int
    channel: str
    mends: bool
    post: Post
    tries: int
    since: datetime
    last_try: datetime
    asked: bool
    refusal: str | None
    account: str | None
    is_wanted: bool = True


async def waiting(
    session: AsyncSession, channels: Sequence[str], *, now: datetime, limit: int
) -> list[Doubt]:
    """Return these channels' unconfirmed operations that are to be looked at now.

    One whose stored post is not what was approved cannot be looked for: people are asked.
    """
    tries = (
        select(
            col(Attempt.operation_id).label("id"),
            func.min(Attempt.started_at).label("first"),
        )
        .group_by(col(Attempt.operation_id))
        .subquery()
    )
    query = (
        select(Operation, FrozenPost, Attempt, tries.c.first)
        .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
        .join(tries, tries.c.id == col(Operation.id))
        .join(
            Attempt,
            and_(
                col(Attempt.operation_id) == col(Operation.id),
                col(Attempt.number) == col(Operation.tries),
            ),
        )
        .where(
            Operation.state == OperationState.UNCONFIRMED,
            col(Operation.channel).in_(channels),
            col(Operation.next_try_at) <= now,
        )
        .order_by(col(Operation.next_try_at))
        .limit(limit)
    )
    found = []
    for one, frozen, last, first in (await session.exec(query)).all():
        try:
            post = said(one, frozen.post())
        except NotAsApproved:
            await ask_people(session, one.id, now=now)
            await look_again(session, one.id, now + _TAMPERED)
            continue
        doubt = Doubt(
            operation_id=one.id,
            channel=one.channel,
            mends=one.action in MENDING,
            post=post.model_copy(
                update={
                    "answers": _answered(one),
                    "begun": await begun(session, one.id, last.account) if one.tries > 1 else None,
                }
            ),
            tries=one.tries,
            since=first,
            last_try=last.ended_at or last.started_at,
            asked=one.asked_at is not None,
            refusal=last.detail if last.outcome == REFUSED else None,
            account=last.account,
            is_wanted=one.action is not Action.DELETE
            or await is_approved(session, one, locked=False),
        )
        found.append(doubt)
    return found


def _answered(operation: Operation) -> str | None:
    return operation.remote_id if operation.action is Action.REPLY else None


async def ask_people(
    session: AsyncSession, operation_id: int, *, now: datetime, why: str | None = None
) -> None:
    """Note, once, that the channel cannot tell and that a moderator is asked.

    `why`, in Italian, says what keeps it from telling, in the place of what went wrong before.
    """
    if why is not None:
        await session.exec(
            update(Operation).where(col(Operation.id) == operation_id).values(problem=why)
        )
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
    """Close an unconfirmed operation as done, with the proof found; raises NotAllowed.

    What the newsroom itself read on the channel also counts for what a person put back meanwhile:
    it would go out twice.
    """
    operation = await in_hand(session, operation_id)
    if by != NEWSROOM or operation.state not in UNSENT:
        operation = await _in_doubt(session, operation_id, OperationState.DONE)
    if operation.action in MENDING and operation.remote_id:  # the post that it mends has its own
        remote_id, permalink = operation.remote_id, operation.permalink or permalink
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


async def deny(
    session: AsyncSession, operation_id: int, *, tries: int | None = None, by: Actor, now: datetime
) -> Operation:
    """Put back an unconfirmed operation that was proved absent after so many `tries`.

    Raises NotAllowed, also where there was another try since: that one may be there.
    """
    operation = await _in_doubt(session, operation_id, OperationState.SCHEDULED, tries)
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


async def not_seen(
    session: AsyncSession, operation_id: int, *, tries: int, by: Actor, now: datetime
) -> Operation:
    """Put back what a person did not find on the channel, once they were asked; as `deny`.

    `tries` is how many there were as they were asked: they looked for no later one. Raises NotAsked
    before: the channel may not show yet what it has, and it would go out twice.
    """
    operation = await _in_doubt(session, operation_id, OperationState.SCHEDULED, tries)
    if operation.asked_at is None:
        raise NotAsked
    return await deny(session, operation_id, tries=tries, by=by, now=now)


async def refuse(
    session: AsyncSession,
    operation_id: int,
    reason: str,
    *,
    tries: int | None = None,
    by: Actor,
    now: datetime,
) -> Operation:
    """Close an unconfirmed operation that was proved absent and had been refused; as `deny`."""
    operation = await _in_doubt(session, operation_id, OperationState.FAILED, tries)
    return await resolve(
        session,
        operation,
        OperationState.FAILED,
        "failed",
        by=by,
        now=now,
        settled_at=now,
        problem=reason,
    )


async def _in_doubt(
    session: AsyncSession, operation_id: int, to: OperationState, tries: int | None = None
) -> Operation:
    """Take an operation in hand that is still in doubt, after so many `tries`.

    Of one that is being sent again meanwhile an answer of before says nothing: put back, it would
    go out twice.
    """
    operation = await in_hand(session, operation_id)
    if operation.state is not OperationState.UNCONFIRMED or tries not in (None, operation.tries):
        raise NotAllowed("operation", operation.state, to)
    return operation
