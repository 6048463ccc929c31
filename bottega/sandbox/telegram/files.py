"""Files as Telegram keeps them: by id, with thumbnails of photos, and with its limits."""

import io
import mimetypes
import secrets
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from bottega.sandbox.core import MEGABYTE
from bottega.sandbox.telegram.errors import bad

_FOLDERS = {"photo": "photos", "video": "videos", "voice": "voice", "sticker": "stickers"}
_LONGEST_SIDE = 2560
_THUMBNAILS = (90, 320)
_MAX_THUMBNAIL = 200 * 1000
"""https://core.telegram.org/bots/api#sendvideo"""


@dataclass(frozen=True, slots=True)
class File:
    """One stored file; `path` is where it can be downloaded."""

    id: str
    unique_id: str
    path: str
    content: bytes

    def described(self) -> dict[str, Any]:
        """Return the fields that every kind of file has."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }


class Files:
    """Everything that was ever uploaded."""

    photo_limit = 10 * MEGABYTE
    upload_limit = 50 * MEGABYTE
    download_limit = 20 * MEGABYTE
    local: Path | None = None
    """The folder of a server with --local, which hands over paths of files of any size:
    https://core.telegram.org/bots/api#using-a-local-bot-api-server"""

    def __init__(self) -> None:
        # So that a sandbox started anew does not repeat the ids of the last.
        self._mark = secrets.token_hex(4)
        self._numbers = count(1)
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}
        self._media: dict[str, tuple[str, Any]] = {}

    def get(self, file_id: str) -> File:
        """Return a file by its id."""
        if file := self._by_id.get(file_id):
            return file
        raise bad("wrong file_id or the file is temporarily unavailable")

    def handed_over(self, file: File) -> str:
        """Return where a file can be fetched; raises an error for one that is too big."""
        if self.local is None:
            if len(file.content) > self.download_limit:
                raise bad("file is too big")
            return file.path
        path = self.local / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        return str(path.absolute())

    def at(self, path: str) -> File | None:
        """Return a file by its path."""
        return self._by_path.get(path)

    def media(self, kind: str, file_id: str) -> Any:
        """Return what a message carries for a file that Telegram has: sent again, as it was."""
        known, media = self._media.get(file_id, ("", None))
        if not known:
            raise bad("wrong file identifier/HTTP URL specified")
        if known != kind:
            raise bad(f"can't use file of type {known.title()} as {kind.title()}")
        return media

    def add(self, kind: str, name: str, content: bytes, **details: Any) -> Any:
        """Store an upload and return what a message carries for it: sizes, or one description."""
        if not content:
            raise bad("file must be non-empty")
        if kind == "photo":
            return self._add_photo(content)
        suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
        media = self._store(kind, content, suffix).described() | details
        self._media[media["file_id"]] = (kind, media)
        return media

    def thumbnail(self, content: bytes) -> dict[str, Any] | None:
        """Store a thumbnail: a JPEG of less than 200 kB and no more than 320 pixels a side."""
        if not content.startswith(b"\xff\xd8") or len(content) >= _MAX_THUMBNAIL:
            return None
        with Image.open(io.BytesIO(content)) as opened:
            width, height = opened.size
        if max(width, height) > _THUMBNAILS[-1]:
            return None
        size = {"width": width, "height": height}
        return self._store("photo", content, ".jpg").described() | size

    @staticmethod
    def named(name: str) -> dict[str, str]:
        """Return the name and the type that a document shows."""
        kind, _ = mimetypes.guess_type(name)
        return {"file_name": name, "mime_type": kind or "application/octet-stream"}

    def _add_photo(self, content: bytes) -> list[dict[str, Any]]:
        if len(content) > self.photo_limit:
            raise bad(
                f"file of size {len(content)} bytes is too big for a photo; "
                f"the maximum size is {self.photo_limit} bytes"
            )
        sizes = [
            self._store("photo", data, ".jpg").described() | {"width": width, "height": height}
            for data, width, height in _sizes(content)
        ]
        for size in sizes:
            self._media[size["file_id"]] = ("photo", sizes)
        return sizes

    def _store(self, kind: str, content: bytes, suffix: str) -> File:
        number = next(self._numbers)
        path = f"{_FOLDERS.get(kind, 'documents')}/file_{number}{suffix}"
        mark = f"{self._mark}{number:06}"
        file = File(f"BAAC-{kind}-{mark}", f"AQAD{mark}", path, content)
        self._by_id[file.id] = self._by_path[path] = file
        return file


def _sizes(content: bytes) -> list[tuple[bytes, int, int]]:
    """Return thumbnails and picture as JPEG; a JPEG of no more than 2560 pixels stays as it is."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.load()
            kept = opened.format == "JPEG" and max(opened.size) <= _LONGEST_SIDE
            picture = opened.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise bad("IMAGE_PROCESS_FAILED") from error
    width, height = picture.size
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):  # noqa: PLR2004 - Telegram's documented bounds
        raise bad("PHOTO_INVALID_DIMENSIONS")
    sides = [side for side in _THUMBNAILS if side < max(width, height)]
    sizes = [_scaled(picture, side) for side in sides]
    largest = (content, width, height) if kept else _scaled(picture, _LONGEST_SIDE)
    return [*sizes, largest]


def _scaled(picture: Image.Image, side: int) -> tuple[bytes, int, int]:
    copy = picture.copy()
    copy.thumbnail((side, side))
    output = io.BytesIO()
    copy.save(output, "JPEG", quality=87)
    return output.getvalue(), copy.width, copy.height
