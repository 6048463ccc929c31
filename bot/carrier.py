"""Carries one message of the outbox to Telegram, by the call that it asks for."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from telegram import InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.ext import ExtBot

from bot.outbox import Outgoing, last_sent
from content.store import Store
from publishers.pictures import fitting

_MAX_PICTURE: Final = 10 * 1024 * 1024
"""https://core.telegram.org/bots/api#sendphoto"""
_MAX_CALL: Final = 45 * 1024 * 1024
"""Of the 50 MB of a call: https://core.telegram.org/bots/api#sending-files"""
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class Carrier:
    """Makes the calls; what Telegram answers is raised as it is."""

    def __init__(self, store: Store, bot: ExtBot[Any], media_root: Path) -> None:
        self._store, self._bot, self._media_root = store, bot, media_root

    async def carry(self, row: Outgoing, thread: int | None) -> int | None:
        """Do what a row says, in a thread of its chat; return the message sent or edited."""
        said = row.payload
        match row.what:
            case "text":
                sent = await self._bot.send_message(
                    row.chat_id,
                    said["text"],
                    parse_mode="HTML",
                    reply_markup=_markup(said),
                    link_preview_options=_NO_PREVIEW,
                    message_thread_id=thread,
                )
                return sent.message_id
            case "photos":
                return await self._send_photos(row.chat_id, thread, said["files"], said["caption"])
            case "document":
                path = self._media_root / said["file"]
                handed = await self._bot.send_document(
                    row.chat_id,
                    path.read_bytes(),
                    filename=said["name"],
                    caption=said["caption"] or None,
                    parse_mode="HTML",
                    message_thread_id=thread,
                )
                return handed.message_id
            case "strip":
                await self._bot.edit_message_reply_markup(row.chat_id, said["message_id"])
                return None
            case _:
                return await self._edit(row)

    async def _send_photos(
        self, chat_id: int, thread: int | None, files: Sequence[str], caption: str
    ) -> int:
        most = min(_MAX_PICTURE, _MAX_CALL // len(files))
        pictures = await asyncio.to_thread(self._fitting, files, most)
        sent: Sequence[Message]
        if len(pictures) == 1:
            sent = [
                await self._bot.send_photo(
                    chat_id,
                    pictures[0],
                    caption=caption,
                    parse_mode="HTML",
                    message_thread_id=thread,
                )
            ]
        else:
            album = [
                InputMediaPhoto(data, caption=caption if n == 0 else None, parse_mode="HTML")
                for n, data in enumerate(pictures)
            ]
            sent = await self._bot.send_media_group(chat_id, album, message_thread_id=thread)
        return sent[0].message_id

    def _fitting(self, files: Sequence[str], most: int) -> list[bytes]:
        """Return pictures as Telegram takes them: people decide by what they see."""
        return [fitting((self._media_root / name).read_bytes(), "", most)[0] for name in files]

    async def _edit(self, row: Outgoing) -> int | None:
        async with self._store.reading() as session:
            target = await last_sent(session, row.chat_id, row.ref or "")
        if target is None or target.message_id is None:
            return None
        await self._bot.edit_message_text(
            row.payload["text"],
            row.chat_id,
            target.message_id,
            parse_mode="HTML",
            reply_markup=_markup(row.payload),
            link_preview_options=_NO_PREVIEW,
        )
        return target.message_id


def _markup(said: Mapping[str, Any]) -> Any:
    if said.get("reply"):
        return {"force_reply": True, "selective": False}
    if not said.get("keyboard"):
        return None
    return InlineKeyboardMarkup.de_json(
        {
            "inline_keyboard": [
                [{"text": label, "callback_data": data} for label, data in row]
                for row in said["keyboard"]
            ]
        },
        None,
    )
