"""All that is served over HTTP, composed from what it is given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.web.rubrica import column

Health: TypeAlias = Callable[[], Awaitable[Mapping[str, object]]]
Metrics: TypeAlias = Callable[[], Awaitable[bytes]]
PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def build(
    *, site: Path, health: Health, metrics: Metrics, routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """Compose the web application.

    `site` is the folder of the web column, served at the root after everything else. `health`
    tells how the newsroom is, as JSON values; "ok" false answers 503. `metrics` are what
    Prometheus reads; they hold counts only. `routes` are whatever else is served: console,
    webhook, uploads.
    """

    async def tell_health(_: Request) -> Response:
        told = await health()
        status = 200 if told.get("ok") else 503
        return JSONResponse(dict(told), status, headers={"cache-control": "no-store"})

    async def tell_metrics(_: Request) -> Response:
        return Response(await metrics(), media_type=PROMETHEUS)

    own = [Route("/health", tell_health), Route("/metrics", tell_metrics)]
    return Starlette(routes=[*own, *routes, column(site)])
