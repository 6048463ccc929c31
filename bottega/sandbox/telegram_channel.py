"""A stand-in for a public Telegram channel and the bot that posts in it.

https://core.telegram.org/bots/api
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Switchboard
from bottega.sandbox.outlets import Image, Outlet, Shown
from bottega.sandbox.telegram import Telegram
from bottega.sandbox.telegram.errors import BotApiError

TOKEN = "987654321:sandbox-token-of-the-channel-bot"  # noqa: S105 - opens nothing but the sandbox
_CHAT_ID = -1002233445566
_SENDS = ("sendMessage", "sendPhoto", "sendMediaGroup", "sendVideo")


class TelegramChannel(Outlet):
    """One channel, with a Telegram of its own; `chat` holds what is in it.

    Operations for troubles are the Bot API's methods.
    """

    channel: ClassVar[str] = "telegram_channel"
    label: ClassVar[str] = "Canale"
    about: ClassVar[str] = "Canale Telegram"
    mark: ClassVar[str] = "✈"
    path: ClassVar[str] = "telegram_channel"
    changes: ClassVar[Mapping[str, Sequence[str]]] = {
        "create": _SENDS,
        "edit": ("editMessageText", "editMessageCaption"),
        "delete": ("deleteMessages",),
        "reply": _SENDS,
    }
    shows_films: ClassVar[bool] = True
    broken: ClassVar[str] = (
        '{"ok": false, "error_code": 500, "description": "Internal Server Error"}'
    )
    hollow: ClassVar[str] = '{"ok": true, "result": {}}'
    repetition: ClassVar[Literal["taken"]] = "taken"

    def __init__(self, board: Switchboard) -> None:
        self.name, self.username = "Laboratori dell'Innovazione", "laboratori_sandbox"
        self.handle, self.token = f"@{self.username}", TOKEN
        self.now = lambda: datetime.now(UTC)
        self.telegram = Telegram(
            board, TOKEN, username="laboratori_sandbox_bot", service=self.channel,
            clock=lambda: self.now().timestamp(),
        )  # fmt: skip
        super().__init__(board)

    def reset(self) -> None:
        """Begin with an empty channel, of which the bot is an administrator."""
        self.telegram.reset()
        self.chat = self.telegram.channel(_CHAT_ID, self.name, self.username)

    def keys(self, url: str) -> dict[str, str]:
        """Return the bot's token and the channel."""
        return {"token": self.token, "chat": self.handle, "api_url": url}

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at /telegram_channel."""
        return [Route("/picture/{id}", self._picture), *self.telegram.routes()]

    def shown(self) -> list[Shown]:
        """Return the posts that are there; an album is one. What is deleted leaves no trace."""
        posts: dict[Any, list[dict[str, Any]]] = {}
        for message in self.chat.messages:
            number = message["message_id"]
            posts.setdefault(message.get("media_group_id", number), []).append(message)
        return [self._shown(messages) for messages in posts.values()]

    def _shown(self, messages: Sequence[Mapping[str, Any]]) -> Shown:
        first = messages[0]
        preview = first.get("link_preview_options", {})
        photos = [one["photo"][-1]["file_id"] for one in messages if "photo" in one]
        films = [one["video"]["file_id"] for one in messages if "video" in one]
        return Shown(
            id=str(first["message_id"]),
            text=str(first.get("text", first.get("caption", ""))),
            created=datetime.fromtimestamp(first["date"], UTC).isoformat(),
            permalink=f"https://t.me/{self.username}/{first['message_id']}",
            link=preview.get("url"),
            photos=tuple(map(_image, photos)),
            films=tuple(map(_image, films)),
            reply="reply_to_message" in first,
        )

    async def _picture(self, request: Request) -> Response:
        try:
            file = self.telegram.files.get(request.path_params["id"])
        except BotApiError:
            return Response(status_code=404)
        kind = "video/mp4" if file.path.startswith("videos/") else "image/jpeg"
        return Response(file.content, media_type=kind)


def _image(file_id: str) -> Image:
    return Image(f"/telegram_channel/picture/{file_id}", "")
