"""Chats and the messages in them, in the Bot API's own shape."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, TypeAlias

Message: TypeAlias = dict[str, Any]
"""A message as the Bot API gives it. Never changed in place: an edit puts another in its stead."""

User: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["private", "group", "supergroup", "channel"]
Status: TypeAlias = Literal["creator", "administrator", "member", "left", "kicked"]

PRESENT = ("creator", "administrator", "member")


@dataclass(slots=True)
class Chat:
    """One chat. `names` tell it from others; `keyboard` is the reply keyboard.

    `prompt` is the number of the last message that the bot wants to be answered (ForceReply);
    `makes_topics` is whether the bot, where it is an administrator, may make any.
    """

    id: int
    type: Kind
    names: dict[str, Any]
    members: dict[int, Status] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    topics: dict[int, str] = field(default_factory=dict)
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    prompt: int | None = None
    action: str = ""
    migrated_to: int | None = None
    makes_topics: bool = True
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def described(self) -> dict[str, Any]:
        """Return the Bot API's Chat."""
        return {"id": self.id, "type": self.type, **self.names}

    def add(self, sender: User, date: float, content: dict[str, Any]) -> Message:
        """Append a message and return it; a channel speaks in its own name."""
        who = {"sender_chat": self.described()} if self.type == "channel" else {"from": sender}
        message = {
            "message_id": next(self._numbers), **who, "chat": self.described(),
            "date": int(date), **content,
        }  # fmt: skip
        self.messages.append(message)
        return message

    def get(self, message_id: int) -> Message | None:
        """Return a message that is still there."""
        return next((m for m in self.messages if m["message_id"] == message_id), None)

    def put(self, message: Message) -> None:
        """Put an edited message in the place of the one with its number."""
        for place, old in enumerate(self.messages):
            if old["message_id"] == message["message_id"]:
                self.messages[place] = message

    def remove(self, message: Message) -> None:
        """Delete a message."""
        self.messages.remove(message)

    def find(self, text: str) -> Message | None:
        """Return the latest message whose text or caption contains this."""
        return next((m for m in reversed(self.messages) if text in words(m)), None)

    def present(self, user_id: int) -> bool:
        """Say whether someone is in the chat."""
        return self.members.get(user_id) in PRESENT

    def status(self, user_id: int) -> Status:
        """Return someone's standing in the chat."""
        return self.members.get(user_id, "left")


def words(message: Message) -> str:
    """Return the text or the caption of a message, or nothing."""
    return str(message.get("text", message.get("caption", "")))


def quoted(message: Message) -> Message:
    """Return a message as it is shown in an answer to it, without what it answers itself."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def member(user: User, status: Status, *, channel: bool = False) -> dict[str, Any]:
    """Return the Bot API's ChatMember of this status, in a channel or elsewhere."""
    shape: dict[str, Any] = {"user": user, "status": status}
    match status:
        case "creator":
            return shape | {"is_anonymous": False}
        case "administrator":
            posting = {"can_post_messages": True, "can_edit_messages": True} if channel else {}
            return shape | {"is_anonymous": False, "can_be_edited": False, **_RIGHTS, **posting}
        case "kicked":
            return shape | {"until_date": 0}
    return shape


_RIGHTS = {
    "can_manage_chat": True, "can_delete_messages": True, "can_manage_video_chats": True,
    "can_restrict_members": True, "can_promote_members": False, "can_change_info": True,
    "can_invite_users": True, "can_post_stories": False, "can_edit_stories": False,
    "can_delete_stories": False, "can_pin_messages": True, "can_manage_topics": True,
}  # fmt: skip
