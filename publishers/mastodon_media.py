"""Pictures and films on Mastodon: put up and processed by the server before a status names them.

https://docs.joinmastodon.org/methods/media/#v2
"""

import time
from pathlib import Path
from typing import Any, Final, Protocol

from content.media import Medium, MediumKind
from publishers.base import Call, Rejected, Unavailable
from publishers.conversation import file_of
from publishers.films import FilmForm, FilmLimits, Progress, awaited, poster_of, size_of

__all__ = ["FILMS", "upload"]

_MEGABYTE: Final = 1024 * 1024
FILMS: Final = FilmLimits(
    frozenset({"video/mp4", "video/webm"}), 99 * _MEGABYTE, longest=600, pixels=3840 * 2160
)
"""What a server takes if nobody changed it; of more than 36,000 frames it keeps the first alone.
https://github.com/mastodon/mastodon/blob/v4.4.0/app/models/media_attachment.rb"""

_MAX_ALT: Final = 1500
_MAX_PICTURE: Final = 8 * _MEGABYTE
"""Servers take 16 MB since 4.2, older ones 10. https://docs.joinmastodon.org/user/posting/#media"""
_LOOKS: Final = 20
_BETWEEN_LOOKS: Final = 1.0
"""How often, and at what distance in seconds, one looks whether a picture was processed."""


class Api(Protocol):
    """What is asked of a conversation with a server: calls that may fail freely."""

    call: Call | None

    def prepare(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        """Make a call and return what it said."""


def upload(api: Api, medium: Medium, root: Path) -> str:
    """Put a picture or a film up with its description and return its id, once it is processed.

    Every step may fail freely.
    """
    if medium.kind is MediumKind.VIDEO:
        return _film(api, medium, root)
    file = file_of(medium, root, _MAX_PICTURE)
    told = {"description": medium.alt[:_MAX_ALT]}
    kept = api.prepare("POST", "/api/v2/media", data=told, files={"file": file})
    for _ in range(_LOOKS):
        if not kept.get("id") or kept.get("url"):
            break
        kept = api.prepare("GET", f"/api/v1/media/{kept['id']}")
        if not kept.get("url"):
            time.sleep(_BETWEEN_LOOKS)
    if not kept.get("id") or not kept.get("url"):
        raise Unavailable("Mastodon non ha tenuto un'immagine.")
    return str(kept["id"])


def _film(api: Api, film: Medium, root: Path) -> str:
    """Put a film up with its poster; its frames in a second are judged by the server alone."""
    _judge(api, film, size_of(film, root))
    poster = poster_of(film, root)
    extra = {} if poster is None else {"thumbnail": ("poster.jpg", poster, "image/jpeg")}
    form = FilmForm(film, root, "file", description=film.alt[:_MAX_ALT], **extra)
    kept = api.prepare("POST", "/api/v2/media", data=form, headers={"Content-Type": form.kind})
    number = str(kept.get("id", ""))
    if not number.isalnum():
        raise Unavailable("Mastodon non ha tenuto il filmato.")
    if not kept.get("url"):
        awaited("Mastodon", api.call, lambda: _progress(api, number))
    return number


def _judge(api: Api, film: Medium, size: int) -> None:
    """Refuse a film that this server does not take: each may have limits of its own.

    https://docs.joinmastodon.org/entities/Instance/#media_attachments-video_size_limit
    """
    try:
        told = api.prepare("GET", "/api/v2/instance")
    except Rejected:  # it tells nobody: then it judges when it gets the film
        return
    limits: Any = told.get("configuration")
    limits = limits.get("media_attachments") if isinstance(limits, dict) else None
    if not isinstance(limits, dict):
        return
    most, pixels = limits.get("video_size_limit"), limits.get("video_matrix_limit")
    if isinstance(most, int) and size > most:
        raise _too_much(f"di {-(-size // _MEGABYTE)} MB", f"{most // _MEGABYTE} MB")
    if isinstance(pixels, int) and film.width * film.height > pixels:
        raise _too_much(f"di {film.width} × {film.height} pixel", f"{pixels} pixel in tutto")


def _too_much(what: str, most: str) -> Rejected:
    return Rejected(
        f"Il filmato è {what}, e questo server Mastodon ne prende fino a {most}. Non è uscito "
        "niente: togli il filmato dal pezzo, o mettine uno più piccolo, e approva di nuovo."
    )


def _progress(api: Api, number: str) -> Progress:
    """Look at a film: 206 while it is processed, 422 when that failed."""
    try:
        seen = api.prepare("GET", f"/api/v1/media/{number}")
    except Rejected as error:
        return Progress(failed=error.reason)
    return Progress(ready=bool(seen.get("url")))
