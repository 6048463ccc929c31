"""One request of the bot's: where it looks up chats, messages and files, and posts what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bottega.sandbox.telegram.asked import Delivered, Marked, Sent
from bottega.sandbox.telegram.chats import Chat, Message, quoted
from bottega.sandbox.telegram.entities import Entity, length, written
from bottega.sandbox.telegram.errors import BotApiError, bad
from bottega.sandbox.telegram.markup import checked
from bottega.sandbox.telegram.objects import ForceReply, Strict

if TYPE_CHECKING:
    from bottega.sandbox.telegram.cloud import Telegram

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its uploads (by the name of their part)."""

    cloud: "Telegram"
    uploads: Mapping[str, tuple[str, bytes]]

    def chat(self, chat_id: int | str) -> Chat:
        """Return a chat that the bot knows."""
        return self.cloud.chat(chat_id)

    def target(self, chat_id: int | str) -> Chat:
        """Return a chat that the bot may write to now."""
        chat = self.chat(chat_id)
        status = chat.status(self.cloud.bot["id"])
        if chat.type == "private" and status == "kicked":
            raise BotApiError(403, "Forbidden: bot was blocked by the user")
        if status == "kicked":
            raise BotApiError(403, f"Forbidden: bot was kicked from the {chat.type} chat")
        if status == "left":
            raise BotApiError(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        self.cloud.step(chat)
        return chat

    def message(self, chat: Chat, message_id: int, purpose: str) -> Message:
        """Return a message of a chat; `purpose` completes "message to … not found"."""
        if message := chat.get(message_id):
            return message
        raise bad(f"message {purpose} not found")

    def own(self, chat: Chat, message_id: int) -> Message:
        """Return a message that the bot may edit."""
        message = self.message(chat, message_id, "to edit")
        if message.get("from", self.cloud.bot)["id"] != self.cloud.bot["id"]:
            raise bad("message can't be edited")
        return message

    def media(self, kind: str, value: str, field: str = "", **details: Any) -> Any:
        """Return what a message carries for an upload or a file_id given as `value`."""
        name = value.removeprefix("attach://") if value.startswith("attach://") else field
        if upload := self.uploads.get(name):
            return self.cloud.files.add(kind, *upload, **details)
        if not value or value.startswith("attach://"):
            raise bad(f"there is no {kind} in the request")
        return self.cloud.files.media(kind, value)

    def text(self, text: str, parse_mode: str, entities: list[Any] | None) -> dict[str, Any]:
        """Return the text of a message; empty and too long ones are refused."""
        words, found = self._written(text, parse_mode, entities)
        if not words:
            raise bad("message text is empty")
        if length(words) > TEXT_LIMIT:
            raise bad("message is too long")
        return {"text": words, "entities": found} if found else {"text": words}

    def caption(self, text: str, parse_mode: str, entities: list[Any] | None) -> dict[str, Any]:
        """Return the caption of a message, nothing when it is empty."""
        words, found = self._written(text, parse_mode, entities)
        if length(words) > CAPTION_LIMIT:
            raise bad("message caption is too long")
        if not words:
            return {}
        return {"caption": words, "caption_entities": found} if found else {"caption": words}

    def post(self, chat: Chat, ask: Delivered, content: dict[str, Any]) -> Message:
        """Add the bot's message to a chat, with what it answers and its buttons."""
        extras: dict[str, Any] = {}
        if isinstance(ask, Sent):
            extras |= self._reply(chat, ask)
        if isinstance(ask, Marked) and ask.reply_markup is not None:
            extras |= checked(ask.reply_markup, chat)
        if ask.protect_content:
            extras["has_protected_content"] = True
        extras |= thread(chat, ask.message_thread_id)
        chat.action = ""
        message = chat.add(self.cloud.bot_user(), self.cloud.clock(), extras | content)
        if isinstance(ask, Marked) and isinstance(ask.reply_markup, ForceReply):
            chat.prompt = message["message_id"]
        return message

    def _reply(self, chat: Chat, ask: Sent) -> dict[str, Any]:
        reply = ask.reply_parameters
        if reply is None:
            return {}
        other = chat if reply.chat_id is None else self.chat(reply.chat_id)
        if other.id == chat.id and (message := chat.get(reply.message_id)):
            return {"reply_to_message": quoted(message)}
        if reply.allow_sending_without_reply:
            return {}
        raise bad("message to be replied not found")

    def _written(
        self, text: str, parse_mode: str, entities: list[Strict] | None
    ) -> tuple[str, list[Entity]]:
        plain = None if entities is None else [e.model_dump(exclude_none=True) for e in entities]
        return written(text, parse_mode, plain)


def thread(chat: Chat, thread_id: int | None) -> dict[str, Any]:
    """Return the fields that place a message in a topic."""
    if thread_id is None:
        return {}
    if thread_id not in chat.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}
