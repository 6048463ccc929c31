"""What the tests of the Telegram stand-in share: a bot, pictures and buttons."""

import io

import telegram
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from bottega.sandbox.server import Sandbox


def bot_of(sandbox: Sandbox, token: str = "") -> telegram.Bot:
    def plain() -> HTTPXRequest:
        # No certificates: loading them takes longer than most tests.
        return HTTPXRequest(connection_pool_size=4, httpx_kwargs={"verify": False})

    return telegram.Bot(
        token or sandbox.telegram.token,
        base_url=f"{sandbox.url}/telegram/bot",
        base_file_url=f"{sandbox.url}/telegram/file/bot",
        request=plain(),
        get_updates_request=plain(),
    )


def picture(width: int = 640, height: int = 480, form: str = "JPEG") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(output, form)
    return output.getvalue()


def buttons(**data: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text, callback_data=value) for text, value in data.items()]
    return InlineKeyboardMarkup([row])
