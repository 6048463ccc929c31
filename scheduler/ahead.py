"""Have channels make ready, once a piece is approved, what publishing it will need."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from content import sending
from content.posts import Post
from content.store import Store
from publishers.base import Publisher

log = structlog.get_logger()


class Ahead:
    """Tells each channel that makes things ready which posts it has before it."""

    def __init__(self, store: Store, publishers: Mapping[str, Publisher]) -> None:
        self._store = store
        self._channels = [one for one in publishers.values() if one.makes_ready]
        self._told: dict[str, set[str]] = {}

    async def sweep(self) -> None:
        """Tell them, where it is not what they were told before."""
        for channel in self._channels:
            async with self._store.reading() as session:
                posts = await sending.before(session, channel.channel)
            hashes = {post.sha256 for post in posts}
            if hashes != self._told.get(channel.channel) and await self._tell(channel, posts):
                self._told[channel.channel] = hashes

    async def _tell(self, channel: Publisher, posts: Sequence[Post]) -> bool:
        """Whatever fails here fails again, and is judged, when the post is published."""
        try:
            await asyncio.to_thread(channel.make_ready, posts)
        except Exception:
            log.exception("not_made_ready", channel=channel.channel)
            return False
        return True
