"""What people do in Telegram, as seen by a bot: write, send, press, edit, block, come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bottega.sandbox.telegram.chats import Chat, Message, Status, User, member, quoted
from bottega.sandbox.telegram.entities import Entity, found
from bottega.sandbox.telegram.presses import Press, data_of
from bottega.sandbox.telegram.typed import captioned, parts, texted

if TYPE_CHECKING:
    from bottega.sandbox.telegram.cloud import Telegram

Enclosed = bytes | tuple[str, bytes]
"""What an album is made of: a photo's bytes, or ("photo" | "video" | "document", bytes)."""


@dataclass(slots=True, eq=False)
class Person:
    """Someone with Telegram on the phone. Without `to`, all goes to the chat with the bot."""

    cloud: "Telegram"
    user: User
    chat: Chat

    @property
    def id(self) -> int:
        """The person's id, which is that of the chat with the bot too."""
        return int(self.user["id"])

    def write(
        self,
        text: str,
        to: Chat | None = None,
        *,
        reply_to: Message | None = None,
        entities: Sequence[Entity] = (),
        topic: int | None = None,
    ) -> Message:
        """Write a text and return its message, the last one if it had to be split at 4096."""
        text = text.strip()
        if not text:
            raise ValueError("Telegram sends no empty message")
        message: Message = {}
        for part in parts(text):
            message = self._send(texted(part, entities), to, reply_to, topic)
        return message

    def send_photo(
        self, content: bytes, caption: str = "", to: Chat | None = None, *,
        reply_to: Message | None = None,
    ) -> Message:  # fmt: skip
        """Send a picture, which Telegram turns into a JPEG."""
        return self._send(self._enclosed("photo", content) | captioned(caption), to, reply_to)

    def send_album(
        self, items: Sequence[Enclosed], caption: str = "", to: Chat | None = None, *,
        reply_to: Message | None = None,
    ) -> list[Message]:  # fmt: skip
        """Send 2 to 10 things at once: as many messages with one media_group_id."""
        if not 2 <= len(items) <= 10:  # noqa: PLR2004 - an album's documented bounds
            raise ValueError("an album has from 2 to 10 items")
        album = {"media_group_id": self.cloud.album_id()}
        contents = [
            self._enclosed(*(item if isinstance(item, tuple) else ("photo", item)))
            for item in items
        ]
        contents[0] |= captioned(caption)
        return [self._send(content | album, to, reply_to) for content in contents]

    def send_document(
        self, content: bytes, name: str, caption: str = "", to: Chat | None = None, *,
        reply_to: Message | None = None,
    ) -> Message:  # fmt: skip
        """Send a file as it is."""
        media = self.cloud.files.add("document", name, content, **self.cloud.files.named(name))
        return self._send({"document": media} | captioned(caption), to, reply_to)

    def send_video(
        self, content: bytes, caption: str = "", to: Chat | None = None, *,
        name: str = "video.mp4", duration: int = 0, width: int = 0, height: int = 0,
        reply_to: Message | None = None,
    ) -> Message:  # fmt: skip
        """Send a video; Telegram would read its size and duration, here they are told."""
        media = self.cloud.files.add(
            "video", name, content, duration=duration, width=width, height=height,
            mime_type="video/mp4",
        )  # fmt: skip
        return self._send({"video": media} | captioned(caption), to, reply_to)

    def send_voice(
        self, content: bytes, duration: int = 1, to: Chat | None = None, *,
        reply_to: Message | None = None,
    ) -> Message:  # fmt: skip
        """Send a spoken message."""
        media = self.cloud.files.add(
            "voice", "voice.oga", content, duration=duration, mime_type="audio/ogg"
        )
        return self._send({"voice": media}, to, reply_to)

    def send_audio(
        self, content: bytes, name: str = "audio.mp3", caption: str = "", to: Chat | None = None
    ) -> Message:
        """Send a piece of music, or a recording made elsewhere."""
        media = self.cloud.files.add(
            "audio", name, content, duration=1, **self.cloud.files.named(name)
        )
        return self._send({"audio": media} | captioned(caption), to)

    def send_video_note(self, content: bytes, to: Chat | None = None) -> Message:
        """Send a round video."""
        media = self.cloud.files.add("video_note", "note.mp4", content, duration=1, length=240)
        return self._send({"video_note": media}, to)

    def send_animation(self, content: bytes, caption: str = "", to: Chat | None = None) -> Message:
        """Send a silent film, which the Bot API shows as a document too."""
        details = {"duration": 1, "width": 160, "height": 90, "mime_type": "video/mp4"}
        media = self.cloud.files.add("animation", "giphy.mp4", content, **details)
        return self._send({"animation": media, "document": media} | captioned(caption), to)

    def forward_post(
        self, channel: str, content: dict[str, Any], username: str = "", to: Chat | None = None
    ) -> Message:
        """Forward the post of a channel: its words or files, as a message has them."""
        chat = {"id": -1001234567890, "type": "channel", "title": channel}
        chat |= {"username": username} if username else {}
        origin = {
            "type": "channel", "date": int(self.cloud.clock()), "chat": chat, "message_id": 7,
        }  # fmt: skip
        return self._send({"forward_origin": origin} | content, to)

    def send_dice(self, emoji: str = "🎲", to: Chat | None = None) -> Message:
        """Throw a die."""
        return self._send({"dice": {"emoji": emoji, "value": 4}}, to)

    def send_sticker(self, emoji: str = "👍", to: Chat | None = None) -> Message:
        """Send a sticker."""
        details = {
            "type": "regular", "width": 512, "height": 512, "is_animated": False,
            "is_video": False, "emoji": emoji,
        }  # fmt: skip
        media = self.cloud.files.add("sticker", "sticker.webp", emoji.encode(), **details)
        return self._send({"sticker": media}, to)

    def send_contact(self, phone_number: str, to: Chat | None = None) -> Message:
        """Share the person's own number."""
        shared = {"phone_number": phone_number, "user_id": self.id}
        names = ("first_name", "last_name")
        shared |= {key: self.user[key] for key in names if key in self.user}
        return self._send({"contact": shared}, to)

    def send_location(self, latitude: float, longitude: float, to: Chat | None = None) -> Message:
        """Share a place."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}}, to)

    def send_venue(
        self, title: str, address: str, latitude: float = 46.2, longitude: float = 10.1,
        to: Chat | None = None,
    ) -> Message:  # fmt: skip
        """Share a place that has a name."""
        spot = {"latitude": latitude, "longitude": longitude}
        venue = {"location": spot, "title": title, "address": address}
        return self._send({"venue": venue, "location": spot}, to)

    def press(self, message: Message, button: str) -> Press:
        """Press a button under a message, by its text or its data; raises LookupError."""
        with self.cloud.board.lock:
            chat = self.cloud.chats[message["chat"]["id"]]
            if not chat.present(self.id):
                raise PermissionError("not a member of this group")
            shown = chat.get(message["message_id"]) or message
            data = data_of(shown, button)
            press = Press(self.cloud.callback_id(), self.cloud.board)
            self.cloud.presses[press.id] = press
            query = {
                "id": press.id, "from": self.user, "message": shown, "data": data,
                "chat_instance": str(chat.id * 7919),
            }  # fmt: skip
            self.cloud.updates.push("callback_query", query)
            return press

    def edit(self, message: Message, text: str) -> Message:
        """Change the text or the caption of a message of one's own."""
        with self.cloud.board.lock:
            chat = self.cloud.chats[message["chat"]["id"]]
            old = chat.get(message["message_id"])
            if old is None or old["from"]["id"] != self.id:
                raise LookupError("people can only edit their own messages")
            texted = "text" in old
            entities = "entities" if texted else "caption_entities"
            edited = {key: value for key, value in old.items() if key != entities}
            edited |= {"text": text} if texted else captioned(text)
            if texted and (marked := found(text)):
                edited["entities"] = marked
            edited["edit_date"] = int(self.cloud.clock())
            chat.put(edited)
            self.cloud.hear("edited_message", chat, edited)
            return edited

    def exchange_photo(self, message: Message, content: bytes) -> Message:
        """Put another photo into a message of one's own."""
        with self.cloud.board.lock:
            chat = self.cloud.chats[message["chat"]["id"]]
            edited = message | self._enclosed("photo", content)
            edited["edit_date"] = int(self.cloud.clock())
            chat.put(edited)
            self.cloud.hear("edited_message", chat, edited)
            return edited

    def block(self) -> None:
        """Stop the bot."""
        self._let("kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._let("member")

    def join(self, group: Chat) -> None:
        """Enter a group."""
        self.cloud.move(group, self.user, self.user, "member")

    def leave(self, group: Chat) -> None:
        """Leave a group."""
        self.cloud.move(group, self.user, self.user, "left")

    def add_bot(self, group: Chat, status: Status = "member") -> None:
        """Put the bot into a group, or promote it there."""
        self.cloud.move(group, self.user, self.cloud.bot_user(), status)

    def remove_bot(self, group: Chat) -> None:
        """Throw the bot out of a group."""
        self.cloud.move(group, self.user, self.cloud.bot_user(), "kicked")

    def _let(self, status: Status) -> None:
        with self.cloud.board.lock:
            bot = self.cloud.bot_user()
            old = self.chat.status(bot["id"])
            self.chat.members[bot["id"]] = status
            change = {
                "chat": self.chat.described(), "from": self.user, "date": int(self.cloud.clock()),
                "old_chat_member": member(bot, old), "new_chat_member": member(bot, status),
            }  # fmt: skip
            self.cloud.updates.push("my_chat_member", change)

    def _send(
        self,
        content: dict[str, Any],
        to: Chat | None,
        reply_to: Message | None = None,
        topic: int | None = None,
    ) -> Message:
        with self.cloud.board.lock:
            chat = to or self.chat
            bot = self.cloud.bot["id"]
            if chat is self.chat:
                if chat.status(bot) == "kicked":
                    raise PermissionError("the bot is blocked: unblock it first")
                chat.members[bot] = "member"
            elif not chat.present(self.id):
                raise PermissionError("not a member of this group")
            if reply_to is not None:
                content = {"reply_to_message": quoted(reply_to)} | content
            if topic is not None:
                content = {"message_thread_id": topic, "is_topic_message": True} | content
            message = chat.add(self.user, self.cloud.clock(), content)
            self.cloud.hear("message", chat, message)
            return message

    def _enclosed(self, kind: str, content: bytes) -> dict[str, Any]:
        files = self.cloud.files
        match kind:
            case "video":
                sizes = {"duration": 0, "width": 0, "height": 0, "mime_type": "video/mp4"}
                return {kind: files.add(kind, "video.mp4", content, **sizes)}
            case "document":
                return {kind: files.add(kind, "file.bin", content, **files.named("file.bin"))}
        return {"photo": files.add("photo", "", content)}
