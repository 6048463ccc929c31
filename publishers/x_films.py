"""Films on X: sent in parts, processed by X, with their captions, before any post names them.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked
"""

from pathlib import Path
from typing import Any, Final, Protocol

from content.media import Medium
from publishers.base import Call, Unavailable
from publishers.films import FilmLimits, Progress, awaited, captions_of, parts, size_of

__all__ = ["LIMITS", "upload"]

LIMITS: Final = FilmLimits(frozenset({"video/mp4"}), 512 * 1024 * 1024, 140, 0.5)
"""https://docs.x.com/x-api/media/quickstart/best-practices"""
_PART: Final = 4 * 1024 * 1024
_CATEGORY: Final = "TweetVideo"
_LANGUAGE: Final = {"language_code": "IT", "display_name": "Italiano"}


class Api(Protocol):
    """What is asked of a conversation with X: calls that may fail freely."""

    call: Call | None

    def prepare(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Make a call and return its data."""

    def accept(self, method: str, path: str, **body: Any) -> None:
        """Make a call whose success need not say anything."""


def upload(api: Api, film: Medium, root: Path) -> str:
    """Put a film up with its captions, wait until X has processed it, and return its id.

    Every step may fail freely.
    """
    told = {
        "media_category": "tweet_video",
        "media_type": film.mime,
        "total_bytes": size_of(film, root),
    }
    media_id = _known(api.prepare("POST", "/2/media/upload/initialize", json=told))
    for number, part in enumerate(parts(film, root, _PART)):
        if api.call is not None:  # what goes on is given more time
            api.call.last_check()
        path = f"/2/media/upload/{media_id}/append"
        files = {"media": ("part", part, "application/octet-stream")}
        api.accept("POST", path, data={"segment_index": str(number)}, files=files)
    seen = _progress(api.prepare("POST", f"/2/media/upload/{media_id}/finalize"))
    if not seen.ready:
        asked = {"command": "STATUS", "media_id": media_id}
        awaited(
            "X",
            api.call,
            lambda: _progress(api.prepare("GET", "/2/media/upload", params=asked)),
        )
    captions = captions_of(film, root)
    if captions is not None:
        _caption(api, media_id, captions)
    return media_id


def _caption(api: Api, media_id: str, captions: bytes) -> None:
    """Give a film its captions. https://docs.x.com/x-api/media/create-media-subtitles."""
    told = {"media_category": "subtitles", "media_type": "text/vtt"}
    files = {"media": ("it.vtt", captions, "text/vtt")}
    kept = _known(api.prepare("POST", "/2/media/upload", data=told, files=files))
    subtitles = {"id": kept, **_LANGUAGE}
    told_of = {"id": media_id, "media_category": _CATEGORY, "subtitles": subtitles}
    api.accept("POST", "/2/media/subtitles", json=told_of)


def _known(data: dict[str, Any]) -> str:
    number = str(data.get("id", ""))
    if not number.isdecimal():
        raise Unavailable("X non ha tenuto il filmato.")
    return number


def _progress(data: dict[str, Any]) -> Progress:
    """Read how far X is: a film of which it says nothing more than its id is ready."""
    info = data.get("processing_info")
    if not isinstance(info, dict):
        _known(data)
        return Progress(ready=True)
    match info.get("state"):
        case "succeeded":
            return Progress(ready=True)
        case "failed":
            error = info.get("error")
            reason = error.get("message") if isinstance(error, dict) else None
            return Progress(failed=str(reason or "")[:200])
    wait = info.get("check_after_secs")
    return Progress(wait=float(wait) if isinstance(wait, int | float) else 0.0)
