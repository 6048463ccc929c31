"""A post that proves to be out when the newsroom wants it no more, or sends it again."""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import NoResultFound
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import Action, Operation, in_hand
from content.history import NEWSROOM, Actor, History, NotAllowed, record
from content.posts import FrozenPost
from content.readiness import MENDING
from content.retractions import deletions
from content.slots import at_once
from content.standing import Standing
from content.workflow import OperationState

_ON_THEIR_WAY: Final = (
    OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED,
)  # fmt: skip


class OnItsWay(Exception):
    """Something of the piece is going out there, and may prove to be this very post."""


async def note(
    session: AsyncSession, operation_id: int, remote_id: str, link: str, *, now: datetime
) -> None:
    """Have people told of it, unless it is the very post that the operation is known by."""
    operation = await in_hand(session, operation_id)
    if operation.action not in MENDING and not _is_known_by(operation, remote_id, link):
        data = {"channel": operation.channel, "remote_id": remote_id, "link": link}
        await record(session, "operation", operation_id, "stray", by=NEWSROOM, now=now, data=data)


async def take_away(
    session: AsyncSession, history_id: int, *, by: Actor, now: datetime
) -> Operation:
    """Plan the deletion of the post that a history row of `note` tells of.

    It is known as a post that is out from then on, whatever comes of its deletion. Raises
    NoResultFound; NotAllowed where it is known already; OnItsWay; NotAsApproved where what it said
    is not kept any more.
    """
    event = await session.get_one(History, history_id)
    remote_id = event.data.get("remote_id")
    if event.verb != "stray" or remote_id is None:
        raise NoResultFound
    one = await in_hand(session, event.noun_id)
    query = select(Operation).where(Operation.delivery_id == one.delivery_id)
    others = (await session.exec(query.with_for_update().order_by(col(Operation.id)))).all()
    link = event.data["link"]
    done = [other for other in others if other.state is OperationState.DONE]
    made = [other for other in done if other.action not in MENDING]
    if any(_is_known_by(other, remote_id, link) for other in made):
        raise NotAllowed("operation", OperationState.DONE, OperationState.CANCELLED)
    if any(other.state in _ON_THEIR_WAY for other in others):
        raise OnItsWay
    (await session.get_one(FrozenPost, one.post_id)).post()
    found = _found(one, remote_id, link, now)
    session.add(found)
    await session.flush()
    data = {"channel": one.channel, "link": found.permalink}
    await record(
        session, "operation", found.id, "found",
        by=by, now=now, after=OperationState.DONE, data=data,
    )  # fmt: skip
    (away,) = await deletions(session, [Standing(found, found)], now)
    data = {"channel": away.channel, "due": away.local_time}
    await record(session, "operation", away.id, "planned", by=by, now=now, data=data)
    return away


def _is_known_by(operation: Operation, remote_id: str, link: str) -> bool:
    """Whether it made this very post: who gave its address knew less of its id than the sender."""
    return operation.remote_id == remote_id or bool(link and operation.permalink == link)


def _found(like: Operation, remote_id: str, link: str, now: datetime) -> Operation:
    """Return what made a stray, as the operation that it was a try of."""
    place = at_once(now)
    return Operation(
        delivery_id=like.delivery_id,
        channel=like.channel,
        post_id=like.post_id,
        action=like.action,
        part=like.part,
        parts=like.parts,
        state=OperationState.DONE,
        due_at=place.due_at,
        local_time=place.local_time,
        next_try_at=place.due_at,
        after_id=like.after_id if like.action is Action.REPLY else None,
        remote_id=remote_id,
        permalink=link,
        settled_at=now,
    )
