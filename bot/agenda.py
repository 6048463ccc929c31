"""What moderators command about time in their group: pauses and blackouts."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot import texts
from bot.turn import Newsroom, Turn
from content import channels, deliveries, people, silence
from content.history import Actor
from content.slots import ROME

LONGEST_BLACKOUT: Final = timedelta(days=60)
_DAY: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?")
_HOUR: Final = re.compile(r"(\d{1,2})[:.](\d{2})")
_BARE_HOUR: Final = re.compile(r"(\d{1,2})()")
_HALF_A_YEAR: Final = timedelta(days=183)
_LONGEST_REASON: Final = 300


class Unclear(Exception):
    """What a moderator wrote cannot be followed; the text says what is missing."""


async def pause(turn: Turn) -> None:
    """/pausa <channel> <reason>: nothing of a channel goes out until it is resumed."""
    which, _, reason = _said(turn).partition(" ")
    async with turn.transaction() as session:
        by = await _moderator(turn)
        if by is None:
            return
        name = channel_called(turn.newsroom, which)
        if name is None:
            await turn.say(texts.which_channel(_labels(turn.newsroom)))
        elif not reason.strip():
            await turn.say(texts.PAUSE_NEEDS_A_REASON)
        elif not await channels.pause(session, name, reason.strip(), by=by, now=turn.now):
            await turn.say(texts.paused_already(turn.newsroom.label(name)))
    turn.newsroom.happened()


async def resume(turn: Turn) -> None:
    """/riprendi <channel>: what waited goes out."""
    async with turn.transaction() as session:
        by = await _moderator(turn)
        if by is None:
            return
        name = channel_called(turn.newsroom, _said(turn))
        if name is None:
            await turn.say(texts.which_channel(_labels(turn.newsroom)))
        elif not await channels.resume(session, name, by=by, now=turn.now):
            await turn.say(texts.not_paused(turn.newsroom.label(name)))
    turn.newsroom.planned()
    turn.newsroom.happened()


async def blackout(turn: Turn) -> None:
    """/blackout: list, declare from one moment to another with a reason, or end."""
    said = _said(turn)
    async with turn.transaction() as session:
        by = await _moderator(turn)
        if by is None:
            return
        if not said:
            known = await silence.ahead(session, now=turn.now)
            known_text = texts.blackout_listed(known) if known else _none_known()
            await turn.say(known_text)
        elif said.casefold() in texts.THE_END:
            lifted = await silence.lift(session, by=by, now=turn.now)
            await turn.say(texts.blackout_lifted(lifted) if lifted else texts.NO_BLACKOUT)
        else:
            await _declare(turn, said, by)
    turn.newsroom.planned()


def period(said: str, now: datetime) -> tuple[datetime, datetime, str]:
    """Read "24/11 08:00 25/11 23:00 reason": begin and end in UTC, and the reason.

    Days may be left out when they are the same, hours when whole days are meant; connecting words
    do not matter. Raises Unclear, with what to answer.
    """
    words = said.split()
    here = now.astimezone(ROME)
    day, hour = _day(words, here.date()), _hour(words, here)
    if day is None and hour is None:
        raise Unclear(texts.BLACKOUT_USAGE)
    first = day or here.date()
    last, until = _day(words, first), _hour(words, here)
    if last is None and until is None and (day is None or hour is not None):
        raise Unclear(texts.BLACKOUT_USAGE)
    begins = _utc(first, hour or timedelta(0))
    ends = _utc(last or first, timedelta(days=1) if until is None else until)
    reason = " ".join(words)[:_LONGEST_REASON]
    for wrong, answer in (
        (ends <= begins, texts.BLACKOUT_BACKWARDS),
        (ends <= now, texts.BLACKOUT_PAST),
        (ends - begins > LONGEST_BLACKOUT, texts.BLACKOUT_TOO_LONG),
        (not reason, texts.BLACKOUT_NEEDS_A_REASON),
    ):
        if wrong:
            raise Unclear(answer)
    return begins, ends, reason


def channel_called(newsroom: Newsroom, said: str) -> str | None:
    """Return the one channel that people call so, by name, label, nickname or a beginning."""
    wanted = said.strip().casefold()
    wanted = texts.CHANNEL_NICKNAMES.get(wanted, wanted)
    names = {name: (name, newsroom.label(name).casefold()) for name in newsroom.publishers}
    exact = [name for name, known in names.items() if wanted in known]
    near = [name for name, known in names.items() if any(one.startswith(wanted) for one in known)]
    found = exact or near
    return found[0] if wanted and len(found) == 1 else None


async def _declare(turn: Turn, said: str, by: Actor) -> None:
    try:
        begins, ends, reason = period(said, turn.now)
    except Unclear as unclear:
        await turn.say(str(unclear))
        return
    declared = await silence.declare(turn.session, begins, ends, reason, by=by, now=turn.now)
    stopped = await deliveries.planned_between(turn.session, begins, ends)
    await turn.say(texts.blackout_declared(declared, stopped))


async def _moderator(turn: Turn) -> Actor | None:
    """Return who commands, None (and say so) when this is no moderator in the desk's group."""
    group = await people.desk(turn.session)
    member = await people.moderator(turn.session, turn.user_id)
    if member is None or group is None or group.chat_id != turn.chat_id:
        await turn.say(texts.ONLY_MODERATORS_HERE)
        return None
    return Actor("moderator", member.id)


