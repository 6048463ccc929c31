"""The console as one application, to be mounted on the site."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bottega.web.console.desk import BASE, Desk
from bottega.web.console.guard import Headers, Way, guarded
from bottega.web.console.pages import STATIC
from bottega.web.console.visit import Visit
from bottega.web.console.ways import WAYS

_FOREVER: Final = "public, max-age=31536000, immutable"


def console(desk: Desk, ways: Sequence[Way] = WAYS) -> list[BaseRoute]:
    """Return the routes of the console, all under BASE."""

    async def lost(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return Visit(desk, request, desk.clock()).show("refused.html", status, why="missing")

    routes: list[BaseRoute] = [
        Route(way.path, guarded(desk, way), methods=[way.method]) for way in ways
    ]
    app = Starlette(
        routes=[Mount("/static", _Files(directory=STATIC)), *routes],
        exception_handlers={HTTPException: lost},
    )

    async def enter_by_name(_: Request) -> Response:
        return RedirectResponse(f"{BASE}/", HTTPStatus.PERMANENT_REDIRECT)

    return [Route(BASE, enter_by_name), Mount(BASE, Headers(app, secure=desk.secure))]


class _Files(StaticFiles):
    """What the pages are made with; the addresses change with the contents."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, to be kept for good."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = _FOREVER
        return response
