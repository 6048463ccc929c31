"""A stand-in for one account on a Mastodon server, as strict as the real one.

https://docs.joinmastodon.org/methods/statuses/
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Switchboard, Trouble, exchange_of
from bottega.sandbox.crowd import crowd
from bottega.sandbox.mastodon_media import Attachment, Library, MastodonError, processing
from bottega.sandbox.mastodon_statuses import Status, content, length
from bottega.sandbox.outlets import Image, Outlet, Shown

_MOST: Final = 500
_MAX_MEDIA: Final = 4
_REMEMBERED: Final = timedelta(hours=1)
_WRITTEN: Final = {"status", "media_ids", "language"}
_CREATED: Final = _WRITTEN | {"visibility", "in_reply_to_id", "sensitive", "spoiler_text"}
_LISTED: Final = {"limit", "max_id", "exclude_reblogs", "exclude_replies", "since_id", "min_id"}


class Mastodon(Outlet):
    """One account; `statuses` holds what it posted, newest last, the deleted included.

    Operations for troubles: statuses.create, statuses.get, statuses.edit, statuses.delete,
    media.create, media.get, instance.get, accounts.me, accounts.statuses.
    """

    channel: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    about: ClassVar[str] = "Profilo Mastodon"
    mark: ClassVar[str] = "m"
    path: ClassVar[str] = "mastodon"
    changes: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": ("statuses.create",),
        "edit": ("statuses.edit",),
        "delete": ("statuses.delete",),
        "reply": ("statuses.create",),
    }
    uploads: ClassVar[Sequence[str]] = ("media.create", "media.get")
    shows_films: ClassVar[bool] = True
    longest_film: ClassVar[float | None] = 600  # at 60 frames in a second it keeps no more
    film_uploads: ClassVar[Sequence[str]] = ("instance.get", *uploads)
    film_looks: ClassVar[str] = "media.get"
    readings: ClassVar[Sequence[str]] = ("accounts.me", "accounts.statuses")
    broken: ClassVar[str] = '{"error": "Something went wrong on our end"}'
    hollow: ClassVar[str] = "{}"
    repetition: ClassVar[Literal["recognised"]] = "recognised"

    def __init__(self, board: Switchboard) -> None:
        self.name, self.username = "Laboratori dell'Innovazione", "laboratori"
        self.token = "mastodon-token-of-the-sandbox"  # noqa: S105 - a key that opens nothing
        self.handle = f"@{self.username}"
        super().__init__(board)

    def reset(self) -> None:
        """Begin with an empty account."""
        self.statuses: list[Status] = []
        self._requests: dict[str, tuple[datetime, Status]] = {}
        self._last_number = 0
        self.library = Library(self._number)

    def keys(self, url: str) -> dict[str, str]:
        """Return the server and the token."""
        return {"instance": url, "token": self.token}

    def shown(self) -> list[Shown]:
        """Return the account's statuses."""
        return [
            Shown(
                id=one.id,
                text=one.text,
                created=one.created.isoformat(),
                permalink=self._address(one),
                deleted=one.deleted,
                photos=tuple(_image(m) for m in one.media if not m.film),
                films=tuple(_image(m) for m in one.media if m.film),
                measured=(length(one.text), _MOST),
                reply=one.reply_to is not None,
            )
            for one in self.statuses
        ]

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at /mastodon."""
        statuses, media = "/api/v1/statuses", "/api/v1/media"
        return [
            Route("/picture/{id}", self._picture),
            self._route(statuses, "POST", "statuses.create", self._create),
            self._route(f"{statuses}/{{id}}", "GET", "statuses.get", self._tell),
            self._route(f"{statuses}/{{id}}", "PUT", "statuses.edit", self._edit),
            self._route(f"{statuses}/{{id}}", "DELETE", "statuses.delete", self._delete),
            self._route("/api/v2/media", "POST", "media.create", self._upload),
            self._route(f"{media}/{{id}}", "GET", "media.get", self._look),
            self._route("/api/v2/instance", "GET", "instance.get", self._describe),
            self._route("/api/v1/accounts/verify_credentials", "GET", "accounts.me", self._me),
            self._route("/api/v1/accounts/{id}/statuses", "GET", "accounts.statuses", self._list),
        ]

    def _route(
        self,
        path: str,
        method: str,
        operation: str,
        act: Callable[[Exchange, Request], tuple[int, Any]],
    ) -> Route:
        async def answer(request: Request) -> Response:
            where = request.scope["path"].removeprefix("/mastodon")
            exchange = await exchange_of("mastodon", request, where)

            async def perform() -> Response:
                try:
                    with self.board.lock:
                        self._authenticate(request)
                        status, told = act(exchange, request)
                        self.board.touch()
                except MastodonError as error:
                    return self._response({"error": error.error}, error.status)
                return self._response(told, status)

            return await self.board.serve(exchange, operation, perform, self._own_error)

        return Route(path, answer, methods=[method])

    async def _picture(self, request: Request) -> Response:
        kept = self.library.kept.get(request.path_params["id"])
        if kept is None:
            return Response(status_code=404)
        return Response(kept.content, media_type=kept.mime)

    def _own_error(self, trouble: Trouble) -> Response:
        if (of_film := processing(trouble)) is not None:
            return self._response(of_film[1], of_film[0])
        match trouble.mood:
            case "revoked":
                return self._response({"error": "The access token was revoked"}, 401)
            case "forbidden":
                refused = "This action is outside the authorized scopes"
                return self._response({"error": refused}, 403)
            case "throttle":
                return self._response({"error": "Too many requests"}, 429, trouble.seconds)
        return self._response({"error": "Validation failed: Text is not acceptable"}, 422)

    def _response(self, told: Any, status: int, wait: float | None = None) -> Response:
        """https://docs.joinmastodon.org/api/rate-limits/."""
        reset = self.now() + timedelta(seconds=300 if wait is None else wait)
        headers = {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "299" if wait is None else "0",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        return JSONResponse(told, status, headers)

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise MastodonError(401, "The access token is invalid")

    def _create(self, exchange: Exchange, request: Request) -> tuple[int, Any]:
        key = request.headers.get("idempotency-key", "")
        before = self._requests.get(key)
        if before and self.now() - before[0] < _REMEMBERED:
            return 200, self._view(before[1])
        asked = _known(exchange, _CREATED)
        reply_to = asked.get("in_reply_to_id")
        if reply_to is not None:
            self._status(str(reply_to), "The status you are trying to reply to does not exist.")
        status = Status(self._number(), "", self.now(), None, reply_to)
        self._write(status, asked)
        self.statuses.append(status)
        if key:
            self._requests[key] = (self.now(), status)
        return 200, self._view(status)

    def _tell(self, _: Exchange, request: Request) -> tuple[int, Any]:
        return 200, self._view(self._status(request.path_params["id"]))

    def _edit(self, exchange: Exchange, request: Request) -> tuple[int, Any]:
        status = self._status(request.path_params["id"])
        self._write(status, _known(exchange, _WRITTEN))
        return 200, self._view(status)

    def _delete(self, _: Exchange, request: Request) -> tuple[int, Any]:
        status = self._status(request.path_params["id"])
        told = self._view(status) | {"text": status.text}
        status.deleted = True
        return 200, told

    def _write(self, status: Status, asked: Mapping[str, Any]) -> None:
        """Give a status its words and pictures; what is not named is taken away."""
        text, numbers = str(asked.get("status", "")).strip(), asked.get("media_ids", [])
        media = [self.library.kept.get(str(number)) for number in numbers]
        kept = [one for one in media if one and one.status_id in (None, status.id)]
        if len(kept) < len(media) or len(kept) > _MAX_MEDIA:
            raise MastodonError(422, "Validation failed: Media attachments cannot be used")
        if len(kept) > 1 and any(one.film for one in kept):
            raise MastodonError(422, "Cannot attach a video to a post that already contains images")
        if any(one.looks for one in kept):
            unready = (
                "Cannot attach files that have not finished processing. Try again in a moment!"
            )
            raise MastodonError(422, unready)
        if not text and not kept:
            raise MastodonError(422, "Validation failed: Text can't be blank")
        if length(text) > _MOST:
            raise MastodonError(422, "Validation failed: Text character limit of 500 exceeded")
        for one in kept:
            one.status_id = status.id
        status.text, status.media, status.language = text, kept, asked.get("language")

    def _upload(self, exchange: Exchange, __: Request) -> tuple[int, Any]:
        return 202, self.library.upload(exchange)

    def _look(self, _: Exchange, request: Request) -> tuple[int, Any]:
        return self.library.look(request.path_params["id"])

    def _describe(self, _: Exchange, __: Request) -> tuple[int, Any]:
        return 200, self.library.configuration()

    def _me(self, _: Exchange, __: Request) -> tuple[int, Any]:
        return 200, {"id": "1", "username": self.username, "acct": self.username}

    def _list(self, exchange: Exchange, request: Request) -> tuple[int, Any]:
        asked = exchange.query
        size = int(asked.get("limit", "20"))
        if request.path_params["id"] != "1" or set(asked) - _LISTED or size > 40:  # noqa: PLR2004 - Mastodon's own bound
            raise MastodonError(404, "Record not found")
        before = int(asked.get("max_id", "9" * 20))
        live = [one for one in reversed(self.statuses) if not one.deleted and int(one.id) < before]
        return 200, [self._view(one) for one in live[:size]]

    def _status(self, number: str, lost: str = "Record not found") -> Status:
        for one in self.statuses:
            if one.id == number and not one.deleted:
                return one
        raise MastodonError(404, lost)

    def _number(self) -> str:
        self._last_number += 1
        return str(115_000_000_000_000_000 + self._last_number)

    def _address(self, status: Status) -> str:
        return f"https://mastodon.example/@{self.username}/{status.id}"

    def _view(self, status: Status) -> dict[str, Any]:
        seen = crowd(status.id, self.now() - status.created)
        return {
            "id": status.id,
            "created_at": status.created.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "url": self._address(status),
            "content": content(status.text),
            "language": status.language,
            "in_reply_to_id": status.reply_to,
            "replies_count": seen.replies,
            "reblogs_count": seen.shares,
            "favourites_count": seen.reactions,
        }


def _image(kept: Attachment) -> Image:
    return Image(f"/mastodon/picture/{kept.id}", kept.alt)


def _known(exchange: Exchange, known: set[str]) -> Mapping[str, Any]:
    asked = exchange.json if isinstance(exchange.json, dict) else {}
    if set(asked) - known:
        raise MastodonError(422, f"Unknown parameters: {sorted(set(asked) - known)}")
    return asked
