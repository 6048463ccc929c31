"""What X shows of an account's posts: their words as they were written, and what came of them."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from publishers.addresses import unsourced
from publishers.base import CannotTell, Figures, Post, count
from publishers.proving import by_essence, proved

_PAGES_READ: Final = 32
"""X shows at most 3,200 posts of an account, 100 a page."""


class Api(Protocol):
    """What is asked of a conversation with X."""

    def me(self) -> dict[str, Any]:
        """Read whose keys these are."""

    def posts(self, user_id: str, since: datetime, page: str | None) -> dict[str, Any]:
        """Read a page of a user's posts since a moment."""


def posts_since(api: Api, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield an account's posts since a moment; end only when all of them were read."""
    user_id = str(api.me()["id"])
    token: str | None = None
    for _ in range(_PAGES_READ):
        page = api.posts(user_id, since.replace(microsecond=0), token)
        if page.get("errors"):
            break
        yield from page.get("data", [])
        token = page["meta"].get("next_token")
        if not token:
            return
    raise CannotTell("X non ha mostrato tutti i post dell'account.")


def among(shown: Iterable[dict[str, Any]], wanted: Sequence[Post]) -> Iterator[tuple[Post, str]]:
    """Yield those wanted that are among an account's posts, with their numbers, until all are."""
    waiting = by_essence(wanted, essence)
    for found in shown:
        alike = waiting.get(essence(as_written(found)), [])
        if post := proved(alike, answered(found)):
            yield post, str(found["id"])
        if not any(waiting.values()):
            return


def as_written(found: dict[str, Any]) -> str:
    """Undo what X does to a text: t.co links, the link of the pictures, escaped signs."""
    whole = found.get("note_tweet") or found
    text = html.unescape(whole["text"])
    links = [*(whole.get("entities") or {}).get("urls", ())]
    links += (found.get("entities") or {}).get("urls", ())
    for link in links:
        shown = str(link.get("display_url", ""))
        picture = "media_key" in link or shown.startswith(("pic.x.com/", "pic.twitter.com/"))
        text = text.replace(link["url"], "" if picture else link.get("expanded_url", ""))
    return text


def answered(found: Mapping[str, Any]) -> str | None:
    """Return the id of the post that one answers, None where it answers none."""
    named = found.get("referenced_tweets") or ()
    return next((str(one["id"]) for one in named if one.get("type") == "replied_to"), None)


def figures_of(metrics: Mapping[str, Any]) -> Figures:
    """Return a post's public metrics as figures; a quote is a repost with words.

    https://docs.x.com/x-api/fundamentals/metrics
    """
    shares = [one for name in ("retweet_count", "quote_count") if (one := count(metrics.get(name)))]
    return Figures(
        views=count(metrics.get("impression_count")),
        reactions=count(metrics.get("like_count")),
        replies=count(metrics.get("reply_count")),
        shares=sum(shares) if shares else count(metrics.get("retweet_count")),
    )


def essence(text: str) -> str:
    """Reduce a text to what survives X: words, and links without their protocol and UTM."""
    words = unicodedata.normalize("NFC", unsourced(text)).split()
    return " ".join(re.sub(r"^https?://", "", word).rstrip("/") for word in words)
