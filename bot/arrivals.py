"""How cases come to the moderators: the first of a crowd as cards, the rest in one message.

A group takes 20 calls a minute, and people less. The message names the cases, has a button that
brings each card, and follows what happens; it changes no more often than it is worth reading.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field, SQLModel, col, delete, func, select, true, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import cards, outbox, texts
from bot.outbox import Keyboard, Outgoing, Topic
from bot.turn import Newsroom, Turn
from content.people import desk
from content.queue import Filed
from content.slots import ROME, midnight
from content.submissions import Submission

BURST: Final = 6
IN: Final = timedelta(minutes=10)
"""So many cards come by themselves in so long a time."""
A_DAY: Final = 30
"""And so many in a day."""
EVERY: Final = timedelta(seconds=20)
SAY_AGAIN: Final = timedelta(hours=2)
"""After so long the message is sent anew, for nobody looks so far up."""
SHOWN: Final = 10
_REF: Final = "crowd"


class Arrival(SQLModel, table=True):
    """How a case last came: `alone`, as a card, or else `listed` among others until it is opened.

    `shown` is whether the message with the others says so already.
    """

    submission_id: int = Field(primary_key=True, foreign_key="submission.id")
    at: datetime = Field(index=True)
    alone: bool
    listed: bool = Field(index=True)
    shown: bool = Field(index=True)


async def bring(newsroom: Newsroom, session: AsyncSession, submission: Submission) -> None:
    """Put a case before the moderators: its card, or its name among those of a crowd."""
    if await desk(session) is None:
        return
    now = newsroom.clock()
    alone = not (newsroom.sparing and await _crowded(session, now))
    if alone:
        await cards.put(newsroom, session, submission)
    row = Arrival(
        submission_id=submission.id, at=now, alone=alone, listed=not alone, shown=alone
    )  # fmt: skip
    await session.merge(row)


async def leave(session: AsyncSession, submission_id: int) -> None:
    """Take a case out of the list: it was opened, or decided."""
    await session.exec(
        update(Arrival)
        .where(col(Arrival.submission_id) == submission_id, col(Arrival.listed) == true())
        .values(listed=False, shown=False)
    )


async def renew(newsroom: Newsroom) -> None:
    """Bring the message with the list up to date, if it is not and was not a moment ago."""
    now = newsroom.clock()
    async with newsroom.store.reading() as session:
        query = select(Arrival.submission_id).where(col(Arrival.shown) != true())
        stale = (await session.exec(query)).all()  # what comes meanwhile is shown the next time
        group = await desk(session) if stale else None
        last = await _last(session, group.chat_id) if group else None
        if group is None or (last is not None and last.created_at > now - EVERY):
            return
    async with newsroom.store.transaction() as session:
        text, keyboard = await _page(session, 0)
        said = await _last(session, group.chat_id, "text")
        lives = last is not None and bool(last.payload.get("keyboard"))
        if lives and said is not None and said.created_at > now - SAY_AGAIN:
            await outbox.mend(session, group.chat_id, _REF, text, keyboard, now=now)
        elif keyboard:
            await outbox.say(
                session, group.chat_id, text, keyboard, now=now, ref=_REF, topic=Topic.REVIEW
            )
        mine = col(Arrival.submission_id).in_(stale)
        await session.exec(update(Arrival).where(mine).values(shown=True))
    newsroom.said()


async def leaf(turn: Turn, number: str) -> str:
    """Turn the list to a page."""
    page = int(number) if number.isdecimal() and len(number) <= len(str(SHOWN**3)) else 0
    text, keyboard = await _page(turn.session, page)
    await turn.mend(_REF, text, keyboard)
    return ""


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Forget how cases came that came before a moment and are not listed."""
    old = (col(Arrival.at) < before, col(Arrival.listed) != true(), col(Arrival.shown) == true())
    await session.exec(delete(Arrival).where(*old))


async def _crowded(session: AsyncSession, now: datetime) -> bool:
    """Whether one card more would be too many."""
    today = midnight(now.astimezone(ROME).date())
    for most, since in ((BURST, now - IN), (A_DAY, today)):
        query = select(func.count()).where(col(Arrival.alone) == true(), col(Arrival.at) >= since)
        if (await session.exec(query)).one() >= most:
            return True
    return False


async def _page(session: AsyncSession, page: int) -> tuple[str, Keyboard]:
    """Return a page of the list, the last there is where there are fewer, and its buttons."""
    listed = (col(Arrival.listed) == true(), col(Filed.waiting) == true())
    cases = (
        select(Filed)
        .join(Arrival, col(Arrival.submission_id) == col(Filed.submission_id))
        .where(*listed)
        .order_by(col(Arrival.at), col(Filed.id))
    )
    count = (await session.exec(select(func.count()).select_from(cases.subquery()))).one()
    last = max(0, (count - 1) // SHOWN)
    page = min(page, last)
    shown = (await session.exec(cases.offset(page * SHOWN).limit(SHOWN))).all()
    buttons = [(texts.open_case(one.receipt), f"d:open:{one.submission_id}") for one in shown]
    keyboard = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    ways = [
        (label, f"d:crowd:{to}")
        for label, to in ((texts.PAGE_BEFORE, page - 1), (texts.PAGE_AFTER, page + 1))
        if 0 <= to <= last
    ]
    lines = [(one.receipt, one.organisation, one.title) for one in shown]
    return texts.crowd(count, lines, page + 1, last + 1), [*keyboard, ways] if ways else keyboard


async def _last(session: AsyncSession, chat_id: int, what: str | None = None) -> Outgoing | None:
    """Return the newest message, or edit of one, that has the list."""
    query = select(Outgoing).where(Outgoing.chat_id == chat_id, Outgoing.ref == _REF)
    if what is not None:
        query = query.where(Outgoing.what == what)
    return (await session.exec(query.order_by(col(Outgoing.id).desc()).limit(1))).first()
