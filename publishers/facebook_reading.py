"""What a Facebook page shows of its posts.

https://developers.facebook.com/docs/graph-api/reference/page/feed
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Protocol

from publishers.base import CannotTell

__all__ = ["posts_since"]

_PAGES_READ: Final = 50


class Graph(Protocol):
    """What is asked of a conversation with the Graph API."""

    def read(self, path: str, **fields: str) -> dict[str, Any]:
        """Read; raises CannotTell when the answer is no answer."""


def posts_since(graph: Graph, page_id: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield the page's posts since a moment; end only when all of them were read."""
    earliest = since.replace(microsecond=0)
    after: dict[str, str] = {}
    for _ in range(_PAGES_READ):
        page = graph.read(
            f"{page_id}/published_posts",
            fields="id,message,created_time,permalink_url",
            since=str(int(earliest.timestamp()) - 1),
            limit="100",
            **after,
        )
        posts, paging = page.get("data"), page.get("paging") or {}
        if not isinstance(posts, list):
            break
        for found in posts:
            if datetime.fromisoformat(found["created_time"]) >= earliest:
                yield found
        if "next" not in paging:
            return
        after = {"after": paging["cursors"]["after"]}
    raise CannotTell("Facebook non ha mostrato tutti i post della pagina.")
