"""Who is let through to a page, and what every answer says of itself."""

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import structlog
from starlette.datastructures import FormData, MutableHeaders
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bottega.web.bounded import read
from bottega.web.console import cookies
from bottega.web.console.desk import Desk
from bottega.web.console.visit import Refused, Visit, csrf_of
from content import entry
from content.roles import Deed, may
from content.store import may_pass

log = structlog.get_logger()
LARGEST_FORM: Final = 256 * 1024
_FIELDS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_FORM_WITH_A_FILE: Final = "multipart/form-data"
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
_HSTS: Final = "max-age=31536000"

Act: TypeAlias = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Way:
    """A page or a button: its path and method, what it does, and as which deed it counts.

    None as the deed stands for what anybody may; `largest` is how many bytes its form may have,
    `file` whether one may be in it.
    """

    path: str
    method: str
    act: Act
    deed: Deed | None
    largest: int = LARGEST_FORM
    file: bool = False


def guarded(desk: Desk, way: Way) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request: whoever may not is told so, and nothing happens."""

    async def answer(request: Request) -> Response:
        visit = Visit(desk, request, desk.clock())
        try:
            await _admit(visit, way)
            return await way.act(visit)
        except Refused as refused:
            return _refuse(visit, refused.status, refused.why)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except Exception as error:
            log.exception("console_failed", path=way.path, error=type(error).__name__)
            if may_pass(error):
                return _refuse(visit, HTTPStatus.SERVICE_UNAVAILABLE, "busy")
            return _refuse(visit, HTTPStatus.INTERNAL_SERVER_ERROR, "failed")
        finally:
            await visit.form.close()

    return answer


async def _admit(visit: Visit, way: Way) -> None:
    """Find out who asks; raises Refused where they may not, or where it may not be they."""
    request = visit.request
    if request.method == "POST":
        _require_own_page(visit)
    token = cookies.read(request, secure=visit.desk.secure)
    if token:
        async with visit.desk.store.reading() as session:
            visit.member = await entry.member_of(session, token, now=visit.now)
    if visit.member is not None:
        visit.token = token
    elif way.deed is not None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "nobody")
    if way.deed is not None and not may(visit.me.role, way.deed):
        raise Refused(HTTPStatus.FORBIDDEN, "role")
    if request.method == "POST":
        visit.form = await _form(request, way)
        if way.deed is not None:
            _require_token(visit)


def _require_own_page(visit: Visit) -> None:
    """Require that a page of ours sends the form, as the browser says."""
    request = visit.request
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    ours = {request.headers.get("host", ""), urlsplit(visit.desk.address).netloc}
    if site is not None and site != "same-origin":
        raise Refused(HTTPStatus.FORBIDDEN, "elsewhere")
    if site is None and urlsplit(origin).netloc not in ours - {""}:
        raise Refused(HTTPStatus.FORBIDDEN, "elsewhere")


def _require_token(visit: Visit) -> None:
    given = visit.request.headers.get("x-csrf-token") or visit.told("csrf")
    if not hmac.compare_digest(given.encode(), csrf_of(visit.token).encode()):
        raise Refused(HTTPStatus.FORBIDDEN, "elsewhere")


async def _form(request: Request, way: Way) -> FormData:
    """Return the form that was sent; raises Refused when it is too large or no form."""
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip()
    if kind != (_FORM_WITH_A_FILE if way.file else _FORM):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "failed")
    body = await read(request, way.largest)
    if body is None:
        why = "too_large" if way.file else "too_long"
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)
    if way.file:
        return await _with_a_file(request, body)
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"
        )
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "failed") from None
    return FormData([(name, value) for name, value in fields])


async def _with_a_file(request: Request, body: bytes) -> FormData:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        return await MultiPartParser(request.headers, whole(), max_files=1).parse()
    except (MultiPartException, KeyError):  # a form without a boundary has no key for it
        raise Refused(HTTPStatus.BAD_REQUEST, "failed") from None


def _refuse(visit: Visit, status: HTTPStatus, why: str) -> Response:
    response = visit.show("refused.html", status, why=why)
    if status is HTTPStatus.UNAUTHORIZED:
        cookies.forget(response, secure=visit.desk.secure)
        if visit.is_part:  # the page it was to be part of is nobody's any more
            response.headers["hx-refresh"] = "true"
    return response


class Headers:
    """Says with every answer, files and errors too, what browsers must not do with it."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"strict-transport-security": _HSTS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, told)
