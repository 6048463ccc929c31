"""Tells moderators, of a morning, what goes out today; and through the day what has waited long.

The scheduler calls these now and then, in any process: what is said is committed with its name.
"""

from datetime import datetime, time, timedelta
from typing import Final

from bot import once, outbox, texts
from bot.outbox import Keyboard, Topic
from bot.turn import Newsroom
from content import calendar, reminders
from content.people import desk
from content.reminders import Waiting
from content.slots import ROME, midnight
from content.workflow import OperationState

LATEST: Final = timedelta(hours=4)
"""So long after its hour the morning's programme is still told, if nothing ran before."""
SHOWN: Final = 10


async def tell_programme(newsroom: Newsroom, at: str) -> None:
    """Say what goes out today, if anything does, once a day from an hour of Rome on (HH:MM)."""
    now = newsroom.clock()
    day = now.astimezone(ROME).date()
    begins, name = datetime.combine(day, time.fromisoformat(at), tzinfo=ROME), f"morning:{day}"
    if not begins <= now < begins + LATEST:
        return
    async with newsroom.store.reading() as session:
        if await once.known(session, name):
            return
    async with newsroom.store.transaction() as session:
        group = await desk(session)
        if group is None or not await once.first(session, name, now=now):
            return
        ends = midnight(day + timedelta(days=1))
        channels = list(newsroom.publishers)
        entries = await calendar.between(session, channels, midnight(day), ends)
        if not any(one.state is OperationState.SCHEDULED for one in entries):
            return
        text = texts.today(day, entries, newsroom.label, None)
        await outbox.say(session, group.chat_id, text, now=now, topic=Topic.SCHEDULED)
    newsroom.said()


async def remind_of_waiting(newsroom: Newsroom) -> None:
    """Name the cases that nobody decided for a day, by day, each once a day, with buttons."""
    now = newsroom.clock()
    if not reminders.is_polite(now):
        return
    async with newsroom.store.reading() as session:
        late = await reminders.undecided(session, now=now)
        names = {one.submission_id: _name(one, now) for one in late}
        known = await once.known(session, *names.values())
        if not set(names.values()) - known:
            return
    async with newsroom.store.transaction() as session:
        group = await desk(session)
        if group is None:
            return
        told = [one for one in late if await once.first(session, names[one.submission_id], now=now)]
        if told:
            text = texts.undecided(told[:SHOWN], len(told) - SHOWN, now)
            buttons, topic = openings(told[:SHOWN]), Topic.REVIEW
            await outbox.say(session, group.chat_id, text, buttons, now=now, topic=topic)
    newsroom.said()


def openings(cases: list[Waiting]) -> Keyboard:
    """Return a button for each case that brings its card, two in a row."""
    buttons = [(texts.open_case(one.receipt), f"d:open:{one.submission_id}") for one in cases]
    return [buttons[n : n + 2] for n in range(0, len(buttons), 2)]


def _name(one: Waiting, now: datetime) -> str:
    return f"waits:{now.astimezone(ROME).date()}:{one.submission_id}"
