"""Statuses of Mastodon: what is kept of them, how long they are, how they are told as HTML."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import regex

from bottega.sandbox.mastodon_media import Attachment

_LINK: Final = re.compile(r"https?://[^\s]*[^\s.,;:!?)»”]")
_MENTION: Final = re.compile(r"(?i)(?<![\w/=])(@[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)@[\w.-]*\w")


@dataclass(slots=True)
class Status:
    """A status as it was sent."""

    id: str
    text: str
    created: datetime
    language: str | None
    reply_to: str | None = None
    media: list[Attachment] = field(default_factory=list)
    deleted: bool = False


def content(text: str) -> str:
    """Return a text as the HTML in which Mastodon tells it."""
    told, position = "", 0
    for link in _LINK.finditer(text):
        scheme, _, rest = link[0].partition("://")
        told += html.escape(text[position : link.start()])
        told += (
            f'<a href="{html.escape(link[0])}" rel="nofollow noopener">'
            f'<span class="invisible">{scheme}://</span>'
            f'<span class="ellipsis">{html.escape(rest[:30])}</span>'
            f'<span class="invisible">{html.escape(rest[30:])}</span></a>'
        )
        position = link.end()
    told = _MENTION.sub(r"\1", told + html.escape(text[position:]))
    paragraphs = re.split(r"\n{2,}", told)
    return "".join(f"<p>{one.replace(chr(10), '<br />')}</p>" for one in paragraphs)


def length(text: str) -> int:
    """Count as Mastodon does: 23 a link, 1 a sign, a mention without its server."""
    short = _MENTION.sub(r"\1", _LINK.sub("x" * 23, text))
    return len(regex.findall(r"\X", short))
