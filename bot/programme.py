"""What moderators ask about the days ahead and behind: today, the week, the numbers."""

from datetime import date, datetime, timedelta
from typing import Final

from bot import texts
from bot.outbox import Keyboard
from bot.turn import Turn
from content import availability, calendar, people, silence, tally
from content.slots import DAYS_AHEAD, ROME, midnight

WEEK: Final = 7
_LAST_PAGE: Final = DAYS_AHEAD // WEEK


async def today(turn: Turn) -> None:
    """/oggi: what goes out today, by time and channel, and how it stands."""
    async with turn.transaction() as session:
        if not await _asked_by_a_member(turn):
            return
        day, channels = _today(turn.now), list(turn.newsroom.publishers)
        begins, ends = midnight(day), midnight(day + timedelta(days=1))
        entries = await calendar.between(session, channels, begins, ends)
        after = None if entries else await calendar.following(session, channels, ends)
        await turn.say(texts.today(day, entries, turn.newsroom.label, after))


async def week(turn: Turn) -> None:
    """/calendario: the next seven days, with what is free, and buttons to the following ones."""
    async with turn.transaction():
        if not await _asked_by_a_member(turn):
            return
        message = turn.update.effective_message
        key = str(message.message_id if message else 0)
        text, keyboard = await _page(turn, 0, key)
        await turn.say(text, keyboard, ref=_ref(key))


async def leaf(turn: Turn, number: str, key: str) -> str:
    """Turn a calendar to the week with a number; `key` names the message that shows it."""
    page = min(int(number), _LAST_PAGE) if number.isdecimal() and len(number) < WEEK else 0
    text, keyboard = await _page(turn, page, key)
    await turn.mend(_ref(key), text, keyboard)
    return ""


async def figures(turn: Turn) -> None:
    """/statistiche: what waits, what came and went this week, how long a decision takes."""
    async with turn.transaction() as session:
        if not await _asked_by_a_member(turn):
            return
        day = _today(turn.now)
        monday = day - timedelta(days=day.weekday())
        counted = await tally.since(session, midnight(monday), now=turn.now)
        await turn.say(texts.figures(monday, counted, turn.newsroom.label, turn.now))


async def _page(turn: Turn, page: int, key: str) -> tuple[str, Keyboard]:
    first = _today(turn.now) + timedelta(days=WEEK * page)
    days = [first + timedelta(days=n) for n in range(WEEK)]
    begins, ends = midnight(first), midnight(first + timedelta(days=WEEK))
    session, newsroom = turn.session, turn.newsroom
    channels = list(newsroom.publishers)
    entries = await calendar.between(session, channels, begins, ends)
    free = {
        newsroom.label(name): await availability.free_between(
            session, name, max(begins, turn.now), ends
        )
        for name in channels
        if name != newsroom.page_channel  # which goes with those that link to it
    }
    quiet = await silence.ahead(session, now=max(begins, turn.now))
    text = texts.week(days, entries, free, quiet, newsroom.label)
    row = []
    if page:
        row.append((texts.WEEK_BEFORE, f"d:week:{page - 1}:{key}"))
    if page < _LAST_PAGE:
        row.append((texts.WEEK_AFTER, f"d:week:{page + 1}:{key}"))
    return text, [row]


async def _asked_by_a_member(turn: Turn) -> bool:
    """Whether a member of the newsroom asks; others are told that it is not for them."""
    if await people.moderator(turn.session, turn.user_id) is not None:
        return True
    await turn.say(texts.ONLY_MODERATORS_HERE)
    return False


def _today(now: datetime) -> date:
    return now.astimezone(ROME).date()


def _ref(key: str) -> str:
    return f"week:{key}"