def _said(turn: Turn) -> str:
    """Return what follows the command."""
    message = turn.update.effective_message
    words = ((message.text if message else "") or "").split(None, 1)
    return words[1].strip() if len(words) > 1 else ""


def _labels(newsroom: Newsroom) -> list[str]:
    return [newsroom.label(name) for name in newsroom.publishers]


def _none_known() -> str:
    return f"{texts.NO_BLACKOUT}\n{texts.BLACKOUT_USAGE}"


def _day(words: list[str], near: date) -> date | None:
    """Take a day off the words, if they begin with one; without a year, the one that is near."""
    skipped = _little_words(words)
    word = words[skipped].casefold() if skipped < len(words) else ""
    if word in texts.RELATIVE_DAYS:
        found = near + timedelta(days=texts.RELATIVE_DAYS[word])
    elif match := _DAY.fullmatch(word):
        found = _dated(match[1], match[2], match[3], near)
    else:
        return None
    del words[: skipped + 1]
    return found


def _dated(day: str, month: str, year: str | None, near: date) -> date:
    try:
        if year is not None:
            return date(int(year) % 100 + 2000, int(month), int(day))
        found = date(near.year, int(month), int(day))
        return found if found > near - _HALF_A_YEAR else found.replace(year=near.year + 1)
    except ValueError:
        raise Unclear(texts.BLACKOUT_USAGE) from None


def _hour(words: list[str], here: datetime) -> timedelta | None:
    """Take an hour off the words, if they begin with one, as time since midnight."""
    skipped = _little_words(words)
    word = words[skipped].casefold() if skipped < len(words) else ""
    if word in texts.RIGHT_NOW:
        del words[: skipped + 1]
        return timedelta(hours=here.hour, minutes=here.minute)
    match = _HOUR.fullmatch(word)
    if match is None and any(one.casefold() in texts.AT_THE_HOUR for one in words[:skipped]):
        match = _BARE_HOUR.fullmatch(word)
    if match is None:
        return None
    found = timedelta(hours=int(match[1]), minutes=int(match[2] or 0))
    if found > timedelta(days=1) or int(match[2] or 0) > 59:  # noqa: PLR2004 - minutes in an hour
        raise Unclear(texts.BLACKOUT_USAGE)
    del words[: skipped + 1]
    return found


def _little_words(words: Sequence[str]) -> int:
    """Return how many of the first words only connect."""
    for n, word in enumerate(words):
        if word.casefold() not in texts.LITTLE_WORDS:
            return n
    return len(words)


def _utc(day: date, since_midnight: timedelta) -> datetime:
    """Return a wall-clock moment in Rome, in UTC."""
    return (datetime.combine(day, time(), tzinfo=ROME) + since_midnight).astimezone(UTC)
