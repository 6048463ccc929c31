"""The tus resumable upload protocol 1.0.0: core, creation, termination and expiration.

https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bottega.web.uploads.depot import Busy, Depot, End, Full, Part
from content import uploads
from content.store import Store
from content.uploads import AnotherFile, Upload

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,expiration"
METHODS: Final = ("OPTIONS", "POST", "HEAD", "PATCH", "DELETE")
SPARE_BYTES: Final = 200_000_000
"""What stays free on the disk for everything else."""
_BYTES: Final = "application/offset+octet-stream"
_LARGEST_METADATA: Final = 4096
_WHICH: Final = "di"
_LETTERS: Final = 16


class Refused(Exception):
    """A request that is answered with a status of its own, and headers."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Tus:
    """One file a link, at one address: created, asked about, continued, given up there."""

    def __init__(
        self,
        store: Store,
        depot: Depot,
        clock: Callable[[], datetime],
        largest: int,
        arrived: Callable[[], None],
    ) -> None:
        """Take also the size of the largest file, and what is called when one is complete."""
        self._store, self._depot, self._clock = store, depot, clock
        self._largest, self._arrived = largest, arrived
        self._verbs = {
            "POST": self._create,
            "HEAD": self._tell,
            "PATCH": self._continue,
            "DELETE": self._end,
        }

    async def answer(self, request: Request) -> Response:
        """Answer a request; what may be refused is refused before its body is read."""
        own = {"tus-resumable": VERSION, "cache-control": "no-store"}
        try:
            response = await self._answer(request)
        except Refused as refused:
            response = Response(status_code=refused.status, headers=refused.headers)
        except Busy:
            response = Response(status_code=423)
        except Full:
            response = Response(status_code=507)
        response.headers.update(own)
        return response

    async def _answer(self, request: Request) -> Response:
        method = request.headers.get("x-http-method-override", request.method).upper()
        if method == "OPTIONS":
            return Response(status_code=204, headers=self._abilities())
        if request.headers.get("tus-resumable") != VERSION:
            raise Refused(412, tus_version=VERSION)
        verb = self._verbs.get(method)
        if verb is None:
            raise Refused(405)
        async with self._store.reading() as session:
            key = uploads.hash_of(request.path_params["token"])
            upload = await uploads.find(session, key)
        if upload is None:
            raise Refused(404)
        if upload.expired(self._clock()):
            raise Refused(410)
        named = request.query_params.get(_WHICH)
        if named is not None and upload.size is not None and named != _which(upload):
            raise Refused(403)
        return await verb(request, upload)

    def _abilities(self) -> dict[str, str]:
        return {
            "tus-version": VERSION,
            "tus-extension": EXTENSIONS,
            "tus-max-size": str(self._largest),
        }

    async def _create(self, request: Request, upload: Upload) -> Response:
        size = _number(request, "upload-length")
        if size == 0:
            raise Refused(400)
        if size > self._largest:
            raise Refused(413, tus_max_size=str(self._largest))
        name = _name(request.headers.get("upload-metadata", ""))
        if upload.size is None:
            upload = await self.begin(upload, size, name)
        elif (upload.size, upload.name) != (size, name[: uploads.LONGEST_NAME]):
            raise Refused(403)
        # Relative to the address that was asked, so that it holds behind any proxy.
        return Response(status_code=201, headers=_until(upload) | {"location": place_of(upload)})

    async def begin(self, upload: Upload, size: int, name: str) -> Upload:
        """Note which file comes, if there is room for it and for its clean copy; return that."""
        async with self._store.reading() as session:
            others = [one for one in await uploads.coming(session) if one.id != upload.id]
        awaited = sum((one.size or 0) * 2 - one.received for one in others)
        if self._depot.room() < 2 * size + awaited + SPARE_BYTES:
            raise Full
        async with self._depot.holding(upload.token_sha256) as part:
            try:
                async with self._store.transaction() as session:
                    row = await session.get_one(Upload, upload.id)
                    if await uploads.begin(session, row, size, name):
                        await part.empty()
            except AnotherFile:
                raise Refused(403) from None
        return row

    async def _tell(self, _: Request, upload: Upload) -> Response:
        if upload.size is None:
            raise Refused(404)
        offset = upload.size
        if upload.finished_at is None:
            async with self._depot.holding(upload.token_sha256) as part:
                offset = await self._noted(upload, part)
        headers = _until(upload) | {
            "upload-offset": str(offset),
            "upload-length": str(upload.size),
            "upload-metadata": f"filename {base64.b64encode(upload.name.encode()).decode()}",
        }
        return Response(headers=headers)

    async def _continue(self, request: Request, upload: Upload) -> Response:
        if request.headers.get("content-type") != _BYTES:
            raise Refused(415)
        offset = _number(request, "upload-offset")
        if upload.size is None or upload.finished_at is not None:
            raise Refused(404 if upload.size is None else 409)
        async with self._depot.holding(upload.token_sha256) as part:
            if offset != await part.size() or not await self._is_still(upload):
                raise Refused(409)
            rest = upload.size - offset
            if int(request.headers.get("content-length", 0)) > rest:
                raise Refused(413)
            try:
                end = await part.append(request.stream(), rest)
            finally:
                offset = await self._noted(upload, part)
        status = {End.ALL: 204, End.TOO_MUCH: 413, End.IDLE: 408, End.WANTED: 423}[end]
        return Response(status_code=status, headers=_until(upload) | {"upload-offset": str(offset)})

    async def _end(self, _: Request, upload: Upload) -> Response:
        if upload.finished_at is not None or upload.arrived:
            raise Refused(409)
        async with self._depot.holding(upload.token_sha256) as part:
            async with self._store.transaction() as session:
                await uploads.give_up(session, upload)
            await part.remove()
        return Response(status_code=204)

    async def _is_still(self, upload: Upload) -> bool:
        """Whether it is the same file that comes by the link as when the request came."""
        async with self._store.reading() as session:
            now = await uploads.find(session, upload.token_sha256)
        return now is not None and _which(now) == _which(upload)

    async def _noted(self, upload: Upload, part: Part) -> int:
        """Return how much is on the disk, written down too."""
        have = await part.size()
        if have != upload.received:
            async with self._store.transaction() as session:
                await uploads.advance(session, upload, have)
        if have == upload.size:
            self._arrived()
        return have


def place_of(upload: Upload) -> str:
    """Return where the file that comes by a link is, beside the link's other addresses.

    It is another place for another file: who still sends the one that was given up adds nothing.
    """
    return f"file?{_WHICH}={_which(upload)}"


def _which(upload: Upload) -> str:
    return hashlib.sha256(f"{upload.size} {upload.name}".encode()).hexdigest()[:_LETTERS]


def _number(request: Request, header: str) -> int:
    said = request.headers.get(header, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):  # noqa: PLR2004 - 64 bits
        raise Refused(400)
    return int(said)


def _name(metadata: str) -> str:
    """Return the file's name from Upload-Metadata: pairs of a key and a value in base64."""
    if len(metadata) > _LARGEST_METADATA:
        raise Refused(400)
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except binascii.Error:
                raise Refused(400) from None
    return ""


def _until(upload: Upload) -> dict[str, str]:
    return {"upload-expires": format_datetime(upload.expires_at, usegmt=True)}
