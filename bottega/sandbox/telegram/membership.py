"""The methods about chats and who is in them."""

from typing import Any

from bottega.sandbox.telegram import asked
from bottega.sandbox.telegram.call import Call, thread
from bottega.sandbox.telegram.chats import Chat, User, member
from bottega.sandbox.telegram.errors import bad

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip
_NO_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def get_chat(call: Call, ask: asked.ToChat) -> dict[str, Any]:
    """Perform getChat."""
    required = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    return call.chat(ask.chat_id).described() | required


def get_chat_member(call: Call, ask: asked.GetChatMember) -> dict[str, Any]:
    """Perform getChatMember: those who left are still known."""
    chat = call.chat(ask.chat_id)
    _must_be_in(call, chat)
    user = _user(call, ask.user_id)
    if user is None:
        raise bad("user not found")
    found = member(user, chat.status(ask.user_id), channel=chat.type == "channel")
    if ask.user_id == call.cloud.bot["id"] and "can_manage_topics" in found:
        found["can_manage_topics"] = chat.makes_topics
    return found


def get_chat_administrators(call: Call, ask: asked.GetChatAdministrators) -> list[dict[str, Any]]:
    """Perform getChatAdministrators."""
    chat = call.chat(ask.chat_id)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    _must_be_in(call, chat)
    bots = {call.cloud.bot["id"]} if not ask.return_bots else set()
    return [
        member(user, status)
        for number, status in chat.members.items()
        if status in ("creator", "administrator")
        and number not in bots
        and (user := _user(call, number))
    ]


def leave_chat(call: Call, ask: asked.ToChat) -> bool:
    """Perform leaveChat."""
    chat = call.chat(ask.chat_id)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    bot = call.cloud.bot_user()
    call.cloud.move(chat, bot, bot, "left")
    return True


def send_chat_action(call: Call, ask: asked.SendChatAction) -> bool:
    """Perform sendChatAction."""
    chat = call.target(ask.chat_id)
    if ask.action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    thread(chat, ask.message_thread_id)
    chat.action = ask.action
    return True


def set_chat_menu_button(call: Call, ask: asked.SetChatMenuButton) -> bool:
    """Perform setChatMenuButton: only for a private chat that the bot knows, or for all."""
    if ask.chat_id is not None and call.chat(ask.chat_id).type != "private":
        raise bad("chat not found")
    return call.cloud.profile.set_menu(ask)


def create_forum_topic(call: Call, ask: asked.CreateForumTopic) -> dict[str, Any]:
    """Perform createForumTopic."""
    chat = call.target(ask.chat_id)
    if not chat.names.get("is_forum"):
        raise bad("the chat is not a forum")
    if chat.status(call.cloud.bot["id"]) != "administrator" or not chat.makes_topics:
        raise bad("not enough rights to create a topic")
    if not ask.name:
        raise bad("TOPIC_NAME_EMPTY")
    topic = {"name": ask.name, "icon_color": ask.icon_color}
    if ask.icon_custom_emoji_id:
        topic["icon_custom_emoji_id"] = ask.icon_custom_emoji_id
    opened = chat.add(call.cloud.bot_user(), call.cloud.clock(), {"forum_topic_created": topic})
    number: int = opened["message_id"]
    chat.put(opened | {"message_thread_id": number, "is_topic_message": True})
    chat.topics[number] = ask.name
    return {"message_thread_id": number} | topic


def _user(call: Call, user_id: int) -> User | None:
    if user_id == call.cloud.bot["id"]:
        return call.cloud.bot_user()
    person = call.cloud.people.get(user_id)
    return person.user if person else None


def _must_be_in(call: Call, chat: Chat) -> None:
    if not chat.present(call.cloud.bot["id"]):
        raise bad("member list is inaccessible")
