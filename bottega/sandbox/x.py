"""A stand-in for X's API v2 of one account, as strict as the real one.

https://docs.x.com/x-api/posts/create-post
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Switchboard, Trouble, exchange_of
from bottega.sandbox.crowd import crowd
from bottega.sandbox.outlets import Image, Outlet, Shown
from bottega.sandbox.x_accounts import GOOD_FOR, Accounts
from bottega.sandbox.x_errors import XError, duplicate, invalid, unauthorized
from bottega.sandbox.x_films import WAYS, Film, Films, processing
from bottega.sandbox.x_oauth import refusal
from bottega.sandbox.x_posts import Picture, Tweet, metrics, shown, weight
from bottega.sandbox.x_readings import look_up, timeline

_LIMIT: Final = 280
_QUARTER: Final = 900
_MAX_MEDIA: Final = 4
_MAX_ALT: Final = 1000


class X(Outlet):
    """One account; `posts` holds what it posted, newest last, the deleted included.

    Its keys are `consumer_key`, `consumer_secret`, `access_token`, `access_token_secret`.
    Operations for troubles: tweets.create, tweets.delete, media.upload, media.metadata,
    media.initialize, media.append, media.finalize, media.status, media.subtitles, tweets.lookup,
    users.me, users.tweets, oauth.token. `accounts` lets apps in by OAuth 2.
    """

    channel: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    about: ClassVar[str] = "Profilo X"
    mark: ClassVar[str] = "𝕏"
    path: ClassVar[str] = "x"
    changes: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": ("tweets.create",),
        "delete": ("tweets.delete",),
        "reply": ("tweets.create",),
    }
    uploads: ClassVar[Sequence[str]] = ("media.upload", "media.metadata")
    shows_films: ClassVar[bool] = True
    takes_captions: ClassVar[bool] = True
    longest_film: ClassVar[float | None] = 140
    film_uploads: ClassVar[Sequence[str]] = (*(way[2] for way in WAYS), "media.upload")
    film_looks: ClassVar[str] = "media.status"
    readings: ClassVar[Sequence[str]] = ("users.me", "users.tweets")
    broken: ClassVar[str] = (
        '{"title": "Internal Server Error", "detail": "Internal Server Error", "status": 500, '
        '"type": "about:blank"}'
    )
    hollow: ClassVar[str] = '{"data": {}}'
    repetition: ClassVar[Literal["refused"]] = "refused"

    def __init__(self, board: Switchboard) -> None:
        self.user_id, self.username, self.name = "900800700", "LaboratoriLab", "Laboratori"
        self.consumer_key, self.access_token = "consumer-key-of-sandbox", "900800700-sandbox-token"
        self.consumer_secret = "consumer-secret-of-sandbox"  # noqa: S105 - opens nothing
        self.access_token_secret = "token-secret-of-sandbox"  # noqa: S105 - opens nothing
        self.handle = f"@{self.username}"
        self.accounts = Accounts(lambda: self.now())  # noqa: PLW0108 - tests set another clock
        super().__init__(board)

    def reset(self) -> None:
        """Begin with an empty account."""
        self.posts: list[Tweet] = []
        self.pictures: dict[str, Picture] = {}
        self._last_number = 0
        self.films = Films(self.pictures, self._number)
        self._nonces: set[str] = set()
        self.accounts.reset()

    def keys(self, url: str) -> dict[str, str]:
        """Return the app's and the account's keys, and the account's name."""
        return {
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "access_token": self.access_token,
            "access_token_secret": self.access_token_secret,
            "username": self.username,
            "api_url": url,
        }

    def shown(self) -> list[Shown]:
        """Return the account's posts."""
        return [
            Shown(
                id=post.id,
                text=post.text,
                created=post.created.isoformat(),
                permalink=f"https://x.com/{self.username}/status/{post.id}",
                deleted=post.deleted,
                photos=tuple(_image(p) for p in post.media if not isinstance(p, Film)),
                films=tuple(_image(p) for p in post.media if isinstance(p, Film)),
                measured=(weight(post.text), _LIMIT),
                reply=post.reply_to is not None,
            )
            for post in self.posts
        ]

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at /x."""
        return [
            Route("/picture/{id}", self._picture),
            Route("/i/oauth2/authorize", self.accounts.page, methods=["GET", "POST"]),
            Route("/2/oauth2/token", self._tokens, methods=["POST"]),
            self._route("/2/tweets", "POST", "tweets.create", self._create),
            self._route("/2/tweets", "GET", "tweets.lookup", self._look_up),
            self._route("/2/tweets/{id}", "DELETE", "tweets.delete", self._delete),
            self._route("/2/media/upload", "POST", "media.upload", self._upload),
            *(self._route(*way, self._film_act(way[2])) for way in WAYS),
            self._route("/2/media/metadata", "POST", "media.metadata", self._describe),
            self._route("/2/users/me", "GET", "users.me", self._me),
            self._route("/2/users/{id}/tweets", "GET", "users.tweets", self._tweets),
        ]

    def _film_act(self, operation: str) -> Callable[[Exchange, str], Any]:
        return lambda exchange, number: self.films.act(operation, exchange, number)

    def _route(
        self, path: str, method: str, operation: str, act: Callable[[Exchange, str], Any]
    ) -> Route:
        async def answer(request: Request) -> Response:
            exchange = await exchange_of("x", request, request.scope["path"].removeprefix("/x"))

            async def perform() -> Response:
                try:
                    with self.board.lock:
                        self._authenticate(request, operation)
                        data = act(exchange, request.path_params.get("id", ""))
                        self.board.touch()
                except XError as error:
                    return self._response(error.problem, error.status)
                except ValueError:
                    return self._response(invalid("A parameter is malformed.").problem, 400)
                return self._response(data, 201 if operation == "tweets.create" else 200)

            return await self.board.serve(exchange, operation, perform, self._own_error)

        return Route(path, answer, methods=[method])

    async def _tokens(self, request: Request) -> Response:
        exchange = await exchange_of("x", request, "/2/oauth2/token")

        async def perform() -> Response:
            with self.board.lock:
                return self.accounts.tokens(exchange, request.headers.get("authorization", ""))

        return await self.board.serve(exchange, "oauth.token", perform, self._own_error)

    async def _picture(self, request: Request) -> Response:
        picture = self.pictures.get(request.path_params["id"])
        if picture is None:
            return Response(status_code=404)
        kind = "image/png" if picture.content.startswith(b"\x89PNG") else "image/jpeg"
        kind = "video/mp4" if isinstance(picture, Film) else kind
        return Response(picture.content, media_type=kind)

    def _own_error(self, trouble: Trouble) -> Response:
        match trouble.mood:
            case "revoked":
                return self._response(unauthorized().problem, 401)
            case "forbidden":
                detail = "Your client app is not configured with the appropriate permissions."
                kind = "https://api.twitter.com/2/problems/oauth1-permissions"
                return self._response(XError(403, "Forbidden", detail, kind).problem, 403)
            case "rejected":
                return self._response(invalid("text: is not acceptable").problem, 400)
            case "duplicate":
                return self._response(duplicate().problem, 403)
            case "processing" | "unprocessable":
                state = "failed" if trouble.mood == "unprocessable" else "in_progress"
                return self._response(processing(state), 200)
        problem = XError(429, "Too Many Requests", "Too Many Requests").problem
        return self._response(problem, 429, trouble.seconds)

    def _response(self, data: Any, status: int, wait: float | None = None) -> Response:
        reset = self.now().timestamp() + (_QUARTER if wait is None else wait)
        headers = {
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": "99" if wait is None else "0",
            "x-rate-limit-reset": str(int(reset)),
        }
        return JSONResponse(data, status, headers)

    def _authenticate(self, request: Request, operation: str) -> None:
        scopes = self.accounts.scopes_of(request.headers.get("authorization", ""))
        if scopes is not None and GOOD_FOR[operation] in scopes:
            return
        keys = (self.consumer_key, self.consumer_secret, self.access_token)
        if refusal(request, (*keys, self.access_token_secret), self._nonces):
            raise unauthorized()

    def _create(self, exchange: Exchange, _: str) -> dict[str, Any]:
        asked = exchange.json if isinstance(exchange.json, dict) else {}
        if unknown := sorted(set(asked) - {"text", "media", "reply"}):
            raise invalid(f"$.{unknown[0]}: is not defined in the schema")
        text = unicodedata.normalize("NFC", str(asked.get("text", ""))).strip()
        media = [
            self.pictures.get(number) for number in asked.get("media", {}).get("media_ids", [])
        ]
        if not text and not media:
            raise invalid("One or more parameters to your request was invalid.")
        films = [one for one in media if isinstance(one, Film)]
        if not all(media) or len(media) > (1 if films else _MAX_MEDIA):
            raise invalid("Your media IDs are invalid.")
        if not all(one.ready for one in films):
            raise invalid("Your media is not ready: it is still being processed.")
        if weight(text) > _LIMIT:
            raise XError(403, "Forbidden", "Your Tweet text is too long.")
        if any(post.text == text and not post.deleted for post in self.posts):
            raise duplicate()
        reply_to = asked.get("reply", {}).get("in_reply_to_tweet_id")
        if reply_to and not any(post.id == reply_to and not post.deleted for post in self.posts):
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise XError(403, "Forbidden", detail)
        post = Tweet(self._number(), text, self.now(), reply_to, [kept for kept in media if kept])
        self.posts.append(post)
        return {"data": {"id": post.id, "text": shown(post, self.username)["text"]}}

    def _delete(self, _: Exchange, post_id: str) -> dict[str, Any]:
        for post in self.posts:
            if post.id == post_id and not post.deleted:
                post.deleted = True
                return {"data": {"deleted": True}}
        kind = "https://api.twitter.com/2/problems/resource-not-found"
        raise XError(404, "Not Found Error", f"Could not find tweet with id: [{post_id}].", kind)

    def _upload(self, exchange: Exchange, _: str) -> dict[str, Any]:
        if unknown := sorted(set(exchange.fields) - {"media_category", "media_type"}):
            raise invalid(f"$.{unknown[0]}: is not defined in the schema")
        _, content = exchange.files.get("media", ("", b""))
        category = exchange.fields.get("media_category")
        if category == "subtitles" and content.startswith(b"WEBVTT"):
            return self.films.keep(content)
        if category != "tweet_image":
            raise invalid("$.media_category: does not have a value in the enumeration")
        if not content.startswith((b"\xff\xd8", b"\x89PNG")):
            raise invalid("media type unrecognized.")
        picture = Picture(self._number(), content)
        self.pictures[picture.id] = picture
        size = {"size": len(content), "expires_after_secs": 86_400}
        return {"data": {"id": picture.id, "media_key": f"3_{picture.id}", **size}}

    def _describe(self, exchange: Exchange, _: str) -> dict[str, Any]:
        asked = exchange.json if isinstance(exchange.json, dict) else {}
        picture = self.pictures.get(str(asked.get("id")))
        text = asked.get("metadata", {}).get("alt_text", {}).get("text", "")
        if picture is None or set(asked) - {"id", "metadata"} or len(text) > _MAX_ALT:
            raise invalid("One or more parameters to your request was invalid.")
        picture.alt = text
        return {"data": {"id": picture.id, "associated_metadata": asked["metadata"]}}

    def _me(self, _: Exchange, __: str) -> dict[str, Any]:
        return {"data": {"id": self.user_id, "name": self.name, "username": self.username}}

    def _tweets(self, exchange: Exchange, user_id: str) -> dict[str, Any]:
        if user_id != self.user_id:
            raise invalid("One or more parameters to your request was invalid.")
        return timeline(self.posts, exchange.query, self._shown)

    def _look_up(self, exchange: Exchange, _: str) -> dict[str, Any]:
        return look_up(self.posts, exchange.query, self._shown)

    def _shown(self, post: Tweet) -> dict[str, Any]:
        seen = crowd(post.id, self.now() - post.created)
        return shown(post, self.username) | metrics(seen)

    def _number(self) -> str:
        self._last_number += 1
        return str(1_990_000_000_000_000_000 + self._last_number)


def _image(kept: Picture) -> Image:
    told = kept.captions.decode() if isinstance(kept, Film) else kept.alt
    return Image(f"/x/picture/{kept.id}", told)
