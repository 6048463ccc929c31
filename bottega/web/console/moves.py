"""The buttons of an operation: to another time, held, let go, dropped, again; out or not."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console import calendar
from bottega.web.console.acts import Stopped, act, reason
from bottega.web.console.visit import Refused, Visit
from content import availability, doubts, planning
from content.announced import NotFinished
from content.deliveries import Operation
from content.history import NotAllowed
from content.posts import FrozenPost
from content.silence import InBlackout
from content.slots import ROME, NoFreeSlot, Place, at_once
from content.store import row_id
from content.workflow import GIVEN_UP, OperationState
from publishers.witness import NoLink, seen

_MOMENT: Final = "%Y-%m-%dT%H:%M"

Move = Callable[[Visit, AsyncSession, Operation], Awaitable[str]]


def _moving(do: Move) -> Callable[[Visit], Awaitable[Response]]:
    """Return what does a verb to the operation in the path, and goes back to where it came from."""

    async def done(visit: Visit, session: AsyncSession) -> str:
        operation = await session.get(Operation, visit.number("operation"))
        if operation is None:
            raise Refused(HTTPStatus.NOT_FOUND, "missing")
        try:
            said = await do(visit, session, operation)
            await session.flush()
        except NotAllowed:
            raise Stopped("no_longer") from None
        except planning.NoPage:
            raise Stopped("no_page") from None
        except NotFinished:
            raise Stopped("no_book") from None
        except doubts.NotAsked:
            raise Stopped("not_asked") from None
        except InBlackout:
            raise Stopped("in_blackout") from None
        except NoFreeSlot:
            raise Stopped("no_free_slot") from None
        except IntegrityError:
            raise Stopped("taken") from None
        return said

    return act(done, _back, calendar.operation_page)


def _back(visit: Visit) -> str:
    """Return the calendar's page that a thing was dragged on, or the operation's own."""
    if visit.told("da"):
        channel = f"&canale={quote(visit.told('canale'))}" if visit.told("canale") else ""
        view = "&vista=mese" if visit.told("vista") == "mese" else ""
        return f"{calendar.PATH}?da={quote(visit.told('da'))}{channel}{view}"
    return f"/uscita/{visit.number('operation')}"


async def _move(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    """Move to a free place (`posto`), a moment (`quando`), or its own hour of a day (`giorno`)."""
    place = await _wanted(visit, session, operation)
    if place.due_at <= visit.now:
        raise Stopped("past")
    await planning.reschedule(session, operation.id, place, by=visit.by, now=visit.now)
    return "moved"


async def _wanted(visit: Visit, session: AsyncSession, operation: Operation) -> Place:
    if said := visit.told("posto"):
        slot, _, day = said.partition("@")
        place = await availability.find(
            session, operation.channel, row_id(slot), _date(day), now=visit.now
        )
        if place is None:
            raise Stopped("taken")
        return place
    if said := visit.told("giorno"):
        hour = operation.due_at.astimezone(ROME).time()
        return _at(datetime.combine(_date(said), hour))
    try:
        return _at(datetime.strptime(visit.told("quando"), _MOMENT))  # noqa: DTZ007 - _at's
    except ValueError:
        raise Stopped("no_moment") from None


def _at(local: datetime) -> Place:
    return at_once(local.replace(tzinfo=ROME).astimezone(UTC))


def _date(said: str) -> date:
    try:
        return datetime.combine(date.fromisoformat(said), time()).date()
    except ValueError:
        raise Stopped("no_moment") from None


async def _move_on(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    await planning.move_on(session, operation.id, by=visit.by, now=visit.now)
    return "moved"


async def _send_now(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    """Send what is scheduled at once; what was missed or refused, again."""
    if operation.state in GIVEN_UP:
        await planning.resend(session, operation.id, by=visit.by, now=visit.now)
    else:
        place = at_once(visit.now)
        await planning.reschedule(session, operation.id, place, by=visit.by, now=visit.now)
        if operation.hold_reason:
            await planning.hold(session, operation.id, None, by=visit.by, now=visit.now)
    return "sending"


async def _hold(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    await planning.hold(session, operation.id, reason(visit), by=visit.by, now=visit.now)
    return "held"


async def _let_go(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    await planning.hold(session, operation.id, None, by=visit.by, now=visit.now)
    return "let_go"


async def _cancel(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    await planning.cancel(session, operation.id, by=visit.by, now=visit.now)
    return "cancelled"


async def _is_out(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    """Note that a moderator saw it on the channel, and where: an album has several links."""
    publisher = visit.desk.publishers.get(operation.channel)
    frozen = await session.get_one(FrozenPost, operation.post_id)
    try:
        proof = seen(publisher, frozen, visit.told("link"))
    except NoLink:
        raise Stopped("bad_link") from None
    await doubts.confirm(
        session, operation.id, proof.remote_id, proof.permalink, by=visit.by, now=visit.now
    )
    return "confirmed"


async def _is_not_out(visit: Visit, session: AsyncSession, operation: Operation) -> str:
    tries = row_id(visit.told("prova"))
    await doubts.not_seen(session, operation.id, tries=tries, by=visit.by, now=visit.now)
    return "denied" if operation.state is OperationState.SCHEDULED else "kept"


move: Final = _moving(_move)
move_on: Final = _moving(_move_on)
send_now: Final = _moving(_send_now)
hold: Final = _moving(_hold)
let_go: Final = _moving(_let_go)
cancel: Final = _moving(_cancel)
is_out: Final = _moving(_is_out)
is_not_out: Final = _moving(_is_not_out)
