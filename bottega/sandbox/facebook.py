"""A stand-in for the Graph API of one Facebook page, as strict as the real one.

https://developers.facebook.com/docs/graph-api/reference/page
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Switchboard, Trouble, exchange_of
from bottega.sandbox.crowd import crowd
from bottega.sandbox.facebook_accounts import Accounts
from bottega.sandbox.facebook_films import OPERATIONS, Films, Reel, processing
from bottega.sandbox.facebook_parameters import only_known
from bottega.sandbox.facebook_posts import (
    GraphError,
    PagePost,
    Photo,
    counts,
    insights,
    only,
    operation_of,
    troubled,
    words,
)
from bottega.sandbox.outlets import Image, Outlet, Shown

_MAX_PHOTOS: Final = 10
_MAX_PAGE: Final = 100
_REPEAT_WINDOW: Final = timedelta(minutes=10)


class Facebook(Outlet):
    """One page; `posts` holds what was published on it, newest last, the deleted included.

    Its keys are `page_id`, `token` and `app_secret` ("" asks for no proof). Operations for
    troubles: me, feed, photos, published_posts, read, insights, edit, delete, reels.start,
    reels.upload, reels.status, reels.finish, thumbnails, captions. `accounts` lets apps in; `films`
    are its reels; `more_pages` are other pages of the same person: id, name, token.
    """

    channel: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    about: ClassVar[str] = "Pagina Facebook"
    mark: ClassVar[str] = "f"
    path: ClassVar[str] = "graph"
    changes: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": ("feed", "reels.finish"),
        "edit": ("edit",),
        "delete": ("delete",),
    }
    uploads: ClassVar[Sequence[str]] = ("photos",)
    shows_films: ClassVar[bool] = True
    takes_captions: ClassVar[bool] = True
    longest_film: ClassVar[float | None] = 90
    film_uploads: ClassVar[Sequence[str]] = (
        "reels.start", "reels.upload", "reels.status", "thumbnails", "captions",
    )  # fmt: skip
    film_looks: ClassVar[str] = "reels.status"
    readings: ClassVar[Sequence[str]] = ("published_posts",)
    broken: ClassVar[str] = (
        '{"error": {"message": "An unknown error occurred", "type": "OAuthException", "code": 2}}'
    )
    hollow: ClassVar[str] = "{}"
    repetition: ClassVar[Literal["refused"]] = "refused"

    def __init__(self, board: Switchboard) -> None:
        self.page_id = "100200300400"
        self.name = "Laboratori dell'Innovazione"
        self.token = "page-token-of-the-sandbox"  # noqa: S105 - a key that opens nothing
        self.app_secret = ""
        self.more_pages: list[tuple[str, str, str]] = []
        self.accounts = Accounts(board, self._pages, self._own_error)
        super().__init__(board)

    def reset(self) -> None:
        """Begin with an empty page."""
        self.posts: list[PagePost] = []
        self.photos: dict[str, Photo] = {}
        self.films = Films(lambda: self._number().partition("_")[2], self._show)
        self._last_number = 0
        self.accounts.reset()

    def _pages(self) -> list[tuple[str, str, str]]:
        return [(self.page_id, self.name, self.token), *self.more_pages]

    def keys(self, url: str) -> dict[str, str]:
        """Return the page, its token and the app's secret."""
        return {
            "page_id": self.page_id,
            "token": self.token,
            "app_secret": self.app_secret,
            "api_url": url,
            "upload_url": url,
        }

    def shown(self) -> list[Shown]:
        """Return the page's posts."""
        return [
            Shown(
                id=post.id,
                text=post.message,
                created=post.created.isoformat(),
                permalink=post.permalink,
                deleted=post.deleted,
                link=post.link,
                photos=tuple(Image(f"/graph/picture/{p.id}", p.alt) for p in post.media),
                films=(Image(f"/graph/picture/{post.id}", post.film.captions),)
                if post.film
                else (),
            )
            for post in self.posts
        ]

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at /graph."""
        return [
            Route("/picture/{id}", self._picture),
            *self.accounts.routes(),
            Route("/video-upload/{version}/{id}", self._take, methods=["POST"]),
            Route("/{version}/{path:path}", self._answer, methods=["GET", "POST", "DELETE"]),
        ]

    async def _take(self, request: Request) -> Response:
        number = request.path_params["id"]
        exchange = await exchange_of("facebook", request, f"/video-upload/{number}")

        async def perform() -> Response:
            if request.headers.get("authorization") != f"OAuth {self.token}":
                return GraphError(190, "Malformed access token", status=401).response()
            with self.board.lock:
                return self.films.send(number, request.headers, exchange)

        return await self.board.serve(exchange, "reels.upload", perform, self._own_error)

    def _show(self, reel: Reel) -> None:
        self.posts.append(PagePost(reel.id, reel.description, None, self.now(), film=reel))

    async def _picture(self, request: Request) -> Response:
        number = request.path_params["id"]
        if reel := self.films.kept.get(number):
            return Response(reel.content, media_type="video/mp4")
        photo = self.photos.get(number)
        if photo is None:
            return Response(status_code=404)
        kind = "image/png" if photo.content.startswith(b"\x89PNG") else "image/jpeg"
        return Response(photo.content, media_type=kind)

    async def _answer(self, request: Request) -> Response:
        version, path = request.path_params["version"], request.path_params["path"]
        exchange = await exchange_of("facebook", request, f"/{version}/{path}")
        named, target = operation_of(request.method, path, self.page_id)
        asked = {**exchange.query, **exchange.fields}
        operation = self.films.operation(named, target, asked)

        async def perform() -> Response:
            try:
                with self.board.lock:
                    self._authenticate(asked)
                    only_known(version, operation, asked)
                    answer = self._perform(operation, target, asked, exchange)
                    self.board.touch()
            except GraphError as error:
                return error.response()
            except ValueError:
                return GraphError(100, "(#100) A parameter is malformed").response()
            return JSONResponse(answer, headers={"facebook-api-version": version})

        return await self.board.serve(exchange, operation, perform, self._own_error)

    def _own_error(self, trouble: Trouble) -> Response:
        return processing(trouble.mood) or troubled(trouble, self.page_id)

    def _authenticate(self, asked: Mapping[str, str]) -> None:
        if "access_token" not in asked:
            raise GraphError(104, "An access token is required to request this resource.")
        if not hmac.compare_digest(asked["access_token"].encode(), self.token.encode()):
            raise GraphError(190, f"Malformed access token {asked['access_token']}", status=401)
        if self.app_secret:
            key, token = self.app_secret.encode(), self.token.encode()
            proof = hmac.new(key, token, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(asked.get("appsecret_proof", "").encode(), proof.encode()):
                raise GraphError(100, "Invalid appsecret_proof provided in the API argument")

    def _perform(
        self, operation: str, target: str, asked: Mapping[str, str], exchange: Exchange
    ) -> dict[str, Any]:
        match operation:
            case "me":
                return only({"id": self.page_id, "name": self.name}, asked)
            case "feed":
                return self._feed(asked)
            case "photos":
                return self._upload(asked, exchange)
            case "published_posts":
                return self._published_posts(asked, exchange.path)
            case _ if operation in OPERATIONS:
                return self.films.act(operation, target, asked, exchange)
        return self._about(self._post(target, exchange.method.lower()), operation, asked)

    def _about(self, post: PagePost, operation: str, asked: Mapping[str, str]) -> dict[str, Any]:
        seen = crowd(post.id, self.now() - post.created)
        match operation:
            case "read":
                return only(self._view(post) | counts(seen), asked)
            case "insights":
                return insights(post.id, seen, json.loads(asked.get("metric", "[]")))
            case "edit":
                if ("description" in asked) is not bool(post.film):
                    raise GraphError(100, "(#100) Unknown parameters for such a post")
                told = asked.get("description") if post.film else None
                post.message = words(asked if told is None else {"message": told})
            case _:
                post.deleted = True
        return {"success": True}

    def _feed(self, asked: Mapping[str, str]) -> dict[str, Any]:
        message = words(asked)
        photos = self._attached(asked.get("attached_media", "[]"))
        if photos and "link" in asked:
            raise GraphError(100, "(#100) Cannot specify link and attached_media together")
        if not message and not photos and "link" not in asked:
            raise GraphError(100, "(#100) Missing message or attachment")
        last = next((post for post in reversed(self.posts) if not post.deleted), None)
        if last and last.message == message and self.now() - last.created < _REPEAT_WINDOW:
            raise GraphError(506, "Duplicate status message")
        post = PagePost(self._number(), message, asked.get("link"), self.now(), photos)
        for photo in photos:
            photo.post_id = post.id
        self.posts.append(post)
        return {"id": post.id}

    def _attached(self, text: str) -> list[Photo]:
        try:
            photos = [self.photos[entry["media_fbid"]] for entry in json.loads(text)]
        except (ValueError, TypeError, KeyError):
            raise GraphError(100, "(#100) Param attached_media must be a list of photos") from None
        if len(photos) > _MAX_PHOTOS or any(photo.post_id for photo in photos):
            raise GraphError(100, "(#100) Photos are too many or were already posted")
        return photos

    def _upload(self, asked: Mapping[str, str], exchange: Exchange) -> dict[str, Any]:
        _, content = exchange.files.get("source", ("", b""))
        if not content.startswith((b"\xff\xd8", b"\x89PNG")):
            raise GraphError(324, "(#324) Missing or invalid image file")
        if asked.get("published") != "false":
            raise GraphError(100, "(#100) The sandbox takes only unpublished photos")
        photo = Photo(self._number().partition("_")[2], content, asked.get("alt_text_custom", ""))
        self.photos[photo.id] = photo
        return {"id": photo.id}

    def _published_posts(self, asked: Mapping[str, str], path: str) -> dict[str, Any]:
        since, after = int(asked.get("since", "0")), asked.get("after")
        limit = min(int(asked.get("limit", "25")), _MAX_PAGE)
        posts = self.posts[::-1]
        if after is not None:
            ids = [post.id for post in posts]
            posts = posts[ids.index(after) + 1 :] if after in ids else []
        posts = [post for post in posts if not post.deleted and post.created.timestamp() >= since]
        answer: dict[str, Any] = {"data": [only(self._view(p), asked) for p in posts[:limit]]}
        if answer["data"]:
            cursors = {"before": posts[0].id, "after": posts[:limit][-1].id}
            answer["paging"] = {"cursors": cursors}
            if len(posts) > limit:
                url = f"https://graph.facebook.com{path}?access_token={self.token}"
                answer["paging"]["next"] = f"{url}&after={cursors['after']}"
        return answer

    def _post(self, post_id: str, method: str) -> PagePost:
        for post in self.posts:
            if post.id == post_id and not post.deleted:
                return post
        message = (
            f"Unsupported {method} request. Object with ID '{post_id}' does not exist, cannot be "
            "loaded due to missing permissions, or does not support this operation"
        )
        raise GraphError(100, message, subcode=33)

    def _number(self) -> str:
        self._last_number += 1
        return f"{self.page_id}_{122_000_000_000 + self._last_number}"

    def _view(self, post: PagePost) -> dict[str, Any]:
        return {
            "id": f"{self.page_id}_{post.id}" if post.film else post.id,
            "message": post.message,
            "created_time": post.created.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": post.permalink,
        }
