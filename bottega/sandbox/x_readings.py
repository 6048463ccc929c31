"""What X shows of posts to who asks: an account's own, or some by their ids.

https://docs.x.com/x-api/posts/user-posts-timeline-by-user-id
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bottega.sandbox.x_errors import invalid, not_found
from bottega.sandbox.x_posts import Tweet

_MOST_LOOKED_UP: Final = 100
_FIELDS: Final = {
    "created_at", "entities", "note_tweet", "public_metrics", "referenced_tweets", "text", "id",
}  # fmt: skip
_PARAMETERS: Final = {
    "max_results", "start_time", "pagination_token", "tweet.fields", "exclude", "end_time",
    "since_id", "until_id",
}  # fmt: skip
Show = Callable[[Tweet], dict[str, Any]]


def timeline(posts: Sequence[Tweet], asked: Mapping[str, str], show: Show) -> dict[str, Any]:
    """Return a page of an account's posts, the newest first."""
    if unknown := sorted(set(asked) - _PARAMETERS):
        raise invalid(f"The query parameter [{unknown[0]}] is not one of the known ones")
    fields, size = _fields(asked), int(asked.get("max_results", "10"))
    if not 5 <= size <= 100:  # noqa: PLR2004 - X's own bounds
        raise invalid("One or more parameters to your request was invalid.")
    since = datetime.fromisoformat(asked.get("start_time", "2010-11-06T00:00:00Z"))
    before = int(asked.get("pagination_token", "before" + "9" * 20).removeprefix("before"))
    live = [
        one
        for one in reversed(posts)
        if not one.deleted and one.created >= since and int(one.id) < before
    ]
    page = live[:size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if size < len(live):
        meta["next_token"] = f"before{page[-1].id}"
    return {"data": [_only(fields, show(post)) for post in page], "meta": meta}


def look_up(posts: Sequence[Tweet], asked: Mapping[str, str], show: Show) -> dict[str, Any]:
    """Return posts by their ids; of those that are not there, that they are not."""
    if unknown := sorted(set(asked) - {"ids", "tweet.fields"}):
        raise invalid(f"The query parameter [{unknown[0]}] is not one of the known ones")
    fields, numbers = _fields(asked), asked.get("ids", "").split(",")
    if len(numbers) > _MOST_LOOKED_UP or not all(one.isdecimal() for one in numbers):
        raise invalid("The `ids` query parameter value is not valid")
    there = {post.id: post for post in posts if not post.deleted}
    answer: dict[str, Any] = {}
    if found := [there[one] for one in numbers if one in there]:
        answer["data"] = [_only(fields, show(post)) for post in found]
    if lost := [one for one in numbers if one not in there]:
        answer["errors"] = [not_found(one) for one in lost]
    return answer


def _only(fields: set[str], told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in fields}


def _fields(asked: Mapping[str, str]) -> set[str]:
    fields = set(asked.get("tweet.fields", "text").split(","))
    if unknown := sorted(fields - _FIELDS):
        raise invalid(f"The `tweet.fields` query parameter value [{unknown[0]}] is not valid")
    return fields | {"id", "text"}
