"""The one cookie of the console: the session's token, which no script can read."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bottega.web.console.desk import BASE
from content.entry import SESSION_LASTS

_SECURE: Final = "__Host-redazione"
"""The prefix binds it to this host, by https: RFC 6265bis 4.1.3.2."""
_PLAIN: Final = "redazione"
"""On a computer of one's own, by http."""


def read(request: Request, *, secure: bool) -> str:
    """Return the session's token, empty where there is none."""
    return request.cookies.get(_SECURE if secure else _PLAIN, "")


def keep(response: Response, token: str, *, secure: bool, framed: bool) -> None:
    """Have the browser keep a token; `framed` is for Telegram's web client, which frames us."""
    _set(response, token, int(SESSION_LASTS.total_seconds()), secure=secure, framed=framed)


def forget(response: Response, *, secure: bool) -> None:
    """Have the browser forget the token, wherever it keeps it."""
    _set(response, "", 0, secure=secure, framed=False)
    if secure:
        _set(response, "", 0, secure=secure, framed=True)


def _set(response: Response, token: str, seconds: int, *, secure: bool, framed: bool) -> None:
    if not secure:
        said = f"{_PLAIN}={token}; Path={BASE}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    else:
        said = f"{_SECURE}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; "
        said += "SameSite=None; Partitioned" if framed else "SameSite=Lax"
    response.headers.append("set-cookie", said)
