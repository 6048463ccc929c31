"""The methods that change or remove what the bot has said, and answer buttons."""

from typing import Any

from bottega.sandbox.telegram import asked
from bottega.sandbox.telegram.call import Call
from bottega.sandbox.telegram.chats import Message
from bottega.sandbox.telegram.entities import length
from bottega.sandbox.telegram.errors import bad
from bottega.sandbox.telegram.markup import inline
from bottega.sandbox.telegram.presses import Answer
from bottega.sandbox.telegram.sending import CAPTION, CONTENT, media_content, text_content

_MEDIA = ("photo", "document", "video", "voice")
_ANSWER_LIMIT = 200
_DELETED_AT_ONCE = 100


def edit_message_text(call: Call, ask: asked.EditMessageText) -> Message:
    """Perform editMessageText."""
    return _edited(call, ask, ("text",), text_content(call, ask), "text")


def edit_message_caption(call: Call, ask: asked.EditMessageCaption) -> Message:
    """Perform editMessageCaption."""
    caption = call.caption(ask.caption, ask.parse_mode, ask.caption_entities)
    if ask.show_caption_above_media:
        caption["show_caption_above_media"] = True
    return _edited(call, ask, _MEDIA, caption, "caption", CAPTION)


def edit_message_media(call: Call, ask: asked.EditMessageMedia) -> Message:
    """Perform editMessageMedia."""
    return _edited(call, ask, _MEDIA, media_content(call, ask.media), "media")


def edit_message_reply_markup(call: Call, ask: asked.Edit) -> Message:
    """Perform editMessageReplyMarkup."""
    return _edited(call, ask, CONTENT, {}, "content", ())


def delete_message(call: Call, ask: asked.ToMessage) -> bool:
    """Perform deleteMessage."""
    chat = call.chat(ask.chat_id)
    message = call.message(chat, ask.message_id, "to delete")
    bot = call.cloud.bot["id"]
    mine = message.get("from", call.cloud.bot)["id"] == bot
    if not (mine or chat.type == "private" or chat.status(bot) == "administrator"):
        raise bad("message can't be deleted for everyone")
    chat.remove(message)
    return True


def delete_messages(call: Call, ask: asked.DeleteMessages) -> bool:
    """Perform deleteMessages: what is not there is skipped."""
    chat = call.target(ask.chat_id)
    if not 1 <= len(ask.message_ids) <= _DELETED_AT_ONCE:
        raise bad("wrong number of message identifiers specified")
    for number in ask.message_ids:
        if message := chat.get(number):
            chat.remove(message)
    return True


def answer_callback_query(call: Call, ask: asked.AnswerCallbackQuery) -> bool:
    """Perform answerCallbackQuery: once for each press, and in time."""
    press = call.cloud.presses.pop(ask.callback_query_id, None)
    if press is None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if length(ask.text) > _ANSWER_LIMIT:
        call.cloud.presses[ask.callback_query_id] = press
        raise bad("MESSAGE_TOO_LONG")
    press.answer = Answer(ask.text, alert=ask.show_alert, url=ask.url)
    return True


def set_message_reaction(call: Call, ask: asked.SetMessageReaction) -> bool:
    """Perform setMessageReaction: at most one, as bots may."""
    chat = call.target(ask.chat_id)
    call.message(chat, ask.message_id, "to react")
    if len(ask.reaction) > 1:
        raise bad("REACTIONS_TOO_MANY")
    chat.reactions[ask.message_id] = [reaction.model_dump() for reaction in ask.reaction]
    return True


def _edited(
    call: Call,
    ask: asked.Edit,
    needs: tuple[str, ...],
    content: dict[str, Any],
    what: str,
    replaces: tuple[str, ...] = CONTENT,
) -> Message:
    """Replace some fields of a message and its buttons, which go when none are given."""
    chat = call.target(ask.chat_id)
    old = call.own(chat, ask.message_id)
    if not any(key in old for key in needs):
        raise bad(f"there is no {what} in the message to edit")
    gone = {*replaces, "reply_markup", "edit_date"}
    new = {key: value for key, value in old.items() if key not in gone}
    new |= content | inline(ask.reply_markup, chat)
    if new == {key: value for key, value in old.items() if key != "edit_date"}:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    new["edit_date"] = int(call.cloud.clock())
    chat.put(new)
    return new
