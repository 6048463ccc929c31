"""A piece in several posts: its words divided, and as what they go out."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from content.threads import joined, parts_of
from publishers.base import Publisher
from publishers.cutting import cut, divided
from publishers.prose import words as plain

__all__ = ["left_out", "proposed", "texts"]


def texts(channel: Publisher, parts: Sequence[str], ending: str) -> tuple[str, ...]:
    """Return what goes out of words that an editor divided: each text fits.

    The `ending`, with the piece's address, is the first one's: that is the post people pass on,
    and no other can be taken for it. A part that is too long goes on in another; beyond as many
    as the channel takes the last is cut.
    """
    room, found = channel.limits.text, list[str]()
    for part in parts:
        first = room if found else room - channel.measure(ending)
        found += divided(part, room, first, channel.measure)
    if len(found) > channel.limits.thread:
        last = channel.limits.thread - 1
        found[last:] = [cut("\n\n".join(found[last:]), room, channel.measure)]
    return (found[0] + ending, *found[1:])


def proposed(channel: Publisher, said: Mapping[str, Any], url: str) -> str:
    """Return the words for a channel divided into parts, for an editor to go on with.

    `said` is the article's content. Where the words fit in one post, its lead and text follow.
    """
    words = "\n\n".join(parts_of(said["texts"].get(channel.channel, "")) or [said["title"]])
    room, measure = channel.limits.text, channel.measure
    found = divided(words, room, room - measure(f"\n\n{url}"), measure)
    if len(found) == 1:
        paragraphs = [said["lead"], *(plain(one) for one in said["text"].split("\n\n"))]
        follows = "\n\n".join(one for one in paragraphs if one.strip())
        found += divided(follows, room, room, measure)
    return joined(found[: channel.limits.thread])


def left_out(words: str, sent: Sequence[str], url: str) -> bool:
    """Whether some of the words chosen for a channel are not in what is sent of a thread."""
    said = "".join(sent).replace(url, "", 1)
    wanted = unicodedata.normalize("NFC", "".join(parts_of(words)))
    return "".join(wanted.split()) not in "".join(said.split())
