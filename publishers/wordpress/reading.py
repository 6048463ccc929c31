"""How a WordPress site's posts are read back, the drafts and the binned included.

https://developer.wordpress.org/rest-api/reference/posts/#list-posts
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from publishers.base import CannotTell
from publishers.wordpress.api import Site

__all__ = ["at", "changed_since", "words_at"]


def at(site: Site, slug: str) -> list[dict[str, Any]]:
    """Return the posts at an address, the drafts included."""
    found = site.read("/posts", slug=slug, status="any", context="edit", per_page="100")
    if not isinstance(found, list):
        raise CannotTell("WordPress non ha mostrato i suoi post.")
    return found


def changed_since(site: Site, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield the posts that were made or changed since a moment, the binned included."""
    return site.listed(
        "/posts",
        modified_after=since.isoformat(),
        status="any,trash",
        context="edit",
        per_page="50",
        orderby="id",
        _fields="id,status,link,content",
    )


def words_at(site: Site, number: str) -> tuple[str, Any]:
    """Return what the post of a number says, and its slug; raises CannotTell."""
    found = site.read(f"/posts/{number}", context="edit")
    content = found.get("content") if isinstance(found, dict) else None
    raw = content.get("raw") if isinstance(content, dict) else None
    if not isinstance(raw, str):
        raise CannotTell("WordPress non ha mostrato il post.")
    return raw, found.get("slug")
