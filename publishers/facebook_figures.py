"""What came of a post, or of a reel, on Facebook, as far as the token may know.

https://developers.facebook.com/docs/graph-api/reference/page-post
https://developers.facebook.com/docs/graph-api/reference/video/video_insights
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from publishers.base import CannotTell, ChannelDown, Figures, Rejected, count

__all__ = ["figures_of", "figures_of_reel"]

_COUNTS: Final = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
_VIEWS: Final = "post_media_view"
"""It took the place of post_impressions in November 2025.

https://developers.facebook.com/docs/platforminsights/page/deprecated-metrics
"""
_PLAYS: Final = "blue_reels_play_count"


class Graph(Protocol):
    """What is asked of a conversation with the Graph API."""

    def read(self, path: str, **query: str) -> dict[str, Any]:
        """Read; raises CannotTell when the answer is no answer."""


def figures_of(graph: Graph, post_id: str) -> Figures:
    """Read a post's counts, and its views where the token has read_insights."""
    told = graph.read(post_id, fields=f"shares,{_COUNTS}")
    return Figures(
        views=_views(graph, f"{post_id}/insights", _VIEWS),
        reactions=_total(told, "reactions"),
        replies=_total(told, "comments"),
        shares=count(_dict(told.get("shares")).get("count", 0)),
    )


def figures_of_reel(graph: Graph, video: str) -> Figures:
    """Read a reel's counts, and how often it was played; how often it was shared is not told."""
    told = graph.read(video, fields=_COUNTS)
    return Figures(
        views=_views(graph, f"{video}/video_insights", _PLAYS),
        reactions=_total(told, "reactions"),
        replies=_total(told, "comments"),
    )


def _views(graph: Graph, path: str, metric: str) -> int | None:
    """https://developers.facebook.com/docs/graph-api/reference/insights."""
    try:
        told = graph.read(path, metric=json.dumps([metric]))
    except (CannotTell, ChannelDown, Rejected):  # the counts are good without
        return None
    series = told.get("data")
    for one in series if isinstance(series, list) else []:
        values = _dict(one).get("values")
        if _dict(one).get("name") == metric and isinstance(values, list) and values:
            return count(_dict(values[-1]).get("value"))
    return None


def _total(told: Mapping[str, Any], edge: str) -> int | None:
    return count(_dict(_dict(told.get(edge)).get("summary")).get("total_count"))


def _dict(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}
