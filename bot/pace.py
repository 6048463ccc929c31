"""A person who writes faster than can be read: what is too much is held, not lost."""

from datetime import timedelta
from typing import Final

from sqlalchemy import case
from sqlmodel import col, func, select

from bot import texts
from bot.inbox import Received
from bot.outbox import said_since
from bot.turn import Turn

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


async def is_held_back(turn: Turn) -> bool:
    """Hold the update of a person who wrote too much, told once a minute; whether it was held."""
    if not await _too_fast(turn):
        return False
    turn.hold()
    if not await said_since(turn.session, turn.chat_id, "pace", turn.now - MINUTE):
        await turn.say(texts.TOO_FAST, [[(texts.GO_ON, "c:go")]], ref="pace")
    return True


async def go_on(turn: Turn, _: str) -> str:
    """Read what was held, in order, as far as the limit allows."""
    async with turn.transaction():
        if await _too_fast(turn):
            return texts.WAIT_A_MINUTE
        await turn.let_go_held()
    return texts.GOING_ON


async def _too_fast(turn: Turn) -> bool:
    """Whether as much of a person was handled in the last minute, or hour, as the limits allow."""
    limits = turn.newsroom.limits
    if limits is None:
        return False
    recent = case((col(Received.handled_at) > turn.now - MINUTE, 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(recent), 0)).where(
        Received.person_id == turn.user_id, col(Received.handled_at) > turn.now - HOUR
    )
    an_hour, a_minute = (await turn.session.exec(query)).one()
    return an_hour >= limits.an_hour or a_minute >= limits.a_minute
