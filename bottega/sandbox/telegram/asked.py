"""What a bot may ask: every method's parameters, checked more strictly than Telegram does.

https://core.telegram.org/bots/api#available-methods, version 10.0. Parameters of what the sandbox
lacks (business accounts, direct messages of channels, paid posts) are refused as unknown.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from bottega.sandbox.telegram.errors import BotApiError, bad
from bottega.sandbox.telegram.objects import (
    Captioned,
    ChatId,
    Command,
    Entities,
    InlineMarkup,
    Json,
    LinkPreview,
    Markup,
    Media,
    MenuButton,
    Names,
    ReactionEmoji,
    ReplyParameters,
    Shown,
    Strict,
)


class Nothing(Strict):
    """No parameter at all."""


class GetUpdates(Strict):
    """getUpdates."""

    offset: int = 0
    limit: int = 100
    timeout: int = 0
    allowed_updates: Names = None


class SetWebhook(Strict):
    """setWebhook (without certificates: the sandbox speaks plain HTTP)."""

    url: str = ""
    ip_address: str | None = None
    max_connections: int = 40
    allowed_updates: Names = None
    drop_pending_updates: bool = False
    secret_token: str = ""


class DeleteWebhook(Strict):
    """deleteWebhook."""

    drop_pending_updates: bool = False


class ToChat(Strict):
    """A method about one chat."""

    chat_id: ChatId


class ToMessage(ToChat):
    """A method about one message."""

    message_id: int


class DeleteMessages(ToChat):
    """deleteMessages."""

    message_ids: Annotated[list[int], Json]


class Delivered(ToChat):
    """What every new message may say about its delivery."""

    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False


class Sent(Delivered):
    """What every message of the bot's own may have."""

    allow_paid_broadcast: bool = False
    message_effect_id: str | None = None
    reply_parameters: Annotated[ReplyParameters | None, Json] = None


class Marked(Sent):
    """A message that may carry buttons."""

    reply_markup: Markup = None


class Texted(Strict):
    """A text as it is written; `entities` say what `parse_mode` would."""

    text: str = ""
    parse_mode: str = ""
    entities: Entities = None
    link_preview_options: Annotated[LinkPreview | None, Json] = None


class SendMessage(Marked, Texted):
    """sendMessage."""


class SendPhoto(Marked, Shown):
    """sendPhoto."""

    photo: str = ""


class SendDocument(Marked, Captioned):
    """sendDocument."""

    document: str = ""
    thumbnail: str | None = None
    disable_content_type_detection: bool = False


class SendVideo(Marked, Shown):
    """sendVideo."""

    video: str = ""
    duration: int = 0
    width: int = 0
    height: int = 0
    thumbnail: str | None = None
    cover: str | None = None
    start_timestamp: int | None = None
    supports_streaming: bool = False


class SendVoice(Marked, Captioned):
    """sendVoice."""

    voice: str = ""
    duration: int = 0


class SendMediaGroup(Sent):
    """sendMediaGroup."""

    media: Annotated[list[Media], Json]


class CopyMessage(Marked):
    """copyMessage; a caption that is not given stays as it was."""

    from_chat_id: ChatId
    message_id: int
    video_start_timestamp: int | None = None
    caption: str | None = None
    parse_mode: str = ""
    caption_entities: Entities = None
    show_caption_above_media: bool = False


class CopyMessages(Delivered):
    """copyMessages."""

    from_chat_id: ChatId
    message_ids: Annotated[list[int], Json]
    remove_caption: bool = False


class ForwardMessage(Delivered):
    """forwardMessage."""

    from_chat_id: ChatId
    message_id: int
    message_effect_id: str | None = None
    video_start_timestamp: int | None = None


class Edit(ToMessage):
    """What every edit says (no inline messages here)."""

    reply_markup: InlineMarkup = None


class EditMessageText(Edit, Texted):
    """editMessageText."""


class EditMessageCaption(Edit, Captioned):
    """editMessageCaption."""

    show_caption_above_media: bool = False


class EditMessageMedia(Edit):
    """editMessageMedia."""

    media: Annotated[Media, Json]


class AnswerCallbackQuery(Strict):
    """answerCallbackQuery."""

    callback_query_id: str
    text: str = ""
    show_alert: bool = False
    url: str = ""
    cache_time: int = 0


class GetFile(Strict):
    """getFile."""

    file_id: str


class Scope(Strict):
    """Who sees a list of commands."""

    type: Literal[
        "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
        "chat", "chat_administrators", "chat_member",
    ]  # fmt: skip
    chat_id: ChatId | None = None
    user_id: int | None = None


class Commands(Strict):
    """getMyCommands and deleteMyCommands."""

    scope: Annotated[Scope, Json] = Scope(type="default")
    language_code: str = ""


class SetMyCommands(Commands):
    """setMyCommands."""

    commands: Annotated[list[Command], Json]


class Language(Strict):
    """getMyName, getMyDescription and getMyShortDescription."""

    language_code: str = ""


class SetMyName(Language):
    """setMyName."""

    name: str = ""


class SetMyDescription(Language):
    """setMyDescription."""

    description: str = ""


class SetMyShortDescription(Language):
    """setMyShortDescription."""

    short_description: str = ""


class GetChatMember(ToChat):
    """getChatMember."""

    user_id: int


class GetChatAdministrators(ToChat):
    """getChatAdministrators."""

    return_bots: bool = False


class SendChatAction(ToChat):
    """sendChatAction."""

    action: str
    message_thread_id: int | None = None


class CreateForumTopic(ToChat):
    """createForumTopic."""

    name: str
    icon_color: int = 0x6FB9F0
    icon_custom_emoji_id: str | None = None


class SetMessageReaction(ToMessage):
    """setMessageReaction."""

    reaction: Annotated[list[ReactionEmoji], Json] = Field(default_factory=list)
    is_big: bool = False


class SetChatMenuButton(Strict):
    """setChatMenuButton."""

    chat_id: int | None = None
    menu_button: Annotated[MenuButton, Json] = MenuButton(type="default")


class GetChatMenuButton(Strict):
    """getChatMenuButton."""

    chat_id: int | None = None


_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "from_chat_id is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "user_id": "invalid user_id specified",
    "file_id": "invalid file_id specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "action": "wrong parameter action in request",
    "name": "TOPIC_NAME_EMPTY",
    "media": "there is no media in the request",
}
_UNREADABLE = {
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "media": "can't parse media JSON object",
    "entities": "can't parse entities JSON object",
    "caption_entities": "can't parse entities JSON object",
    "commands": "can't parse commands specified",
}


def refusal(error: ValidationError) -> BotApiError:
    """Say what is wrong with a request as Telegram would (it does not mind unknown parameters)."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    if first["type"] == "missing" and len(path) == 1:
        return bad(_MISSING.get(path[0], f'parameter "{path[0]}" is required'))
    if first["type"] == "extra_forbidden" and len(path) == 1:
        return bad(f'unknown parameter "{path[0]}"')
    text = _UNREADABLE.get(path[0], f'can\'t parse "{path[0]}"')
    return bad(f"{text}: {'.'.join(path)}: {first['msg']}")
