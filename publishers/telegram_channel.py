"""A Telegram channel, through the Bot API by plain HTTP.

https://core.telegram.org/bots/api, version 10.0.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

from pydantic import BaseModel, Field, SecretStr

from content.media import MediumKind
from publishers.addresses import numbered
from publishers.base import (
    Action,
    Call,
    CannotTell,
    Finding,
    Limits,
    Piece,
    Post,
    Published,
    Publisher,
    Rejected,
    Unavailable,
    examined,
)
from publishers.conversation import file_of
from publishers.cutting import cut
from publishers.films import shown
from publishers.telegram_bot import Bot
from publishers.telegram_films import FILMS, form_of
from publishers.telegram_handles import HANDLES
from publishers.telegram_text import html_of, marked, preview_of

__all__ = ["TelegramChannel"]

_CAPTION: Final = 1024
_MAX_PICTURE: Final = 10 * 1024 * 1024
"""https://core.telegram.org/bots/api#sendphoto"""
_RIGHTS: Final = {
    "can_post_messages": "pubblicare",
    "can_edit_messages": "modificare",
    "can_delete_messages": "cancellare",
}
_UNCHANGED: Final = "message is not modified"


class TelegramChannel(Publisher):
    """Posts of a channel: a text with its link's preview, or a film or pictures under a caption."""

    channel: ClassVar[str] = "telegram_channel"
    label: ClassVar[str] = "Canale Telegram"
    limits: ClassVar[Limits] = Limits(text=4096, media=10, draft=900)
    """With pictures the text is their caption, of which there may be less."""
    actions: ClassVar[frozenset[Action]] = frozenset(Action)
    caveats: ClassVar[Mapping[Action, str]] = MappingProxyType(
        {Action.EDIT: "Cambiano le parole; le immagini e il filmato restano quelli di prima."}
    )
    settling: timedelta = timedelta(0)
    handles = HANDLES

    class Config(BaseModel):
        """The bot and the channel in which it is an administrator."""

        token: SecretStr = Field(
            SecretStr(""), description="Token of the bot that posts; the newsroom's own may do"
        )
        chat: str = Field("", description="The channel: @name, or its number with -100")
        preview: str = Field(
            "large",
            pattern="^(large|small|none)$",
            description="How the page is shown below a post without pictures",
        )
        api_url: str = Field(
            "https://api.telegram.org", description="Where the Bot API is; the sandbox's in tests"
        )

    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the bot, the channel and the folder where media are kept by hash."""
        self._config = self.Config.model_validate(config, from_attributes=True)
        self._media_root = media_root

    @property
    def configured(self) -> bool:
        """Whether there are a token and a channel."""
        named = re.fullmatch(r"@\w+|-100\d+", self._config.chat)
        return bool(named and self._config.token.get_secret_value())

    def render(self, piece: Piece) -> Post:
        """Return the words chosen for the channel, or title and lead, and the piece's address.

        The first paragraph is bold. The HTML is frozen with the text, which is what people read.
        """
        piece = piece.on(self.channel)
        media = shown(piece, FILMS, self.limits.media)
        words = piece.texts.get(self.channel) or f"{piece.title}\n\n{piece.lead}"
        room = _CAPTION if media else self.limits.text
        ending = f"\n\n{piece.url}" if piece.url else ""
        words = cut(words, room - self.measure(ending), self.measure)
        return Post(
            channel=self.channel,
            title=piece.title,
            text=words + ending,
            link=piece.url or None,
            media=media,
            facts={"html": marked(words, ending), "preview": self._config.preview},
        )

    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation by one call, which carries the pictures or the film with it."""
        known = re.fullmatch(r"(?:(-\d+):)?(\d+(?:,\d+)*)", call.remote_id or "")
        targets = [int(one) for one in known[2].split(",")] if known else []
        if call.action is not Action.CREATE and not targets:
            raise Rejected("Manca l'identificativo del messaggio nel canale Telegram.")
        with self._bot(call) as bot:
            if known and known[1]:
                self._require_here(bot, int(known[1]))
            match call.action:
                case Action.EDIT:
                    self._edit(bot, post, targets[0])
                case Action.DELETE:
                    self._delete(bot, targets)
                case _:
                    return self._send(bot, post, targets[:1])
        return Published(str(call.remote_id), self._address(targets[0], {}))

    def seek(
        self,
        posts: Sequence[Post],  # noqa: ARG002 - there is nothing to look at
        since: datetime,  # noqa: ARG002
    ) -> Iterator[tuple[Post, Published]]:
        """Raise CannotTell: a bot is shown nothing of what it posted in a channel before."""
        raise CannotTell("Telegram non lascia rileggere un canale ai bot: va guardato a mano.")

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:
        """Return the numbers of the channel's messages at these addresses: of an album, all."""
        if len(addresses) != max(len(post.media), 1):
            return None
        here = re.escape(f"t.me/{_place(self._config.chat)}/")
        return numbered(rf"(?i:https://{here})(\d+)(?:\?single)?", addresses)

    def measure(self, text: str) -> int:
        """Return what Telegram counts for a text: UTF-16 code units."""
        return len(text.encode("utf-16-le")) // 2

    def check(self) -> Sequence[Finding]:
        """Ask who the bot is and what it may do in the channel."""
        if not self.configured:
            return (Finding(False, "Il canale Telegram non è configurato.", _MEND),)
        with self._bot() as bot:
            return examined("Canale Telegram", _MEND, lambda: self._who(bot))

    def _who(self, bot: Bot) -> str:
        me = bot.look("/getMe")
        asked = {"chat_id": self._config.chat, "user_id": str(me.get("id", ""))}
        standing = bot.look("/getChatMember", **asked)
        lacking = [name for right, name in _RIGHTS.items() if not standing.get(right)]
        if standing.get("status") != "creator" and lacking:
            raise Rejected(f"Nel canale Telegram il bot non può {' né '.join(lacking)}.")
        able = ", ".join(_RIGHTS.values())
        return f"il bot @{me.get('username', '?')}, che in {self._config.chat} può {able},"

    def _bot(self, call: Call | None = None) -> Bot:
        return Bot(self._config.api_url, self._config.token.get_secret_value(), call)

    def _send(self, bot: Bot, post: Post, reply_to: list[int]) -> Published:
        """Send a text, a film, a picture or an album; what is sent is one message or several."""
        told: dict[str, str] = {"chat_id": self._config.chat}
        if reply_to:
            told["reply_parameters"] = json.dumps({"message_id": reply_to[0]})
        words = {"parse_mode": "HTML", "caption": html_of(post)}
        if post.media and post.media[0].kind is MediumKind.VIDEO:
            form = form_of(post.media[0], self._media_root, **told, **words)
            head = {"Content-Type": form.kind}
            sent = [bot.ask("/sendVideo", _is_message, data=form, headers=head)]
            return self._published([sent[0]["message_id"]], sent[0].get("chat") or {})
        pictures = [file_of(one, self._media_root, _MAX_PICTURE) for one in post.media]
        if not pictures:
            told |= {"text": html_of(post), "parse_mode": "HTML"} | preview_of(post)
            sent = [bot.ask("/sendMessage", _is_message, data=told)]
        elif len(pictures) == 1:
            files = {"photo": pictures[0]}
            sent = [bot.ask("/sendPhoto", _is_message, data=told | words, files=files)]
        else:
            album = [{"type": "photo", "media": f"attach://p{n}"} for n in range(len(pictures))]
            told["media"] = json.dumps([album[0] | words, *album[1:]])
            files = {f"p{number}": one for number, one in enumerate(pictures)}
            sent = bot.ask("/sendMediaGroup", _is_album, data=told, files=files)
        return self._published([one["message_id"] for one in sent], sent[0].get("chat") or {})

    def _require_here(self, bot: Bot, chat_id: int) -> None:
        """Raise Rejected where a message is of another channel: this one has its number as well."""
        here: Any = self._config.chat
        if here.startswith("@"):
            try:
                here = bot.look("/getChat", chat_id=here).get("id")
            except CannotTell as error:  # of a reading, before anything was changed
                raise Unavailable(str(error)) from None
        if str(here) != str(chat_id):
            raise Rejected(
                f"Il messaggio è in un altro canale Telegram ({chat_id}), che non è più quello di "
                "TELEGRAM_CHANNEL_CHAT: non ho toccato niente. Mettilo a posto a mano in quel "
                "canale."
            )

    def _edit(self, bot: Bot, post: Post, target: int) -> None:
        told = {"chat_id": self._config.chat, "message_id": str(target), "parse_mode": "HTML"}
        try:
            if post.media:
                told["caption"] = html_of(post)
                bot.ask("/editMessageCaption", _is_message, data=told)
            else:
                told |= {"text": html_of(post)} | preview_of(post)
                bot.ask("/editMessageText", _is_message, data=told)
        except Rejected as error:
            if _UNCHANGED not in error.reason:  # else it is as it should be
                raise

    def _delete(self, bot: Bot, targets: list[int]) -> None:
        told = {"chat_id": self._config.chat, "message_ids": json.dumps(targets)}
        bot.ask("/deleteMessages", lambda result: result is True, data=told)

    def _published(self, numbers: Sequence[int], chat: dict[str, Any]) -> Published:
        """Return the proof: the numbers count within one channel, so its own goes with them."""
        named = ",".join(map(str, numbers))
        place = f"{chat['id']}:" if isinstance(chat.get("id"), int) else ""
        return Published(f"{place}{named}", self._address(numbers[0], chat))

    def _address(self, number: int, chat: dict[str, Any]) -> str:
        name = chat.get("username") or self._config.chat
        return f"https://t.me/{_place(name)}/{number}"


_MEND: Final = (
    "Controlla TELEGRAM_CHANNEL_TOKEN e TELEGRAM_CHANNEL_CHAT; nel canale il bot dev'essere "
    "amministratore e poter pubblicare, modificare e cancellare i messaggi."
)


def _place(chat: str) -> str:
    """Return where a channel is at t.me."""
    return f"c/{chat[4:]}" if chat.startswith("-100") else chat.removeprefix("@")


def _is_message(result: Any) -> bool:
    return isinstance(result, dict) and isinstance(result.get("message_id"), int)


def _is_album(result: Any) -> bool:
    return isinstance(result, list) and bool(result) and all(map(_is_message, result))
