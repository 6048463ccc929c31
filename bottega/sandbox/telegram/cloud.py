"""Telegram itself: its people, chats and files, and one bot's inbox."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from starlette.routing import BaseRoute

from bottega.sandbox.core import Switchboard
from bottega.sandbox.telegram.api import routes
from bottega.sandbox.telegram.chats import Chat, Message, Status, User, member
from bottega.sandbox.telegram.errors import bad
from bottega.sandbox.telegram.files import Files
from bottega.sandbox.telegram.pace import Pace
from bottega.sandbox.telegram.people import Person
from bottega.sandbox.telegram.presses import Press
from bottega.sandbox.telegram.profile import Profile
from bottega.sandbox.telegram.updates import Updates
from bottega.sandbox.telegram.webhook import Webhook

Seen = TypeVar("Seen")

TOKEN = "123456789:sandbox-token-of-the-newsroom-bot"  # noqa: S105 - opens nothing but the sandbox


class Telegram:
    """A Telegram with one bot. People act through `person(…)`, the bot through HTTP (`routes`).

    `privacy`: in groups a bot that is no administrator hears only commands and answers to it.
    `rate_limits`: whether the documented limits are enforced. `clock` dates messages (Unix time).
    `service` is its name in troubles.
    `presses` are the buttons still unanswered: clear it, and they are too old to be answered.
    """

    updates: Updates
    webhook: Webhook
    profile: Profile

    def __init__(
        self,
        board: Switchboard,
        token: str = TOKEN,
        *,
        username: str = "bottega_sandbox_bot",
        clock: Callable[[], float] = time.time,
        service: str = "telegram",
    ) -> None:
        self.board, self.token, self.clock, self.service = board, token, clock, service
        self.bot: User = {"id": int(token.partition(":")[0]), "is_bot": True, "username": username}
        self.updates = Updates(board, clock)
        self.webhook = Webhook(board, self.updates, clock)
        self.reset()

    def reset(self) -> None:
        """Begin anew: nobody there, nothing said."""
        with self.board.lock:
            self.privacy = True
            self.rate_limits = False
            self.people: dict[int, Person] = {}
            self.chats: dict[int, Chat] = {}
            self.files = Files()
            self.profile = Profile()
            self.presses: dict[str, Press] = {}
            self.updates.reset()
            self.webhook.reset()
            self._pace = Pace(self.clock)
            self._numbers = count(1)
            self.board.touch()

    def routes(self) -> list[BaseRoute]:
        """Return the Bot API's routes, to be mounted where `base_url` ends."""
        return routes(self)

    def person(
        self, id: int, first_name: str, last_name: str = "", username: str = "",  # noqa: A002 - Telegram's own word
        *, started: bool = False,
    ) -> Person:  # fmt: skip
        """Return a person, new or known; unless `started` the bot cannot write first."""
        with self.board.lock:
            if known := self.people.get(id):
                return known
            optional = {"last_name": last_name, "username": username}
            names = {"first_name": first_name} | {k: v for k, v in optional.items() if v}
            user = {"id": id, "is_bot": False, **names, "language_code": "it"}
            chat = Chat(id, "private", names, {id: "member"})
            if started:
                chat.members[self.bot["id"]] = "member"
            self.chats[id] = chat
            self.people[id] = person = Person(self, user, chat)
            self.board.touch()
            return person

    def group(
        self,
        id: int,  # noqa: A002 - Telegram's own word
        title: str,
        *people: Person,
        bot: Status = "administrator",
        supergroup: bool = True,
        forum: bool = False,
    ) -> Chat:
        """Return a new group (id below zero); the first of the people is its owner."""
        names = {"title": title} | ({"is_forum": True} if forum else {})
        chat = Chat(id, "supergroup" if supergroup else "group", names)
        chat.members.update({person.id: "member" for person in people})
        chat.members[self.bot["id"]] = bot
        if people:
            chat.members[people[0].id] = "creator"
        with self.board.lock:
            self.chats[id] = chat
            self.board.touch()
        return chat

    def channel(self, id: int, title: str, username: str, bot: Status = "administrator") -> Chat:  # noqa: A002 - Telegram's own word
        """Return a new public channel (id below zero), in which the bot may post."""
        chat = Chat(id, "channel", {"title": title, "username": username})
        chat.members[self.bot["id"]] = bot
        with self.board.lock:
            self.chats[id] = chat
            self.board.touch()
        return chat

    def migrate(self, group: Chat, new_id: int) -> Chat:
        """Turn a group into a supergroup, which has another id from then on."""
        with self.board.lock:
            new = Chat(new_id, "supergroup", dict(group.names), dict(group.members))
            self.chats[new_id] = new
            group.migrated_to = new_id
            sender = self._owner(group)
            moved = group.add(sender, self.clock(), {"migrate_to_chat_id": new_id})
            self.hear("message", group, moved)
            came = new.add(sender, self.clock(), {"migrate_from_chat_id": group.id})
            self.hear("message", new, came)
            return new

    def move(self, chat: Chat, actor: User, user: User, status: Status) -> None:
        """Change someone's standing in a group, with what the group and the bot learn of it."""
        with self.board.lock:
            old, was = chat.status(user["id"]), chat.present(user["id"])
            chat.members[user["id"]] = status
            change = {
                "chat": chat.described(), "from": actor, "date": int(self.clock()),
                "old_chat_member": member(user, old), "new_chat_member": member(user, status),
            }  # fmt: skip
            mine = user["id"] == self.bot["id"]
            if mine or chat.status(self.bot["id"]) == "administrator":
                self.updates.push("my_chat_member" if mine else "chat_member", change)
            if was != chat.present(user["id"]):
                news = {"left_chat_member": user} if was else {"new_chat_members": [user]}
                self.hear("message", chat, chat.add(actor, self.clock(), news))

    def hear(self, kind: str, chat: Chat, message: Message) -> None:
        """Tell the bot of a message, if it may hear it."""
        if chat.present(self.bot["id"]) and self._may_hear(chat, message):
            self.updates.push(kind, message)
        else:
            self.board.touch()

    def chat(self, chat_id: int | str) -> Chat:
        """Return a chat that the bot knows, by id or @username."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else self._named(chat_id)
        if chat is None or (chat.type == "private" and self.bot["id"] not in chat.members):
            raise bad("chat not found")
        if chat.migrated_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def bot_user(self) -> User:
        """Return the bot as a sender."""
        return self.bot | {"first_name": self.profile.name("")}

    def step(self, chat: Chat) -> None:
        """Count a call about a chat against the rate limits, if they are on."""
        if self.rate_limits:
            self._pace.step(chat)

    def album_id(self) -> str:
        """Return a new media_group_id."""
        return str(13_000_000_000_000_000 + next(self._numbers))

    def callback_id(self) -> str:
        """Return a new callback_query_id."""
        return str(4_382_000_000_000_000_000 + next(self._numbers))

    async def wait_for(self, predicate: Callable[[], Seen | None], seconds: float = 5) -> Seen:
        """Return the first true thing the predicate returns; raises TimeoutError."""
        return self._in_time(await self.board.until(lambda: predicate() or None, seconds))

    def wait_for_sync(self, predicate: Callable[[], Seen | None], seconds: float = 5) -> Seen:
        """Do what `wait_for` does, for callers without a loop."""
        return self._in_time(self.board.until_sync(lambda: predicate() or None, seconds))

    @staticmethod
    def _in_time(seen: Seen | None) -> Seen:
        if seen is None:
            raise TimeoutError("what was waited for did not happen in Telegram")
        return seen

    def _may_hear(self, chat: Chat, message: Message) -> bool:
        bot = self.bot["id"]
        if chat.type == "private" or not self.privacy or chat.status(bot) == "administrator":
            return True
        text = message.get("text", message.get("caption"))
        if text is None and not any(kind in message for kind in _WORDLESS):
            return True
        if message.get("reply_to_message", {}).get("from", {}).get("id") == bot:
            return True
        command = str(text or "").split(maxsplit=1)[0] if str(text or "").startswith("/") else ""
        return bool(command) and command.partition("@")[2] in ("", self.bot["username"])

    def _named(self, name: str) -> Chat | None:
        return next(
            (c for c in self.chats.values() if f"@{c.names.get('username', '')}" == name), None
        )

    def _owner(self, group: Chat) -> dict[str, Any]:
        owners = [self.people[i].user for i, s in group.members.items() if s == "creator"]
        return owners[0] if owners else self.bot_user()


_WORDLESS = ("photo", "document", "video", "voice", "sticker", "contact", "location")
