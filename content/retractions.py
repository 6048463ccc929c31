"""Taking a published article down everywhere: a deletion wherever it is out, or may be."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import of_submission
from content.deliveries import Action, Operation
from content.endings import resolve
from content.history import Actor, NotAllowed, change_state, record
from content.slots import at_once
from content.standing import Standing, operations_of, standing
from content.store import locked
from content.submissions import Submission
from content.workflow import ARTICLE, UNSENT, ArticleState, OperationState, SubmissionState


class NothingOut(Exception):
    """Nothing of the article is out, or on its way: there is nothing to take down."""


async def retract(
    session: AsyncSession, submission: Submission, reason: str, *, by: Actor, now: datetime
) -> list[Operation]:
    """Take an article down: its posts are deleted, what was planned of it is dropped.

    What is on its way, or in doubt, is waited for: its deletion goes once it is known to be there,
    and is dropped if it is not. Raises NotAllowed when it was retracted before, NothingOut.
    """
    operations = await operations_of(session, submission.id)
    article = await of_submission(session, submission.id)
    if article is None:
        raise NotAllowed("submission", submission.state, SubmissionState.WITHDRAWN)
    await locked(session, article)
    there = standing([one for one in operations if not _is_put_off(one)])
    if article.state is not ArticleState.RETRACTED and not there:
        raise NothingOut
    data = {"reason": reason, "channels": sorted({one.made.channel for one in there})}
    await change_state(
        session, article, ARTICLE, ArticleState.RETRACTED,
        verb="taken_down", by=by, now=now, data=data,
    )  # fmt: skip
    planned = await deletions(session, [one for one in there if not one.is_leaving], now)
    for one in planned:
        data = {"channel": one.channel, "due": one.local_time}
        await record(session, "operation", one.id, "planned", by=by, now=now, data=data)
    await _drop(session, operations, by=by, now=now)
    return planned


async def deletions(
    session: AsyncSession, there: Sequence[Standing], now: datetime
) -> list[Operation]:
    """Store what takes posts away, each behind whatever is on its way to it.

    Of several on a channel, as the parts of a thread, the last goes first: what is left, should
    one be refused, can be read.
    """
    planned: list[Operation] = []
    later: dict[int, Operation] = {}
    for post in sorted(there, key=lambda one: (one.made.delivery_id, -one.made.part)):
        one = _deletion(post, now)
        if post.is_settled:
            if before := later.get(one.delivery_id):
                one.after_id = before.id
            later[one.delivery_id] = one
        planned.append(one)
        session.add(one)
        await session.flush()
    return planned


def _is_put_off(operation: Operation) -> bool:
    """Whether it is a deletion that waits, or was refused: it is planned anew, and goes at once."""
    return operation.action is Action.DELETE and operation.state in UNSENT


def _deletion(post: Standing, now: datetime) -> Operation:
    place = at_once(now)
    return Operation(
        delivery_id=post.made.delivery_id,
        channel=post.made.channel,
        post_id=post.last.post_id,
        action=Action.DELETE,
        part=post.made.part,
        parts=post.made.parts,
        state=OperationState.SCHEDULED,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        after_id=None if post.is_settled else post.last.id,
        remote_id=post.remote_id,
    )


async def _drop(
    session: AsyncSession, operations: Sequence[Operation], *, by: Actor, now: datetime
) -> None:
    """Cancel what was planned before, or failed: the deletions take its place."""
    for one in operations:
        if one.state in UNSENT:
            with suppress(NotAllowed):  # it was dropped with another a moment ago
                await resolve(
                    session, one, OperationState.CANCELLED, "cancelled",
                    by=by, now=now, settled_at=now,
                )  # fmt: skip
