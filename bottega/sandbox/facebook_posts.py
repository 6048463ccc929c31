"""What a Facebook page holds, and how the Graph API says that something is wrong."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from bottega.sandbox.crowd import Crowd

_MAX_MESSAGE: Final = 63_206


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
    """A post as the page holds it."""

    id: str
    message: str
    link: str | None
    created: datetime
    media: list[Photo] = field(default_factory=list)
    deleted: bool = False

    @property
    def permalink(self) -> str:
        """Its public address."""
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
    if metrics != ["post_media_view"]:
        raise GraphError(100, "(#100) The value must be a valid insights metric")
    series = {
        "name": "post_media_view",
        "period": "lifetime",
        "values": [{"value": seen.views}],
        "id": f"{post_id}/insights/post_media_view/lifetime",
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
        case "POST", _, "feed" | "photos" if target in (page_id, "me"):
            return edge, page_id
        case "GET", _, "published_posts" if target in (page_id, "me"):
            return edge, page_id
        case "GET", _, "insights":
            return edge, target
        case _, _, "":
            return {"GET": "read", "POST": "edit", "DELETE": "delete"}[method], target
    return "unknown", target
