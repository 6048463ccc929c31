"""What a Facebook page holds, and how the Graph API says that something is wrong."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from bottega.sandbox.core import Trouble
from bottega.sandbox.crowd import Crowd

if TYPE_CHECKING:
    from bottega.sandbox.facebook_films import Reel

_MAX_MESSAGE: Final = 63_206
PLAYS: Final = "blue_reels_play_count"


@dataclass(slots=True)
class Photo:
    """A picture as the page holds it."""

    id: str
    content: bytes
    alt: str
    post_id: str | None = None

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(slots=True)
class PagePost:
    """A post as the page holds it; `film` is its reel, whose id it has."""

    id: str
    message: str
    link: str | None
    created: datetime
    media: list[Photo] = field(default_factory=list)
    deleted: bool = False
    film: "Reel | None" = None

    @property
    def films(self) -> "list[Reel]":
        """Its reel, if it has one."""
        return [self.film] if self.film else []

    @property
    def permalink(self) -> str:
        """Its public address."""
        if self.film:
            return f"https://www.facebook.com/reel/{self.id}/"
        page, _, number = self.id.partition("_")
        return f"https://www.facebook.com/{page}/posts/{number}"


class GraphError(Exception):
    """An error in the Graph API's own shape."""

    def __init__(
        self, code: int, message: str, *, subcode: int | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """Return it as an answer."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": "OAuthException" if self.code != 100 else "GraphMethodException",  # noqa: PLR2004
            "code": self.code,
            "fbtrace_id": "AsandboxTraceId",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return JSONResponse({"error": error}, self.status, headers)


def counts(seen: Crowd) -> dict[str, Any]:
    """Return a post's counts: https://developers.facebook.com/docs/graph-api/reference/page-post."""
    return {
        "shares": {"count": seen.shares},
        "reactions": {"data": [], "summary": {"total_count": seen.reactions}},
        "comments": {"data": [], "summary": {"total_count": seen.replies}},
    }


def insights(post_id: str, seen: Crowd, metrics: object) -> dict[str, Any]:
    """Return a post's metrics: https://developers.facebook.com/docs/graph-api/reference/insights."""
    if not isinstance(metrics, list) or metrics not in (["post_media_view"], [PLAYS]):
        raise GraphError(100, "(#100) The value must be a valid insights metric")
    name = metrics[0]
    series = {
        "name": name,
        "period": "lifetime",
        "values": [{"value": seen.views}],
        "id": f"{post_id}/insights/{name}/lifetime",
    }
    return {"data": [series]}


def only(view: dict[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that were asked for, and the id, which is always told."""
    fields = [one.partition(".")[0] for one in asked.get("fields", ",".join(view)).split(",")]
    if unknown := [name for name in fields if name not in view]:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({unknown[0]})")
    return {name: value for name, value in view.items() if name == "id" or name in fields}


def words(asked: Mapping[str, str]) -> str:
    """Return the words of a post, which may not be too long."""
    message = asked.get("message", "")
    if len(message) > _MAX_MESSAGE:
        raise GraphError(100, "(#100) The message is too long")
    return message.strip()


def operation_of(method: str, path: str, page_id: str) -> tuple[str, str]:
    """Return the name of what is asked, and of what."""
    target, _, edge = path.partition("/")
    match method, target, edge:
        case "GET", "me", "":
            return "me", page_id
        case ("POST", _, "feed" | "photos" | "video_reels") | ("GET", _, "published_posts") if (
            target in (page_id, "me")
        ):
            return edge, page_id
        case "GET", _, "insights" | "video_insights":
            return "insights", target
        case "POST", _, "thumbnails" | "captions":
            return edge, target
        case _, _, "":
            return {"GET": "read", "POST": "edit", "DELETE": "delete"}[method], target
    return "unknown", target


def troubled(trouble: Trouble, page_id: str) -> Response:
    """Return what the Graph API says in a trouble of its own."""
    match trouble.mood:
        case "revoked":
            message = "Error validating access token: The session has been invalidated."
            return GraphError(190, message, subcode=460, status=401).response()
        case "forbidden":
            message = "(#200) The user hasn't authorized the application to do this."
            return GraphError(200, message, status=403).response()
        case "rejected":
            return GraphError(100, "(#100) This status cannot be published").response()
        case "duplicate":
            return GraphError(506, "Duplicate status message").response()
    minutes = -(-int(trouble.seconds) // 60)
    usage = {"type": "pages", "call_count": 100, "total_cputime": 20, "total_time": 20}
    usage |= {"estimated_time_to_regain_access": minutes}
    header = {"X-Business-Use-Case-Usage": json.dumps({page_id: [usage]})}
    return GraphError(32, "(#32) Page request limit reached", status=403).response(header)
