"""Films in a Telegram channel: carried by the one call that puts the post out.

https://core.telegram.org/bots/api#sendvideo
"""

from pathlib import Path
from typing import Final

from content.media import Medium
from publishers.films import FilmForm, FilmLimits, poster_of
from publishers.pictures import small

__all__ = ["FILMS", "form_of"]

FILMS: Final = FilmLimits(frozenset({"video/mp4"}), 50 * 1024 * 1024)
"""https://core.telegram.org/bots/api#sending-files"""
_THUMBNAIL: Final = 320
"""Pixels of a side. https://core.telegram.org/bots/api#sendvideo"""


def form_of(film: Medium, root: Path, **told: str) -> FilmForm:
    """Return what sendVideo is sent; raises Rejected when the film or its poster is lost."""
    told |= {
        "width": str(film.width),
        "height": str(film.height),
        "duration": str(round(film.seconds or 0)),
        "supports_streaming": "true",
    }
    poster = poster_of(film, root)
    if poster is None:
        return FilmForm(film, root, "video", **told)
    thumbnail = ("thumbnail.jpg", small(poster, _THUMBNAIL), "image/jpeg")
    return FilmForm(film, root, "video", thumbnail=thumbnail, **told)
