"""Whether a channel sends the words of a piece whole, with its pictures and its link."""

import unicodedata
from collections.abc import Callable
from typing import Final

from content.articles import slug
from content.media import Medium
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.addresses import sourced
from publishers.base import Publisher

__all__ = ["holding"]

_ANY: Final = 999_999
_LAB: Final = "x" * 50
_PICTURE: Final = Medium(sha256="0" * 64, mime="image/jpeg")


def holding(channel: Publisher, site_url: str, *, utm: bool) -> Callable[[str, str], bool]:
    """Return what tells whether the channel would cut nothing of words, by a piece's title.

    The link is as long as that of any such piece of the column at `site_url`, with UTM parameters
    where it has them.
    """
    section = max(Section, key=len)

    def holds(words: str, title: str) -> bool:
        name = slug(title, _ANY)
        url = f"{site_url.rstrip('/')}/{section}/{name}/"
        if utm:
            url = sourced(url, source=channel.channel, medium="social", campaign=_LAB)
        piece = Piece(
            article_id=_ANY,
            version=1,
            receipt="",
            kind=Kind.NEWS,
            section=section,
            slug=name,
            title=title,
            lead="",
            text="",
            organisation="",
            media=(_PICTURE,),
            url=url,
            texts={channel.channel: words},
        )
        whole = unicodedata.normalize("NFC", words).strip()
        return channel.render(piece).text.startswith(whole)

    return holds
