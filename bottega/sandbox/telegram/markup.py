"""Buttons: which ones Telegram takes."""

from typing import Any
from urllib.parse import urlsplit

from bottega.sandbox.telegram.chats import Chat
from bottega.sandbox.telegram.errors import bad
from bottega.sandbox.telegram.objects import (
    ForceReply,
    InlineButton,
    InlineKeyboard,
    Keyboard,
    KeyboardRemove,
)

_MOST_BUTTONS = 100
_DATA_LIMIT = 64
_DECORATION = {"text", "icon_custom_emoji_id", "style"}


def checked(
    markup: InlineKeyboard | Keyboard | KeyboardRemove | ForceReply, chat: Chat
) -> dict[str, Any]:
    """Return the message's fields for these buttons, or put up or take away the reply keyboard."""
    if isinstance(markup, InlineKeyboard):
        return inline(markup, chat)
    if isinstance(markup, Keyboard):
        if not any(markup.keyboard):
            raise bad("reply keyboard is empty")
        shape = markup.model_dump(exclude_none=True)
        shape["keyboard"] = [
            [{"text": b} if isinstance(b, str) else b for b in row] for row in shape["keyboard"]
        ]
        chat.keyboard = shape
    elif isinstance(markup, KeyboardRemove):
        chat.keyboard = None
    return {}


def inline(markup: InlineKeyboard | None, chat: Chat) -> dict[str, Any]:
    """Return the message's fields for buttons under it; none for an empty keyboard."""
    rows = [row for row in markup.inline_keyboard if row] if markup else []
    if sum(map(len, rows)) > _MOST_BUTTONS:
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check(button, chat)
    if not rows:
        return {}
    shape = [[button.model_dump(exclude_none=True) for button in row] for row in rows]
    return {"reply_markup": {"inline_keyboard": shape}}


def _check(button: InlineButton, chat: Chat) -> None:
    actions = button.model_dump(exclude_none=True).keys() - _DECORATION
    if not button.text:
        raise bad('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if len(actions) != 1:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if button.callback_data is not None:
        size = len(button.callback_data.encode())
        if not 1 <= size <= _DATA_LIMIT:
            raise bad("BUTTON_DATA_INVALID")
    if button.url is not None:
        _check_address("inline keyboard button URL", button.url, ("http", "https", "tg"))
    if button.web_app is not None:
        if chat.type != "private":
            raise bad("BUTTON_TYPE_INVALID")
        _check_address("inline keyboard button Web App URL", button.web_app.url, ("https",))


def _check_address(what: str, url: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(url)
    if parts.scheme == "tg":
        return
    if "." not in (parts.hostname or ""):
        raise bad(f"{what} '{url}' is invalid: Wrong HTTP URL")
    if parts.scheme not in schemes:
        raise bad(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
