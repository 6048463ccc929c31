"""What X keeps of films: sent in parts, processed in its own time, captioned.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bottega.sandbox.core import Exchange
from bottega.sandbox.x_errors import invalid
from bottega.sandbox.x_posts import Picture

MAX_FILM: Final = 512 * 1024 * 1024
MAX_PART: Final = 5 * 1024 * 1024
_TYPES: Final = ("video/mp4", "video/quicktime")


WAYS: Final = (
    ("/2/media/upload", "GET", "media.status"),
    ("/2/media/upload/initialize", "POST", "media.initialize"),
    ("/2/media/upload/{id}/append", "POST", "media.append"),
    ("/2/media/upload/{id}/finalize", "POST", "media.finalize"),
    ("/2/media/subtitles", "POST", "media.subtitles"),
)
"""Path, method and operation of all that is about films alone."""


@dataclass(slots=True)
class Film(Picture):
    """A film as X holds it; `looks` is how often one must still look until it is processed."""

    total: int = 0
    parts: dict[int, bytes] = field(default_factory=dict)
    finished: bool = False
    looks: int = 2
    captions: bytes = b""

    @property
    def ready(self) -> bool:
        """Whether a post may name it."""
        return self.finished and not self.looks

    def take(self, segment: str, part: bytes) -> None:
        """Keep a part of it."""
        if self.finished or not segment.isdecimal() or not 0 < len(part) <= MAX_PART:
            raise invalid("$.segment_index: is not acceptable")
        self.parts[int(segment)] = part

    def finish(self) -> dict[str, Any]:
        """Put its parts together and begin to process it."""
        whole = b"".join(self.parts.get(number, b"") for number in range(len(self.parts)))
        if len(whole) != self.total or whole[4:8] != b"ftyp":
            raise invalid("Segments do not add up to provided total file size.")
        self.content, self.finished, self.parts = whole, True, {}
        return self.told("pending")

    def look(self) -> dict[str, Any]:
        """Say how far the processing is."""
        if not self.finished:
            raise invalid("The media is not finalized.")
        self.looks = max(0, self.looks - 1)
        return self.told("in_progress" if self.looks else "succeeded")

    def told(self, state: str) -> dict[str, Any]:
        """Return it as the API tells it, in a state of processing."""
        info = processing(state)["data"]["processing_info"]
        told = {"id": self.id, "media_key": f"13_{self.id}", "processing_info": info}
        return {"data": told | {"size": len(self.content), "expires_after_secs": 86_400}}


class Films:
    """The films among an account's pictures, and the captions that wait for theirs."""

    def __init__(self, pictures: dict[str, Picture], number: Callable[[], str]) -> None:
        """Keep films among `pictures`, under numbers that `number` makes."""
        self._pictures, self._number = pictures, number
        self._captions: dict[str, bytes] = {}

    def act(self, operation: str, exchange: Exchange, number: str) -> dict[str, Any]:
        """Do one of WAYS; raises XError."""
        match operation:
            case "media.initialize":
                film = begun(self._number(), exchange.json)
                self._pictures[film.id] = film
                told = {"id": film.id, "media_key": f"13_{film.id}"}
                return {"data": told | {"expires_after_secs": 86_400}}
            case "media.append":
                _, part = exchange.files.get("media", ("", b""))
                self._film(number).take(exchange.fields.get("segment_index", ""), part)
                return {"data": {"expires_at": 1_800_000_000}}
            case "media.finalize":
                return self._film(number).finish()
            case "media.subtitles":
                return self._caption(exchange.json)
        if exchange.query.get("command") != "STATUS":
            raise invalid("$.command: does not have a value in the enumeration")
        return self._film(exchange.query.get("media_id", "")).look()

    def keep(self, captions: bytes) -> dict[str, Any]:
        """Keep captions until a film is given them."""
        number = self._number()
        self._captions[number] = captions
        return {"data": {"id": number, "size": len(captions)}}

    def _caption(self, said: Any) -> dict[str, Any]:
        asked = said if isinstance(said, dict) else {}
        subtitles = asked.get("subtitles") or {}
        captions = self._captions.get(str(subtitles.get("id")))
        if captions is None or asked.get("media_category") != "TweetVideo":
            raise invalid("One or more parameters to your request was invalid.")
        self._film(str(asked.get("id"))).captions = captions
        told = {"id": asked["id"], "media_category": "TweetVideo"}
        return {"data": told | {"associated_subtitles": [subtitles]}}

    def _film(self, number: str) -> Film:
        film = self._pictures.get(number)
        if not isinstance(film, Film):
            raise invalid(f"media id {number} is not a film of this account")
        return film


def begun(number: str, asked: Any) -> Film:
    """Begin a film; raises XError."""
    told = asked if isinstance(asked, dict) else {}
    if set(told) != {"media_category", "media_type", "total_bytes"}:
        raise invalid("$: is not as the schema says")
    if told["media_category"] != "tweet_video" or told["media_type"] not in _TYPES:
        raise invalid("$.media_type: does not have a value in the enumeration")
    if not isinstance(told["total_bytes"], int) or not 0 < told["total_bytes"] <= MAX_FILM:
        raise invalid("File size exceeds the maximum.")
    return Film(number, b"", total=told["total_bytes"])


def processing(state: str) -> dict[str, Any]:
    """Return what the API says of any film in a state of processing."""
    info: dict[str, Any] = {"state": state}
    if state == "failed":
        info["error"] = {
            "code": 1,
            "name": "InvalidMedia",
            "message": "file is currently unsupported",
        }
    elif state != "succeeded":
        info |= {"check_after_secs": 1, "progress_percent": 50}
    return {"data": {"processing_info": info}}
