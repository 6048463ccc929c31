"""The messages that were exchanged, when they are told to their person and when emptied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import and_, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import arrivals
from bot.conversation import Conversation
from bot.inbox import InboxState, Received
from bot.once import forget_old
from bot.outbox import OutboxState, Outgoing
from bot.turn import Turn
from content.personal import Rows
from content.privacy import KEPT

NOBODY: Final = 0
"""In the place of a Telegram id that is forgotten."""
_GONE: Final = {"state": InboxState.HANDLED, "person_id": NOBODY, "body": ""}


async def gather(session: AsyncSession, telegram_id: int) -> Rows:
    """Return the messages that a person sent and was sent, as far as they are still kept."""
    heard = select(Received).where(Received.person_id == telegram_id)
    said = select(Outgoing).where(Outgoing.chat_id == telegram_id)
    received = (await session.exec(heard.order_by(col(Received.update_id)))).all()
    sent = (await session.exec(said.order_by(col(Outgoing.id)))).all()
    return {
        "messages_received": [one.model_dump() for one in received],
        "messages_sent": [one.model_dump() for one in sent],
    }


async def forget(turn: Turn, submission_ids: Sequence[int]) -> None:
    """Empty what a person sent, this update too, what they were sent, and their cases' cards.

    What they send from now on waits under their id, as a stranger's.
    """
    session, person_id = turn.session, turn.user_id
    this = turn.update.update_id
    await session.exec(
        update(Received)
        .where(
            col(Received.person_id) == person_id,
            or_(col(Received.state) != InboxState.WAITING, col(Received.update_id) == this),
        )
        .values(_GONE | {"handled_at": turn.now})
    )
    cards = [f"card:{one}" for one in submission_ids]
    talks = [col(Outgoing.ref).like(f"case:{one}:%") for one in submission_ids]
    theirs = or_(col(Outgoing.chat_id) == turn.chat_id, col(Outgoing.ref).in_(cards), *talks)
    waits = (theirs, col(Outgoing.state) == OutboxState.WAITING)
    await session.exec(update(Outgoing).where(*waits).values(state=OutboxState.SUPERSEDED))
    await session.exec(update(Outgoing).where(theirs).values(payload={}))
    mine = col(Outgoing.chat_id) == turn.chat_id
    await session.exec(update(Outgoing).where(mine).values(chat_id=NOBODY))
    await session.exec(delete(Conversation).where(col(Conversation.person_id) == person_id))


async def empty_old(session: AsyncSession, *, now: datetime) -> None:
    """Empty the messages that were handled, sent, or held in vain, long enough ago.

    What failed so long ago can no longer be replayed, and what may still be edited keeps its ids.
    """
    heard, said = now - KEPT["inbox"], now - KEPT["outbox"]
    old = or_(
        and_(col(Received.state) == InboxState.HELD, col(Received.received_at) < heard),
        and_(col(Received.handled_at) < heard, col(Received.body) != ""),
    )
    await session.exec(update(Received).where(old).values(_GONE | {"handled_at": now}))
    sent = (col(Outgoing.state) != OutboxState.WAITING, col(Outgoing.created_at) < said)
    await session.exec(delete(Outgoing).where(*sent, col(Outgoing.ref).is_(None)))
    await session.exec(update(Outgoing).where(*sent).values(payload={}))
    await forget_old(session, said)
    await arrivals.forget_old(session, said)
