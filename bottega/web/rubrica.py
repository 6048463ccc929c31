"""The web column served from its folder: caching, security headers, 410 for what was retracted."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from publishers.rubrica.pictures import FOLDER
from publishers.rubrica.site import RETRACTED_MARK

SECURITY: Final = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors http://127.0.0.1:*"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
}
"""The pages run no script and load nothing from elsewhere; JSON-LD is data, which no CSP stops.
A page on the reader's own computer may frame them, as the sandbox's does."""

_MISSING: Final = "404.html"
_FOREVER: Final = "public, max-age=31536000, immutable"
_HOUR: Final = "public, max-age=3600"
_BRIEFLY: Final = "public, max-age=60"


def column(site: Path) -> Mount:
    """Return the route that serves the column's folder, which must exist, at the root."""
    return Mount("/", GZipMiddleware(Column(directory=site, html=True)), name="rubrica")


class Column(StaticFiles):
    """The finished pages; `html=True` serves index.html of folders and 404.html."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, its caching and the security headers."""
        response = await self._answer(path, scope)
        if isinstance(response, FileResponse) and response.status_code == HTTPStatus.OK:
            file = Path(response.path)
            if await anyio.to_thread.run_sync(file.with_name(RETRACTED_MARK).exists):
                response.status_code = HTTPStatus.GONE
            response.headers["cache-control"] = _keep(path)
            if path == "feed.xml":
                response.headers["content-type"] = "application/atom+xml; charset=utf-8"
        elif isinstance(response, RedirectResponse):
            response.headers["location"] = f"{scope.get('root_path', '')}/{path}/"
        response.headers.update(SECURITY)
        return response

    async def _answer(self, path: str, scope: Scope) -> Response:
        """Answer as the parent does, with the column's own page for impossible addresses too."""
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or path == _MISSING:
                raise
            page = await super().get_response(_MISSING, scope)
            page.status_code = HTTPStatus.NOT_FOUND
            return page


def _keep(path: str) -> str:
    if path.startswith((f"{FOLDER}/", "static/fonts/")):
        return _FOREVER
    return _HOUR if path.startswith("static/") else _BRIEFLY
