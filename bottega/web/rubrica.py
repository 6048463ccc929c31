"""The web column served from its folder: caching, security headers, 410 for what was retracted."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from publishers.rubrica.server import BRIEFLY, FOREVER, LASTING, headers
from publishers.rubrica.site import MOVED_MARK, RETRACTED_MARK

SECURITY: Final = headers(frames="http://127.0.0.1:*")
"""A page on the reader's own computer may frame the pages, as the sandbox's does."""
_MISSING: Final = "404.html"
_TYPES: Final = {
    "feed.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))


def column(site: Path) -> Mount:
    """Return the route that serves the column's folder, which must exist, at the root."""
    return Mount("/", GZipMiddleware(Column(directory=site, html=True)), name="rubrica")


class Column(StaticFiles):
    """The finished pages; `html=True` serves index.html of folders and 404.html."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, its caching and the security headers."""
        response = await self._answer(path, scope)
        if isinstance(response, FileResponse) and response.status_code == HTTPStatus.OK:
            response = await anyio.to_thread.run_sync(self._marked, response, path, scope)
        elif isinstance(response, RedirectResponse):
            response.headers["location"] = f"{scope.get('root_path', '')}/{path}/"
        response.headers.update(SECURITY)
        return response

    def _marked(self, response: FileResponse, path: str, scope: Scope) -> Response:
        """Say of a file what lies beside it: that it is gone, has moved, is there compressed."""
        file = Path(response.path)
        moved = file.with_name(MOVED_MARK)
        if moved.exists():
            return RedirectResponse(moved.read_text(), HTTPStatus.MOVED_PERMANENTLY)
        kept = path.partition("/")[0] in LASTING
        told = {"cache-control": FOREVER if kept else BRIEFLY}
        if file.name in _TYPES:
            told["content-type"] = _TYPES[file.name]
        if file.with_name(RETRACTED_MARK).exists():
            response.status_code = HTTPStatus.GONE
        else:
            response = _compressed(response, file, Headers(scope=scope))
        response.headers.update(told)
        return response

    async def _answer(self, path: str, scope: Scope) -> Response:
        """Answer as the parent does, with the column's own page for impossible addresses too."""
        if path.rpartition("/")[2] in (RETRACTED_MARK, MOVED_MARK):
            return await self._missed(scope)
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or path == _MISSING:
                raise
            return await self._missed(scope)

    async def _missed(self, scope: Scope) -> Response:
        page = await super().get_response(_MISSING, scope)
        page.status_code = HTTPStatus.NOT_FOUND
        return page


def _compressed(response: FileResponse, file: Path, asked: Headers) -> FileResponse:
    """Return the copy of a file that the browser prefers, where there is one."""
    copies = {name: file.with_name(file.name + end) for name, end in _ENCODINGS}
    there = {name: copy for name, copy in copies.items() if copy.exists()}
    if not there:
        return response
    told = asked.get("accept-encoding", "").split(",")
    accepted = {one.partition(";")[0].strip() for one in told}
    chosen = next((name for name in there if name in accepted), None)
    if chosen and "range" not in asked:
        kept = {name: response.headers[name] for name in ("last-modified", "content-type")}
        kept |= {"content-encoding": chosen, "etag": f"W/{response.headers['etag']}"}
        response = FileResponse(there[chosen], headers=kept)
    response.headers["vary"] = "accept-encoding"
    return response
