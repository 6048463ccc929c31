"""What a piece says as a WordPress post: plain HTML, in which nothing is acted upon; pure."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from content.media import Medium, MediumKind
from content.posts import Piece
from publishers.films import FilmLimits, chosen
from publishers.prose import body, source
from publishers.words import host, line

__all__ = ["html_of", "shown"]

_FILMS: Final = frozenset({"video/mp4", "video/webm"})
"""https://wordpress.org/documentation/article/video-block/"""


def shown(piece: Piece, largest: float, most: int) -> tuple[Medium, ...]:
    """Return at most so many pictures of a piece, with its first film of so many megabytes."""
    film = chosen(piece, FilmLimits(_FILMS, int(largest * 1024 * 1024)))
    seen = (one for one in piece.media if one.kind is MediumKind.PICTURE or one is film)
    return tuple(islice(seen, most))


def html_of(piece: Piece, media: Sequence[Medium]) -> str:
    """Return the piece with these pictures and films, each with `/media/NAME` for its address."""
    link = source(piece.link)
    html = _TEMPLATES.get_template("post.html").render(
        piece=piece,
        title=line(piece.title),
        lead=line(piece.lead),
        body=body(piece.text),
        media=media,
        organisation=line(piece.organisation),
        author=line(piece.author),
        link=link,
        link_host=host(link),
        more=len(piece.media) > len(media),
    )
    return _inert(html.strip())


def _inert(html: str) -> str:
    """Take from a text what WordPress acts upon: [shortcodes], and addresses alone on a line."""
    inert = html.replace("[", "&#91;").replace("]", "&#93;")
    return re.sub(
        r"<pre>.*?</pre>", lambda found: found[0].replace("://", "&#58;//"), inert, flags=re.DOTALL
    )


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["line"] = line
    return made


_TEMPLATES: Final = _environment()
