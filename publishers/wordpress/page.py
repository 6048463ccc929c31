"""What a piece says as a WordPress post: plain HTML, in which nothing is acted upon; pure."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from content.media import Medium
from content.posts import Piece
from publishers.prose import body, source
from publishers.words import host, line

__all__ = ["html_of"]


def html_of(piece: Piece, pictures: Sequence[Medium]) -> str:
    """Return the piece with these pictures, each with `/media/NAME` for its address."""
    link = source(piece.link)
    html = _TEMPLATES.get_template("post.html").render(
        piece=piece,
        title=line(piece.title),
        lead=line(piece.lead),
        body=body(piece.text),
        pictures=pictures,
        organisation=line(piece.organisation),
        author=line(piece.author),
        link=link,
        link_host=host(link),
        more=len(piece.media) > len(pictures),
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
