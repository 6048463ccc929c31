"""What a link opens: the page, how far the file has come, the tus server, the plain form."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bottega.web.uploads import plain
from bottega.web.uploads.depot import Busy, Depot, Full
from bottega.web.uploads.tus import METHODS, Refused, Tus, place_of
from content import uploads
from content.slots import ROME
from content.store import Store
from content.uploads import Upload

PATH: Final = "/carica"
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
"""The address is the key: it is told to nobody, kept nowhere, and no other page may frame it."""
_STATIC: Final = Path(__file__).parent / "static"
_STATUS: Final = {"unknown": 404, "expired": 410, "large": 413, "broken": 400, "full": 507}


class Entrance:
    """Everything below PATH."""

    def __init__(
        self,
        store: Store,
        depot: Depot,
        clock: Callable[[], datetime],
        *,
        largest: int,
        arrived: Callable[[], None],
        waits: Callable[[str], bool],
    ) -> None:
        """Take where things are, and who is to know.

        `largest` is the size of the largest file; `arrived` is called when one is complete;
        `waits` says whether one that is complete cannot be kept just now.
        """
        self._store, self._depot, self._clock = store, depot, clock
        self._largest, self._arrived, self._waits = largest, arrived, waits
        self._tus = Tus(store, depot, clock, largest, arrived)
        self._templates = Environment(
            loader=PackageLoader(__package__, "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[BaseRoute]:
        """Return what is to be served."""
        one = f"{PATH}/{{token}}"
        return [
            Mount(f"{PATH}/static", GZipMiddleware(StaticFiles(directory=_STATIC))),
            Route(one, self._show, methods=["GET"]),
            Route(one, self._take, methods=["POST"]),
            Route(f"{one}/stato", self._state, methods=["GET"]),
            Route(f"{one}/file", self._tus.answer, methods=list(METHODS)),
        ]

    async def _show(self, request: Request) -> Response:
        """The page of a link, as things stand."""
        upload = await self._upload(request)
        return self._page(self._stage(upload), upload)

    async def _state(self, request: Request) -> Response:
        """Where things stand, for the page to know when to show more."""
        stage = self._stage(await self._upload(request))
        return JSONResponse({"stage": stage}, headers=HEADERS)

    async def _take(self, request: Request) -> Response:
        """A file in a form; what came of it before is thrown away."""
        upload = await self._upload(request)
        stage = self._stage(upload)
        if upload is None or stage != "open":
            return self._page(stage, upload)
        problem = await self._taken(request, upload)
        if problem:
            return self._page(problem, upload)
        self._arrived()
        address = request.path_params["token"]  # relative, so that it holds behind any proxy
        return RedirectResponse(address, 303, HEADERS)

    async def _taken(self, request: Request, upload: Upload) -> str:
        """Write a form's file to the disk; return what went wrong, if anything."""
        said = request.headers.get("content-length", "0")
        if not said.isdecimal() or int(said) > plain.LARGEST + plain.SPARE:
            return "large"
        try:
            async with self._depot.holding(upload.token_sha256) as part:
                async with self._store.transaction() as session:
                    await uploads.give_up(session, upload)
                size, name = await plain.take(request, part)
                async with self._store.transaction() as session:
                    row = await session.get_one(Upload, upload.id)
                    await uploads.begin(session, row, size, name)
                    await uploads.advance(session, row, size)
        except plain.TooLarge:
            return "large"
        except Full:
            return "full"
        except (plain.NotAFile, Busy, Refused):
            return "broken"
        return ""

    async def _upload(self, request: Request) -> Upload | None:
        async with self._store.reading() as session:
            return await uploads.find(session, uploads.hash_of(request.path_params["token"]))

    def _stage(self, upload: Upload | None) -> str:
        """Return where an upload stands, by the name that the page knows it by."""
        if upload is None:
            return "unknown"
        if upload.finished_at is not None:
            return "refused" if upload.problem else "done"
        if upload.expired(self._clock()):
            return "expired"
        if not upload.arrived:
            return "open"
        return "waiting" if self._waits(upload.token_sha256) else "arrived"

    def _page(self, stage: str, upload: Upload | None) -> Response:
        values: dict[str, Any] = {
            "stage": stage,
            "upload": upload,
            "file": place_of(upload) if upload and upload.size else "",
            "until": upload.expires_at.astimezone(ROME) if upload else None,
            "largest": self._largest,
            "largest_form": min(self._largest, plain.LARGEST),
            "field": plain.FIELD,
        }
        body = self._templates.get_template("upload.html").render(values)
        return HTMLResponse(body, _STATUS.get(stage, 200), HEADERS)
