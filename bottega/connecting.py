"""The browser sent back after a person let an app in: one state, good once, on loopback."""

import asyncio
import hmac
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PATH: Final = "/callback"
HOST: Final = "127.0.0.1"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Declined(Exception):
    """The person, or the service, did not let the app in."""


class Callback:
    """Waits for the one answer that carries the state; all others are turned away unheard."""

    def __init__(self, state: str) -> None:
        self._state: str | None = state
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self, seconds: float) -> str:
        """Return the code that was brought; raises Declined, TimeoutError."""
        return await asyncio.wait_for(asyncio.shield(self._code), seconds)

    async def answer(self, request: Request) -> Response:
        """Take the code, once, and tell the person to go back to the terminal."""
        said = request.query_params.get("state", "")
        if self._state is None or not hmac.compare_digest(said.encode(), self._state.encode()):
            return _page(
                "Questo indirizzo non vale",
                "È già stato usato, oppure non viene da qui: non è cambiato niente. Torna al "
                "terminale e, se serve, ricomincia.",
                400,
            )
        self._state = None
        code = request.query_params.get("code", "")
        if not code:
            self._code.set_exception(Declined(request.query_params.get("error", "")[:80]))
            return _page("Non hai dato l’accesso", "Non è cambiato niente. Torna al terminale.")
        self._code.set_result(code)
        return _page("Fatto", "Torna al terminale: il collegamento finisce lì.")


@asynccontextmanager
async def waiting(state: str, port: int) -> AsyncIterator[Callback]:
    """Serve the callback until the end of the block; raises CannotStart when the port is taken."""
    from bottega.serving import serving  # noqa: PLC0415 - the other commands start faster without

    callback = Callback(state)
    app = Starlette(routes=[Route(PATH, callback.answer)])
    async with serving(app, HOST, port):
        yield callback


def _page(title: str, words: str, status: int = 200) -> Response:
    said = (
        f'<!doctype html><html lang="it"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<h1>{html.escape(title)}</h1><p>{html.escape(words)}</p></html>"
    )
    return HTMLResponse(said, status, _HEADERS)
