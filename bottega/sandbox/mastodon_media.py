"""What a Mastodon server keeps of pictures and films: uploaded at once, processed in its own time.

https://docs.joinmastodon.org/methods/media/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bottega.sandbox.core import Exchange, Trouble

_MAX_ALT: Final = 1500
_FIELDS: Final = {"description", "focus"}
_FILES: Final = {"file", "thumbnail"}
_UNPROCESSED: Final = "Error processing thumbnail for uploaded media"
LIMITS: Final = {"video_size_limit": 99 * 1024 * 1024, "video_matrix_limit": 8_294_400}
"""https://docs.joinmastodon.org/entities/Instance/#configuration"""


class MastodonError(Exception):
    """An error in Mastodon's own shape."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


@dataclass(slots=True)
class Attachment:
    """A picture or a film as the server holds it; `looks` is how often one must still look."""

    id: str
    content: bytes
    alt: str
    mime: str
    looks: int = 1
    status_id: str | None = None
    poster: bytes = b""

    @property
    def film(self) -> bool:
        """Whether it is a film."""
        return self.mime.startswith("video/")

    def told(self, url: str | None) -> dict[str, Any]:
        """Return it as the API tells it."""
        kind = "video" if self.film else "image"
        return {"id": self.id, "type": kind, "url": url, "description": self.alt}


class Library:
    """What was uploaded, under numbers that `number` makes; `limits` are the server's."""

    def __init__(self, number: Callable[[], str]) -> None:
        """Begin empty."""
        self._number = number
        self.limits: dict[str, int] = dict(LIMITS)
        self.kept: dict[str, Attachment] = {}

    def configuration(self) -> dict[str, Any]:
        """Tell what the server takes."""
        limits = self.limits | {"image_size_limit": 16 * 1024 * 1024, "video_frame_rate_limit": 120}
        return {"domain": "mastodon.example", "configuration": {"media_attachments": limits}}

    def upload(self, exchange: Exchange) -> dict[str, Any]:
        """Keep a file; it is processed later. Raises MastodonError."""
        _, content = exchange.files.get("file", ("", b""))
        alt = exchange.fields.get("description", "")
        if set(exchange.fields) - _FIELDS or set(exchange.files) - _FILES or len(alt) > _MAX_ALT:
            raise MastodonError(422, "Validation failed: Description is too long")
        mime = mime_of(content)
        if mime is None:
            raise MastodonError(422, "Validation failed: File content type is invalid")
        made = Attachment(self._number(), content, alt, mime)
        if made.film:
            if len(content) > self.limits["video_size_limit"]:
                raise MastodonError(422, "Validation failed: File file size must be less than that")
            made.looks, (_, made.poster) = 2, exchange.files.get("thumbnail", ("", b""))
        self.kept[made.id] = made
        return made.told(None)

    def look(self, number: str) -> tuple[int, dict[str, Any]]:
        """Say how far the processing is: 206 while it lasts. Raises MastodonError."""
        kept = self.kept.get(number)
        if kept is None or kept.status_id:
            raise MastodonError(404, "Record not found")
        kept.looks = max(0, kept.looks - 1)
        if kept.looks:
            return 206, kept.told(None)
        return 200, kept.told(f"https://files.mastodon.example/{kept.id}")


def mime_of(content: bytes) -> str | None:
    """Return the type of a file by its content, None for one that no server takes."""
    heads: Mapping[bytes, str] = {
        b"\xff\xd8": "image/jpeg",
        b"\x89PNG": "image/png",
        b"\x1aE\xdf\xa3": "video/webm",
    }
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for head, mime in heads.items() if content.startswith(head)), None)


def processing(trouble: Trouble) -> tuple[int, dict[str, Any]] | None:
    """Return what the API says of any film in a trouble of its processing, None in another."""
    match trouble.mood:
        case "processing":
            return 206, Attachment("115000000000000001", b"", "", "video/mp4").told(None)
        case "unprocessable":
            return 422, {"error": _UNPROCESSED}
    return None
