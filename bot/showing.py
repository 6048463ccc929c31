"""Media sent to a chat: pictures together, each other file by itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import outbox, texts
from bot.outbox import Topic
from content.media import Medium, MediumKind

MOST_BYTES: Final = 49 * 1024 * 1024
"""Telegram takes 50 MB from a bot: https://core.telegram.org/bots/api#sending-files"""
_ALBUM: Final = 10


async def send(
    session: AsyncSession,
    chat_id: int,
    media: Iterable[Mapping[str, Any]],
    caption: str,
    *,
    now: datetime,
    topic: Topic | None = None,
) -> None:
    """Send the media of a piece, in order within their kinds.

    For what is too large for Telegram stands its poster, or a sentence.
    """
    known = [Medium.model_validate(one) for one in media]
    pictures = [one.file_name for one in known if one.kind is MediumKind.PICTURE]
    for at in range(0, len(pictures), _ALBUM):
        await outbox.show(
            session, chat_id, pictures[at : at + _ALBUM], caption, now=now, topic=topic
        )
    for one in known:
        if one.kind is MediumKind.PICTURE:
            continue
        name = one.name or one.file_name
        if (one.size or 0) <= MOST_BYTES:
            ref = f"file:{one.sha256}"
            await outbox.hand(
                session, chat_id, one.file_name, name, caption, now=now, ref=ref, topic=topic
            )
        elif one.poster_name:
            said = texts.too_large_to_show(caption, name)
            await outbox.show(session, chat_id, [one.poster_name], said, now=now, topic=topic)
        else:
            await outbox.say(
                session, chat_id, texts.too_large_to_show(caption, name), now=now, topic=topic
            )
