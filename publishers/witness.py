"""What a person saw on a channel that cannot tell by itself: where a post is."""

from typing import Final
from urllib.parse import urlsplit

from content.posts import FrozenPost, NotAsApproved
from publishers.base import Published, Publisher

__all__ = ["NoLink", "seen"]

_BY_HAND: Final = "by hand"
"""Stands for the channel's id of what a person saw, where no link tells it."""
_LONGEST: Final = 500


class NoLink(ValueError):
    """What was said to be the address of a post is none."""


def seen(publisher: Publisher | None, frozen: FrozenPost, said: str) -> Published:
    """Return as proof the addresses, with spaces between, at which a person saw a post, if any.

    An album has several. Raises NoLink for what is no address of the web.
    """
    links = said[:_LONGEST].split()
    if any(urlsplit(one).scheme not in ("http", "https") for one in links):
        raise NoLink(said)
    first = links[0] if links else ""
    try:
        number = publisher.id_in(frozen.post(), links) if publisher else None
    except NotAsApproved:
        number = None
    return Published(number or first or _BY_HAND, first)
