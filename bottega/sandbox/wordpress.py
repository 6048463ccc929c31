"""A stand-in for one WordPress site and its REST API, as far as a newsroom needs it.

https://developer.wordpress.org/rest-api/reference/
"""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Switchboard, exchange_of
from bottega.sandbox.outlets import Outlet, Shown
from bottega.sandbox.wordpress_posts import (
    FIELDS,
    LARGEST,
    STATUSES,
    BlogPost,
    Paged,
    Upload,
    WpError,
    no_route,
    one_of,
    own_error,
    taken,
)  # fmt: skip

_EDITOR: Final = frozenset(
    {
        "edit_posts", "publish_posts", "edit_published_posts", "delete_published_posts",
        "upload_files", "manage_categories",
    }
)  # fmt: skip
_POLICY: Final = "default-src 'none'; img-src 'self'; media-src 'self'"


class WordPress(Outlet):
    """One site; `posts` holds what is there, newest last, the drafts included.

    `library` holds its files; `able` is what its user may do, `largest` the bytes that a file may
    have. Operations for troubles:
    posts.list, posts.read, posts.create, posts.update, posts.delete, categories.list,
    categories.create, media.list, media.create, media.update, media.delete, users.me.
    """

    channel: ClassVar[str] = "wordpress"
    label: ClassVar[str] = "WordPress"
    about: ClassVar[str] = "Sito WordPress"
    mark: ClassVar[str] = "W"
    path: ClassVar[str] = "wordpress"
    changes: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": ("posts.update",),
        "edit": ("posts.update",),
        "delete": ("posts.delete",),
    }
    uploads: ClassVar[Sequence[str]] = (
        "posts.list", "posts.create", "categories.list", "categories.create", "media.list",
        "media.create",
    )  # fmt: skip
    shows_films: ClassVar[bool] = True
    takes_captions: ClassVar[bool] = True
    film_uploads: ClassVar[Sequence[str]] = uploads
    readings: ClassVar[Sequence[str]] = ("posts.list",)
    broken: ClassVar[str] = (
        '{"code": "internal_server_error", "message": "There has been a critical error on this '
        'website.", "data": {"status": 500}}'
    )
    hollow: ClassVar[str] = "{}"
    repetition: ClassVar[Literal["recognised"]] = "recognised"

    def __init__(self, board: Switchboard) -> None:
        self.name = "Laboratori dell'Innovazione"
        self.user, self.password = "bottega", "application-password-of-the-sandbox"
        super().__init__(board)

    def reset(self) -> None:
        """Begin with an empty site, and an editor."""
        self.able, self.largest = set(_EDITOR), LARGEST
        self.posts: list[BlogPost] = []
        self.library: list[Upload] = []
        self.categories: dict[str, tuple[int, str]] = {"uncategorized": (1, "Uncategorized")}
        self._home, self._last_number = "", 1

    def keys(self, url: str) -> dict[str, str]:
        """Return the site, a user of it and the password."""
        return {"url": url, "user": self.user, "password": self.password}

    def shown(self) -> list[Shown]:
        """Return what readers see; what is deleted leaves no trace."""
        return [one.shown(f"/{self.path}", self.library) for one in self._public()]

    def texts(self) -> list[str]:
        """Return the HTML of what readers see, which is without comments."""
        return [one.seen for one in self._public()]

    def _public(self) -> list[BlogPost]:
        return [one for one in self.posts if one.status == "publish"]

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at /wordpress."""
        methods = ["GET", "POST", "DELETE"]
        return [
            Route("/wp-json/wp/v2/{noun}", self._answer, methods=methods),
            Route("/wp-json/wp/v2/{noun}/{target}", self._answer, methods=methods),
            Route("/wp-json/{path:path}", self._nowhere, methods=methods),
            Route("/wp-content/uploads/{name}", self._picture),
            Route("/{slug}/", self._page),
        ]

    async def _answer(self, request: Request) -> Response:
        noun, target = request.path_params["noun"], request.path_params.get("target", "")
        act, operation = self._act(request.method, noun, target)
        exchange = await exchange_of("wordpress", request, f"/wp/v2/{noun}/{target}".rstrip("/"))

        async def perform() -> Response:
            try:
                with self.board.lock:
                    self._home = str(request.url).partition("/wp-json/")[0]
                    self._authenticate(request, operation)
                    asked = {**exchange.query, **exchange.fields, **(exchange.json or {})}
                    answer = act(asked, target, exchange)
                    self.board.touch()
            except WpError as error:
                return error.response()
            status = 201 if request.method == "POST" and not target else 200
            return JSONResponse(answer, status, getattr(answer, "headers", None))

        return await self.board.serve(exchange, operation, perform, own_error)

    async def _nowhere(self, _: Request) -> Response:
        return no_route().response()

    async def _picture(self, request: Request) -> Response:
        name = request.path_params["name"]
        found = next((one for one in self.library if one.file_name == name), None)
        if found is None:
            return Response(status_code=404)
        return Response(found.content, media_type=found.mime)

    async def _page(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        found = next((one for one in self._public() if one.slug == slug), None)
        if found is None:
            return Response(status_code=404)
        return HTMLResponse(found.page(), headers={"content-security-policy": _POLICY})

    def _act(self, method: str, noun: str, target: str) -> tuple[Callable[..., Any], str]:
        """Return what does what is asked, and the operation's name."""
        if (method, noun, target) == ("GET", "users", "me"):
            return self._me, "users.me"
        one = {"GET": "read", "POST": "update", "DELETE": "delete"}
        verb = (one if target else {"GET": "list", "POST": "create"}).get(method, "unknown")
        acts: Mapping[str, Callable[..., Any]] = {
            "posts.list": self._posts,
            "posts.read": self._read,
            "posts.create": self._create,
            "posts.update": self._update,
            "posts.delete": self._delete,
            "categories.list": self._categories,
            "categories.create": self._categorize,
            "media.list": self._media,
            "media.create": self._upload,
            "media.update": self._describe,
            "media.delete": self._drop,
        }
        operation = f"{noun}.{verb}"
        return acts.get(operation, _refuse), operation

    def _authenticate(self, request: Request, operation: str) -> None:
        """Refuse what nobody may ask, which is who comes with a wrong password."""
        kind, _, told = request.headers.get("authorization", "").partition(" ")
        expected = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if kind == "Basic" and hmac.compare_digest(told, expected):
            return
        if operation == "posts.list":
            hidden = {"status": {"code": "rest_forbidden_status", "message": "Forbidden."}}
            message = "Invalid parameter(s): status"
            raise WpError("rest_invalid_param", message, 400, details=hidden)
        raise WpError("rest_not_logged_in", "You are not currently logged in.", 401)

    def _may(self, capability: str, code: str) -> None:
        if capability not in self.able:
            raise WpError(code, "Sorry, you are not allowed to do that.", 403)

    def _me(self, asked: Mapping[str, Any], *_: object) -> dict[str, Any]:
        able = {"capabilities": dict.fromkeys(sorted(self.able), True), "username": self.user}
        return {"id": 2, "name": self.user, **(able if asked.get("context") == "edit" else {})}

    def _posts(self, asked: Mapping[str, Any], *_: object) -> list[dict[str, Any]]:
        self._may("edit_posts", "rest_forbidden_context")
        found = (one.view(self._home) for one in reversed(self.posts) if one.meant_by(asked))
        return Paged(found, int(asked.get("page", "1")), int(asked.get("per_page", "10")))

    def _read(self, _: Mapping[str, Any], target: str, *__: object) -> dict[str, Any]:
        return one_of(self.posts, target).view(self._home)

    def _create(self, asked: Mapping[str, Any], *_: object) -> dict[str, Any]:
        self._may("edit_posts", "rest_cannot_create")
        post = BlogPost(self._number())
        self._change(post, asked)
        self.posts.append(post)
        return post.view(self._home)

    def _update(self, asked: Mapping[str, Any], target: str, *_: object) -> dict[str, Any]:
        post = one_of(self.posts, target)
        self._may("edit_published_posts", "rest_cannot_edit")
        self._change(post, asked)
        return post.view(self._home)

    def _change(self, post: BlogPost, asked: Mapping[str, Any]) -> None:
        status = asked.get("status", post.status)
        if (unknown := set(asked) - FIELDS) or status not in STATUSES:
            names = ", ".join(sorted(unknown) or ["status"])
            raise WpError("rest_invalid_param", f"Invalid parameter(s): {names}", 400)
        if status == "publish":
            self._may("publish_posts", "rest_cannot_publish")
        known = {number for number, _ in self.categories.values()}
        if set(asked.get("categories", ())) - known:
            raise WpError("rest_invalid_param", "Invalid parameter(s): categories", 400)
        for name in FIELDS & set(asked):
            setattr(post, name, asked[name])
        post.changed_at = self.now()
        if status == "publish":
            post.slug = self._free(post)
            post.out_at = post.out_at or self.now()

    def _free(self, post: BlogPost) -> str:
        """Return the address that a post gets: of one that is taken, another."""
        taken = {one.slug for one in self.posts if one is not post}
        taken |= {one.slug for one in self.library}
        wanted, number = post.slug, 2
        while post.slug in taken or not post.slug:
            post.slug, number = f"{wanted}-{number}", number + 1
        return post.slug

    def _delete(self, asked: Mapping[str, Any], target: str, *_: object) -> dict[str, Any]:
        post = one_of(self.posts, target)
        self._may("delete_published_posts", "rest_cannot_delete")
        if asked.get("force") not in (True, "true"):
            post.bin(self.now())
            return post.view(self._home)
        self.posts.remove(post)
        return {"deleted": True, "previous": post.view(self._home)}

    def _categories(self, asked: Mapping[str, Any], *_: object) -> list[dict[str, Any]]:
        return [
            {"id": number, "slug": slug, "name": name}
            for slug, (number, name) in self.categories.items()
            if slug == asked.get("slug", slug)
        ]

    def _categorize(self, asked: Mapping[str, Any], *_: object) -> dict[str, Any]:
        self._may("manage_categories", "rest_cannot_create")
        for number, name in self.categories.values():
            if name == asked["name"]:
                message = "A term with the name provided already exists with this parent."
                raise WpError("term_exists", message, 400, term_id=number)
        self.categories[asked["slug"]] = (self._number(), asked["name"])
        return self._categories(asked)[0]

    def _media(self, asked: Mapping[str, Any], *_: object) -> list[dict[str, Any]]:
        return [
            one.view(self._home)
            for one in reversed(self.library)
            if one.slug == asked.get("slug", one.slug)
            and str(one.post) == str(asked.get("parent", one.post))
        ]

    def _upload(self, asked: Mapping[str, Any], _: str, exchange: Exchange) -> dict[str, Any]:
        self._may("upload_files", "rest_cannot_create")
        name, content = exchange.files.get("file", ("", b""))
        taken(content, self.largest)
        post = int(asked["post"]) if "post" in asked else None
        self.library.append(Upload(self._number(), asked["slug"], name, content, post))
        return self._describe(asked, str(self.library[-1].id))

    def _describe(self, asked: Mapping[str, Any], target: str, *_: object) -> dict[str, Any]:
        made = one_of(self.library, target)
        made.describe(asked)
        return made.view(self._home)

    def _drop(self, asked: Mapping[str, Any], target: str, *_: object) -> dict[str, Any]:
        made = one_of(self.library, target)
        if asked.get("force") not in (True, "true"):
            message = "The post does not support trashing. Set 'force=true' to delete."
            raise WpError("rest_trash_not_supported", message, 501)
        self.library.remove(made)
        return {"deleted": True, "previous": made.view(self._home)}

    def _number(self) -> int:
        self._last_number += 1
        return self._last_number


def _refuse(*_: object) -> JSONResponse:
    raise no_route()
