"""What moderators do to an operation, or to a paused channel, by the buttons of a message."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import NoResultFound

from bot import texts
from bot.turn import Turn
from content import channels, doubts, planning, strays
from content.announced import NotFinished
from content.history import Actor, NotAllowed
from content.people import Moderator
from content.posts import NotAsApproved
from content.store import row_id

BUTTONS: Final = frozenset(
    {"out", "absent", "again", "drop", "resume", "move", "hold", "free", "astray"}
)
_NOT_MENDED: Final[Mapping[type[Exception], str]] = {
    NotAllowed: "ALREADY_SOLVED",
    planning.NoPage: "NO_PAGE",
    NotFinished: "NO_BOOK",
    NoResultFound: "UNKNOWN_BUTTON",
    doubts.NotAsked: "NOT_ASKED",
    strays.OnItsWay: "STRAY_WAITS",
    NotAsApproved: "STRAY_BY_HAND",
}


async def mend(turn: Turn, member: Moderator, what: str, which: str, tries: str) -> str:
    """Do to an operation, or to a paused channel, what a moderator says.

    A doubt is about so many `tries`; the button of an older message, which says none, about one.
    """
    by, session, now = Actor("moderator", member.id), turn.session, turn.now
    try:
        match what:
            case "resume":
                done = await channels.resume(session, which, by=by, now=now)
                return "" if done else texts.ALREADY_SOLVED
            case "out":
                await doubts.confirm(session, row_id(which), texts.BY_HAND, "", by=by, now=now)
            case "absent":
                await doubts.not_seen(
                    session, row_id(which), tries=row_id(tries) or 1, by=by, now=now
                )
            case "again":
                await planning.resend(session, row_id(which), by=by, now=now)
            case "astray":
                await strays.take_away(session, row_id(which), by=by, now=now)
            case "move":
                moved = await planning.move_on(session, row_id(which), by=by, now=now)
                return texts.moved(turn.newsroom.label(moved.channel), moved.local_time)
            case "hold" | "free":
                reason = texts.held_by(member.name) if what == "hold" else None
                await planning.hold(session, row_id(which), reason, by=by, now=now)
            case _:
                await planning.cancel(session, row_id(which), by=by, now=now)
    except tuple(_NOT_MENDED) as refused:
        return str(getattr(texts, _NOT_MENDED[type(refused)]))
    return texts.DONE
