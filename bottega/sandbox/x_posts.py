"""Posts of X: what is kept of them, how long they are, and what the API tells of them."""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import regex

from bottega.sandbox.crowd import Crowd

_LINK: Final = re.compile(r"https?://[^\s]*[^\s.,;:!?)»”]")
_LIGHT: Final = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))


class XError(Exception):
    """A problem in X's own shape."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank") -> None:
        super().__init__(detail)
        self.status = status
        self.problem = {"title": title, "detail": detail, "type": kind, "status": status}


@dataclass(slots=True)
class Picture:
    """A picture as X holds it."""

    id: str
    content: bytes
    alt: str = ""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(slots=True)
class Tweet:
    """A post as it was sent; what the API shows of it is made from it."""

    id: str
    text: str
    created: datetime
    reply_to: str | None = None
    media: list[Picture] = field(default_factory=list)
    deleted: bool = False


def shown(post: Tweet, username: str) -> dict[str, Any]:
    """Return a post as the API tells it: t.co links with entities, signs escaped."""
    text, position, entities = "", 0, []
    for link in _LINK.finditer(post.text):
        text += html.escape(post.text[position : link.start()], quote=False)
        entity = _entity(post, link[0], len(text))
        entities.append(entity | {"display_url": link[0].partition("//")[2][:30]})
        text += entity["url"]
        position = link.end()
    text += html.escape(post.text[position:], quote=False)
    if post.media:
        text += " "
        where = f"https://x.com/{username}/status/{post.id}/photo/1"
        entity = _entity(post, where, len(text))
        entity["display_url"] = f"pic.x.com/{entity['url'][-10:]}"
        entities += [entity | {"media_key": f"3_{kept.id}"} for kept in post.media]
        text += entity["url"]
    created = post.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    told: dict[str, Any] = {"id": post.id, "text": text, "created_at": created}
    if post.reply_to:
        told["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
    return told | ({"entities": {"urls": entities}} if entities else {})


def _entity(post: Tweet, url: str, start: int) -> dict[str, Any]:
    short = "https://t.co/" + hashlib.sha256(f"{post.id}{url}".encode()).hexdigest()[:10]
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": url}


def weight(text: str) -> int:
    """Count as X does, near enough: 23 a link, 2 an emoji, 1 or 2 a character."""
    links = [link for link in _LINK.findall(text) if "." in urlsplit(link).netloc]
    weight = 23 * len(links)
    for link in links:
        text = text.replace(link, "", 1)
    for cluster in regex.findall(r"\X", text):
        if regex.search(r"[\p{Extended_Pictographic}\p{Regional_Indicator}]", cluster):
            weight += 2
        else:
            weight += sum(1 if any(ord(c) in light for light in _LIGHT) else 2 for c in cluster)
    return weight


def metrics(seen: Crowd) -> dict[str, Any]:
    """Return a post's public metrics: https://docs.x.com/x-api/fundamentals/metrics."""
    quotes = seen.shares // 4
    told = {
        "retweet_count": seen.shares - quotes,
        "reply_count": seen.replies,
        "like_count": seen.reactions,
        "quote_count": quotes,
        "bookmark_count": seen.reactions // 10,
        "impression_count": seen.views,
    }
    return {"public_metrics": told}
