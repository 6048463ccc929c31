"""All that is served over HTTP, composed from what it is given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.web.rubrica import column

Health: TypeAlias = Callable[[], Awaitable[Mapping[str, object]]]


def build(*, site: Path, health: Health, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Compose the web application.

    `site` is the folder of the web column, served at the root after everything else. `health`
    tells how the newsroom is, as JSON values; "ok" false answers 503. `routes` are whatever else
    is served: console, webhook, uploads.
    """

    async def tell_health(_: Request) -> Response:
        told = await health()
        status = 200 if told.get("ok") else 503
        return JSONResponse(dict(told), status, headers={"cache-control": "no-store"})

    return Starlette(routes=[Route("/health", tell_health), *routes, column(site)])
