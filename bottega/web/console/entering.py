"""The door: by a link that the bot sent, or from within Telegram; and the way out."""

from http import HTTPStatus

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console import cookies, launch
from bottega.web.console.visit import Refused, Visit
from content import entry
from content.people import Moderator


async def door(visit: Visit) -> Response:
    """Show the button that enters, for a link; or let in whom Telegram brings.

    A link is not used up by looking: programs that preview links look, too.
    """
    return visit.show("enter.html", code=visit.query.get("codice", "")[:100])


async def enter(visit: Visit) -> Response:
    """Let somebody in who brings a good link or a good launch."""
    who = visit.request.client.host if visit.request.client else ""
    brake, secure = visit.desk.brake, visit.desk.secure
    if brake.refuses(who, visit.now):
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_often")
    token = await _token(visit)
    if not token:
        brake.failed(who, visit.now)
        why = "bad_launch" if visit.told("lancio") else "bad_link"
        raise Refused(HTTPStatus.FORBIDDEN, why)
    response = visit.go("/")
    cookies.keep(response, token, secure=secure, framed=visit.told("dove") == "cornice")
    return response


async def leave(visit: Visit) -> Response:
    """End the session."""
    async with visit.desk.store.transaction() as session:
        await entry.close_session(session, visit.token, now=visit.now)
    visit.member, visit.token = None, ""
    response = visit.show("left.html")
    cookies.forget(response, secure=visit.desk.secure)
    return response


async def _token(visit: Visit) -> str:
    """Return a new session's token, empty when what was brought is not good."""
    browser = visit.request.headers.get("user-agent", "")
    try:
        async with visit.desk.store.transaction() as session:
            if visit.told("lancio"):
                member, way = await _by_launch(visit, session), "launch"
            else:
                member = await entry.by_link(session, visit.told("codice"), now=visit.now)
                way = "link"
            if member is None:
                return ""
            return await entry.open_session(session, member, browser, way, now=visit.now)
    except (launch.Forged, IntegrityError):  # forged, or the same launch twice at once
        return ""


async def _by_launch(visit: Visit, session: AsyncSession) -> Moderator | None:
    opened = launch.read(visit.told("lancio"), visit.desk.token, now=visit.now)
    return await entry.by_launch(session, opened.sha256, opened.telegram_id, now=visit.now)
