"""The objects that a bot sends along: buttons, entities, media, commands; no unknown field passes.

https://core.telegram.org/bots/api#available-types, version 10.0.
"""

import json
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def decoded(value: Any) -> Any:
    """Read the JSON in which forms carry objects and lists."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _chat(value: Any) -> Any:
    """Return a number for a number in a form, and leave an @username alone."""
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value


Json = BeforeValidator(decoded)
ChatId: TypeAlias = Annotated[int | str, BeforeValidator(_chat)]


class Strict(BaseModel):
    """An object that takes no field beside its own."""

    model_config = ConfigDict(extra="forbid")


class WebAppInfo(Strict):
    """A Mini App's address."""

    url: str


class CopyText(Strict):
    """What a button copies."""

    text: str


class InlineButton(Strict):
    """A button under a message."""

    text: str
    icon_custom_emoji_id: str | None = None
    style: Literal["danger", "success", "primary"] | None = None
    url: str | None = None
    callback_data: str | None = None
    web_app: WebAppInfo | None = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    copy_text: CopyText | None = None


class KeyboardButton(Strict):
    """A button of a keyboard that replaces the phone's own."""

    text: str
    icon_custom_emoji_id: str | None = None
    style: Literal["danger", "success", "primary"] | None = None
    request_contact: bool | None = None
    request_location: bool | None = None
    web_app: WebAppInfo | None = None


class InlineKeyboard(Strict):
    """Buttons under a message."""

    inline_keyboard: list[list[InlineButton]]


class Keyboard(Strict):
    """A keyboard that replaces the phone's own."""

    keyboard: list[list[KeyboardButton | str]]
    is_persistent: bool | None = None
    resize_keyboard: bool | None = None
    one_time_keyboard: bool | None = None
    input_field_placeholder: str | None = Field(None, min_length=1, max_length=64)
    selective: bool | None = None


class KeyboardRemove(Strict):
    """The phone's own keyboard again."""

    remove_keyboard: Literal[True]
    selective: bool | None = None


class ForceReply(Strict):
    """A prompt to answer this very message."""

    force_reply: Literal[True]
    input_field_placeholder: str | None = Field(None, min_length=1, max_length=64)
    selective: bool | None = None


class Entity(Strict):
    """A stretch of text that means or looks something; offsets in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user: dict[str, Any] | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


class ReplyParameters(Strict):
    """The message that is answered."""

    message_id: int
    chat_id: ChatId | None = None
    allow_sending_without_reply: bool = False
    quote: str | None = None
    quote_parse_mode: str | None = None
    quote_entities: list[Entity] | None = None
    quote_position: int | None = None


class LinkPreview(Strict):
    """How a link in the text is shown."""

    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


InlineMarkup: TypeAlias = Annotated[InlineKeyboard | None, Json]
Markup: TypeAlias = Annotated[InlineKeyboard | Keyboard | KeyboardRemove | ForceReply | None, Json]
Entities: TypeAlias = Annotated[list[Entity] | None, Json]
Names: TypeAlias = Annotated[list[str] | None, Json]


class Captioned(Strict):
    """A caption as it is written."""

    caption: str = ""
    parse_mode: str = ""
    caption_entities: Entities = None


class Shown(Captioned):
    """A caption of what may be hidden or shown under its caption."""

    show_caption_above_media: bool = False
    has_spoiler: bool = False


class MediaPhoto(Shown):
    """A photo of an album, or in the place of another."""

    type: Literal["photo"]
    media: str


class MediaVideo(Shown):
    """A video of an album, or in the place of another."""

    type: Literal["video"]
    media: str
    thumbnail: str | None = None
    cover: str | None = None
    start_timestamp: int | None = None
    duration: int = 0
    width: int = 0
    height: int = 0
    supports_streaming: bool = False


class MediaDocument(Captioned):
    """A document of an album, or in the place of another."""

    type: Literal["document"]
    media: str
    thumbnail: str | None = None
    disable_content_type_detection: bool = False


Media: TypeAlias = Annotated[MediaPhoto | MediaVideo | MediaDocument, Field(discriminator="type")]


class Command(Strict):
    """A command as the menu shows it."""

    command: str
    description: str


class ReactionEmoji(Strict):
    """A reaction with one of Telegram's own emoji."""

    type: Literal["emoji"]
    emoji: str


class MenuButton(Strict):
    """What is beside the field for writing."""

    type: Literal["default", "commands", "web_app"]
    text: str | None = None
    web_app: WebAppInfo | None = None
