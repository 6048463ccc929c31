"""What readers find on each channel's stand-in, in one form, to be compared with what was asked."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from benchmarks.newsroom import PAGE, Outside
from bottega.sandbox import Sandbox
from bottega.sandbox.mastodon import Mastodon
from bottega.sandbox.telegram import Message
from bottega.sandbox.telegram_channel import TelegramChannel
from bottega.sandbox.x_films import Film
from content.media import Medium
from content.posts import Post
from publishers.films import srt_of
from publishers.rubrica.index import Index

Shown = tuple[str, str]
"""The hash of a picture or film, and what the channel tells of it to who cannot see or hear it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as readers find it: its `words`, the id of the post that it answers, what it shows."""

    id: str
    words: str
    under: str | None = None
    media: tuple[Shown, ...] = ()


def seen(sandbox: Sandbox, outside: Outside) -> dict[str, list[Seen]]:
    """Return all that stands on each channel, the deleted left out."""
    return {PAGE: list(_pages(outside))} | {name: network(sandbox, name) for name in outside.keys}


def network(sandbox: Sandbox, channel: str) -> list[Seen]:
    """Return all that stands on one of the networks, the deleted left out."""
    with sandbox.board.lock:
        return list(_READERS[channel](sandbox))


def id_of(remote_id: str | None) -> str:
    """Return the id by which a network shows a post: Telegram's are kept with their channel's."""
    return (remote_id or "").rpartition(":")[2]


def addresses(channel: str, post: Seen) -> str:
    """Return where a network shows a post, as people copy it: of an album, with spaces between."""
    if "_reel_" in post.id:
        return f"https://www.facebook.com/reel/{post.id.rpartition('_')[2]}"
    return " ".join(f"{_PLACES[channel]}{number}" for number in post.id.split(","))


def parts(post: Post) -> tuple[str, ...]:
    """Return the words that an approved post comes out as, the page's hash for its words.

    What comes out as a chain of several has several: each answers the one before.
    """
    return (post.sha256,) if post.channel == PAGE else post.parts


def media(post: Post, part: int, outside: Outside) -> tuple[Shown, ...]:
    """Return what a part of an approved post is to show, as `Seen` has it: the first shows all."""
    if post.channel == PAGE or part:
        return ()
    return tuple((one.sha256, _told(one, post.channel, outside)) for one in post.media)


def _telegram_channel(sandbox: Sandbox) -> Iterator[Seen]:
    """Yield the posts of the channel; an album is one, under the numbers of its messages."""
    room = cast("TelegramChannel", sandbox.outlets["telegram_channel"])
    posts: dict[str, list[Message]] = {}
    for message in room.chat.messages:
        key = str(message.get("media_group_id", message["message_id"]))
        posts.setdefault(key, []).append(message)
    for messages in posts.values():
        shown = [one["photo"][-1] for one in messages if "photo" in one]
        shown += [one["video"] for one in messages if "video" in one]
        contents = [room.telegram.files.get(one["file_id"]).content for one in shown]
        answered = messages[0].get("reply_to_message")
        yield Seen(
            ",".join(str(one["message_id"]) for one in messages),
            str(messages[0].get("text", messages[0].get("caption", ""))),
            str(answered["message_id"]) if answered else None,
            tuple((_hash(content), "") for content in contents),
        )


def _told(medium: Medium, channel: str, outside: Outside) -> str:
    if channel == "telegram_channel":  # which has nowhere to say it
        return ""
    if channel in ("facebook", "x") and medium.captions_name:
        captions = (outside.media / medium.captions_name).read_bytes()
        return (srt_of(captions) if channel == "facebook" else captions).decode()
    return medium.alt


def _facebook(sandbox: Sandbox) -> Iterator[Seen]:
    for post in sandbox.facebook.posts:
        if not post.deleted:
            shown = tuple((photo.sha256, photo.alt) for photo in post.media)
            shown += tuple((film.sha256, film.captions) for film in post.films)
            number = f"{sandbox.facebook.page_id}_reel_{post.id}" if post.films else post.id
            yield Seen(number, post.message, None, shown)


def _x(sandbox: Sandbox) -> Iterator[Seen]:
    for post in sandbox.x.posts:
        if not post.deleted:
            shown = tuple(
                (one.sha256, one.captions.decode() if isinstance(one, Film) else one.alt)
                for one in post.media
            )
            yield Seen(post.id, post.text, post.reply_to, shown)


def _mastodon(sandbox: Sandbox) -> Iterator[Seen]:
    for status in cast("Mastodon", sandbox.outlets["mastodon"]).statuses:
        if not status.deleted:
            shown = tuple((_hash(one.content), one.alt) for one in status.media)
            yield Seen(status.id, status.text, status.reply_to, shown)


def _pages(outside: Outside) -> Iterator[Seen]:
    """Yield the articles that stand in the column; what no page shows whole does not stand."""
    with Index.open(Path(outside.folder) / "site-index" / "index.sqlite3") as index:
        for entry in map(index.require, index.article_ids()):
            page = Path(outside.folder) / "site" / entry.section / entry.slug / "index.html"
            post, told = entry.post, page.read_text() if page.exists() else ""
            if post is not None and post.html in told:
                yield Seen(str(entry.article_id), post.sha256)
            elif 'class="piece"' in told:
                yield Seen(str(entry.article_id), "a page that the index does not have")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_READERS: Final = {
    "facebook": _facebook,
    "x": _x,
    "mastodon": _mastodon,
    "telegram_channel": _telegram_channel,
}
_PLACES: Final = {
    "facebook": "https://www.facebook.com/",
    "x": "https://x.com/laboratori/status/",
    "mastodon": "https://mastodon.example/@laboratori/",
    "telegram_channel": "https://t.me/laboratori_sandbox/",
}
