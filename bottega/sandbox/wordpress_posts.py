"""What a WordPress site holds, and how its REST API says that something is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any, Final, TypeVar

from starlette.responses import JSONResponse, Response

from bottega.sandbox.core import Trouble
from bottega.sandbox.outlets import Image, Shown

_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
STATUSES: Final = {"draft", "publish", "private", "pending"}
FIELDS: Final = {
    "status", "slug", "title", "content", "excerpt", "categories", "featured_media",
}  # fmt: skip
LARGEST: Final = 2 * 1024 * 1024
"""What PHP takes as it is installed: https://www.php.net/upload-max-filesize"""
_HEADS: Final = {
    b"\xff\xd8": "image/jpeg",
    b"\x89PNG": "image/png",
    b"\x1aE\xdf\xa3": "video/webm",
    b"WEBVTT": "text/vtt",
}
_TAG: Final = re.compile(r"<[^>]*>")
_Kept = TypeVar("_Kept", "BlogPost", "Upload")


@dataclass(slots=True)
class BlogPost:
    """A post as the site holds it; `out_at` is when it was made public, `changed_at` when changed.

    Its views are for whoever may edit it, and knows the site as `home`.
    """

    id: int
    status: str = "draft"
    slug: str = ""
    title: str = ""
    content: str = ""
    excerpt: str = ""
    categories: list[int] = field(default_factory=lambda: [1])
    featured_media: int = 0
    out_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def seen(self) -> str:
        """Its HTML without the comments, which no reader sees."""
        return _COMMENT.sub("", self.content)

    @property
    def words(self) -> str:
        """What of it can be read."""
        words = unescape(_TAG.sub("", f"{self.title}\n{self.seen}"))
        return "\n\n".join(line for line in map(str.strip, words.splitlines()) if line)

    def meant_by(self, asked: Mapping[str, Any]) -> bool:
        """Tell whether somebody who lists posts asks for it; "any" status is any but the bin."""
        statuses = asked.get("status", "publish").split(",")
        after = datetime.fromisoformat(asked.get("modified_after", "0001-01-01T00:00:00Z"))
        return (
            self.slug == asked.get("slug", self.slug)
            and (self.status in statuses or ("any" in statuses and self.status != "trash"))
            and (self.changed_at is None or self.changed_at > after)
        )

    def bin(self, now: datetime) -> None:
        """Put it in the bin, from which it gives up its address."""
        self.slug, self.status, self.changed_at = f"{self.slug}__trashed", "trash", now

    def page(self) -> str:
        """Return the page that readers get."""
        head = f'<!doctype html><html lang="it"><meta charset="utf-8"><title>{self.title}</title>'
        return f"{head}<h1>{self.title}</h1>{self.content}"

    def shown(self, site: str, pictures: Iterable["Upload"]) -> Shown:
        """Return it as the sandbox's page shows it, with what it shows of a site's files."""
        address, kept = f"{site}/{self.slug}/", list(pictures)
        images, videos, tracks = (self._of(tag, kept) for tag in ("img", "video", "track"))
        said = "".join(one.content.decode() for one in tracks)
        return Shown(
            id=str(self.id),
            text=self.words,
            created=self.out_at.isoformat() if self.out_at else "",
            permalink=address,
            link=address,
            photos=tuple(Image(one.address(site), one.alt_text) for one in images),
            films=tuple(Image(one.address(site), said or one.alt_text) for one in videos),
        )

    def _of(self, tag: str, kept: Sequence["Upload"]) -> list["Upload"]:
        """Return the files that a tag of it shows."""
        names = re.findall(rf'<{tag}\b[^>]*? src="[^"]*/([^/"]+)"', self.content)
        return [one for name in names for one in kept if one.file_name == name]

    def view(self, home: str) -> dict[str, Any]:
        """Return it as the API tells it."""
        address = f"{home}/{self.slug}/" if self.status == "publish" else f"{home}/?p={self.id}"
        return {
            "id": self.id,
            "slug": self.slug,
            "status": self.status,
            "link": address,
            "title": {"raw": self.title, "rendered": self.title},
            "content": {"raw": self.content, "rendered": self.content, "protected": False},
            "excerpt": {"raw": self.excerpt, "rendered": self.excerpt},
            "categories": self.categories,
            "featured_media": self.featured_media,
        }


@dataclass(slots=True)
class Upload:
    """A file in the media library."""

    id: int
    slug: str
    file_name: str
    content: bytes
    post: int | None
    alt_text: str = ""
    caption: str = ""

    def address(self, home: str) -> str:
        """Return where it can be seen."""
        return f"{home}/wp-content/uploads/{self.file_name}"

    def describe(self, asked: Mapping[str, Any]) -> None:
        """Take its description and caption."""
        self.alt_text, self.caption = asked.get("alt_text", ""), asked.get("caption", "")

    @property
    def mime(self) -> str:
        """Its type."""
        return mime_of(self.content) or "application/octet-stream"

    def view(self, home: str) -> dict[str, Any]:
        """Return it as the API tells it."""
        return {
            "id": self.id,
            "slug": self.slug,
            "status": "inherit",
            "post": self.post,
            "alt_text": self.alt_text,
            "caption": {"raw": self.caption, "rendered": self.caption},
            "mime_type": self.mime,
            "source_url": self.address(home),
        }


def mime_of(content: bytes) -> str | None:
    """Return the type of a file by its content, None for one that WordPress does not take."""
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for head, mime in _HEADS.items() if content.startswith(head)), None)


class Paged(list[dict[str, Any]]):
    """One page of a list, and what the headers tell of all of it.

    https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/
    """

    def __init__(self, found: Iterable[dict[str, Any]], page: int, size: int) -> None:
        every = list(found)
        super().__init__(every[(page - 1) * size : page * size])
        self.headers = {"X-WP-TotalPages": str(-(-len(every) // size))}


class WpError(Exception):
    """An error in WordPress's own shape."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.data = code, message, status, data

    def response(self) -> Response:
        """Return it as an answer."""
        data = {"status": self.status, **self.data}
        told = {"code": self.code, "message": self.message, "data": data}
        return JSONResponse(told, self.status)


def no_route() -> WpError:
    """Return what the API says of an address that it does not have."""
    message = "No route was found matching the URL and request method."
    return WpError("rest_no_route", message, 404)


def taken(content: bytes, largest: int) -> None:
    """Raise WpError for a file that is too large, or of a type that WordPress does not take."""
    if len(content) > largest:
        message = "The uploaded file exceeds the upload_max_filesize directive in php.ini."
        raise WpError("rest_upload_unknown_error", message, 500)
    if mime_of(content) is None:
        message = "Sorry, you are not allowed to upload this file type."
        raise WpError("rest_upload_unknown_error", message, 500)


def one_of(things: Iterable[_Kept], target: str) -> _Kept:
    """Return the post or picture of a number; raises WpError."""
    for one in things:
        if str(one.id) == target:
            return one
    raise WpError("rest_post_invalid_id", "Invalid post ID.", 404)


def own_error(trouble: Trouble) -> Response:
    """Return what WordPress, or the server before it, says of a trouble."""
    match trouble.mood:
        case "revoked":
            message = "The provided password is an invalid application password."
            return WpError("incorrect_password", message, 401).response()
        case "forbidden":
            message = "Sorry, you are not allowed to do that."
            return WpError("rest_forbidden", message, 403).response()
        case "rejected":
            message = "Invalid parameter(s): content"
            return WpError("rest_invalid_param", message, 400).response()
    return Response("", 429, {"Retry-After": str(int(trouble.seconds))})
