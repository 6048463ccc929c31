"""What a Facebook page holds, and how the Graph API says that something is wrong."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response


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
