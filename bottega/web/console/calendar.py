"""Calendario: a week or a month of what goes out, and where there is room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console.visit import Refused, Visit
from content import availability, calendar, queue, silence
from content.calendar import Entry, bounds
from content.deliveries import Action
from content.posts import FrozenPost, NotAsApproved, Post
from content.slots import DAYS_AHEAD, ROME, Place

PATH: Final = "/calendario"
_WEEK: Final = 7
_SHOWN_IN_A_DAY: Final = 3
_OFFERED: Final = 12
_YEARS: Final = range(2000, 2100)


async def show(visit: Visit) -> Response:
    """Show a week, or a month, of all channels or of one; to htmx the days alone."""
    monthly, names = visit.query.get("vista") == "mese", _channels(visit)
    day = _day(visit.query.get("da", "")) or visit.now.astimezone(ROME).date()
    first, days = _month(day) if monthly else (day - timedelta(days=day.weekday()), _WEEK)
    begins, ends = bounds(first, days)
    async with visit.desk.store.reading() as session:
        news = await queue.news(session)  # before the rest: what comes meanwhile is shown again
        blackouts = [
            one
            for one in await silence.ahead(session, now=min(begins, visit.now))
            if one.begins_at < ends and one.ends_at > begins
        ]
        entries = await calendar.between(session, names, begins, ends)
        counts = await calendar.count_by_day(session, names, begins, ends)
        free = [] if monthly else await _free(visit, session, names, begins, ends)
    shown = [
        _cell(first + timedelta(days=offset), entries, free, blackouts) for offset in range(days)
    ]
    return visit.show(
        "calendar_days.html" if visit.is_part else "calendar.html",
        news=news,
        monthly=monthly,
        days=shown,
        counts=counts,
        day=day,
        first=first,
        before=_earlier(day) if monthly else first - timedelta(days=_WEEK),
        after=_later(day) if monthly else first + timedelta(days=_WEEK),
        today=visit.now.astimezone(ROME).date(),
        chosen=visit.query.get("canale", "") if len(names) == 1 else "",
        in_a_day=_SHOWN_IN_A_DAY if monthly else calendar.MOST,
        said=visit.query.get("fatto", ""),
        here_query=visit.request.url.query,
    )


async def show_operation(visit: Visit) -> Response:
    """Show one operation; what was just done to it is told at its head."""
    return await operation_page(visit, visit.query.get("fatto", ""))


async def operation_page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with an operation's page; `said` names in operation.html what to tell at its head."""
    async with visit.desk.store.reading() as session:
        entry = await calendar.entry(session, visit.number("operation"))
        if entry is None:
            raise Refused(HTTPStatus.NOT_FOUND, "missing")
        post = await _approved(session, entry)
        free = await _offered(visit, session, entry) if entry.is_open else []
        blackouts = await silence.ahead(session, now=visit.now)
        blocked = next((one for one in blackouts if one.holds(entry.due_at)), None)
    return visit.show(
        "operation.html",
        status,
        entry=entry,
        post=post,
        free=free,
        blocked=blocked,
        said=said,
    )


async def _approved(session: AsyncSession, entry: Entry) -> Post | None:
    """Return the post that was approved, None where the stored one is no longer it.

    Of a thread the part, and as long as it is not out those that follow.
    """
    frozen = await session.get_one(FrozenPost, entry.post_id)
    try:
        post = frozen.post()
    except NotAsApproved:
        return None
    waits = entry.is_open or entry.is_given_up
    return post.from_part(entry.part) if waits else post.part(entry.part)


def _channels(visit: Visit) -> list[str]:
    """Return the channels that are wanted: one, or all of them."""
    wanted = visit.query.get("canale", "")
    return [wanted] if wanted in visit.desk.publishers else list(visit.desk.publishers)


async def _free(
    visit: Visit, session: AsyncSession, names: Sequence[str], begins: datetime, ends: datetime
) -> list[tuple[str, Place]]:
    """Return where the channels that have a week have room, from one moment to another."""
    found: list[tuple[str, Place]] = []
    after = max(begins, visit.now)
    if after >= ends:
        return found
    for name in names:
        if name == visit.desk.page_channel:
            continue
        free = await availability.free_between(session, name, after, ends)
        found += [(name, place) for place in free]
    return sorted(found, key=lambda pair: pair[1].due_at)


async def _offered(visit: Visit, session: AsyncSession, entry: Entry) -> list[Place]:
    """Return the next free places for an operation, where its channel has a week."""
    if entry.channel == visit.desk.page_channel or entry.action is not Action.CREATE:
        return []  # what mends or takes away needs no place of a post's
    channel, now = entry.channel, visit.now
    ends = now + timedelta(days=DAYS_AHEAD)
    return (await availability.free_between(session, channel, now, ends))[:_OFFERED]


def _cell(
    day: date,
    entries: Sequence[Entry],
    free: Sequence[tuple[str, Place]],
    blackouts: Sequence[silence.Blackout],
) -> dict[str, Any]:
    begins, ends = bounds(day, 1)
    return {
        "day": day,
        "entries": [one for one in entries if one.day == day],
        "free": [(name, place) for name, place in free if place.day == day],
        "blackouts": [one for one in blackouts if one.begins_at < ends and one.ends_at > begins],
    }


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _month(day: date) -> tuple[date, int]:
    """Return the Monday of the week that a day's month begins in, and the days to its last week."""
    first = day.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    last = _later(day) - timedelta(days=1)
    return monday, (last - monday).days + _WEEK - last.weekday()


def _later(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _earlier(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
