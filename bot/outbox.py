"""Every message is committed together with what caused it, then sent: a crash loses none."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import structlog
from sqlalchemy import Column, Index
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import InlineKeyboardMarkup, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from content.people import desk
from content.store import Store, by_value, telegram_id

log = structlog.get_logger()
Keyboard: TypeAlias = Sequence[Sequence[tuple[str, str]]]
"""Rows of buttons, each a label and its callback data."""

WAIT: Final = timedelta(seconds=3)
AT_ONCE: Final = 500
LOOK_AGAIN_SECONDS: Final = 1.0
_TEXT_LENGTH: Final = 4096
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class OutboxState(StrEnum):
    """Where a message stands; SUPERSEDED gave way to a newer one before it was sent."""

    WAITING = "waiting"
    SENT = "sent"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Outgoing(SQLModel, table=True):
    """One message of the bot; `ref` names what it shows ("card:12"), so that it can be edited."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_ref", "chat_id", "ref"),
        Index("ix_outbox_queue", "state", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    chat_id: int = telegram_id()
    what: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    ref: str | None = None
    state: OutboxState = Field(sa_column=by_value(OutboxState))
    message_id: int | None = None
    created_at: datetime
    next_try_at: datetime
    problem: str | None = None


What: TypeAlias = Literal["text", "photos", "edit", "strip"]


async def say(
    session: AsyncSession,
    chat_id: int,
    text: str,
    keyboard: Keyboard = (),
    *,
    now: datetime,
    ref: str | None = None,
    reply: bool = False,
) -> None:
    """Send a text (HTML) with buttons; one still waiting under the same `ref` gives way to it.

    The buttons of an older message with this `ref` are taken away. `reply` asks Telegram to open
    the answer for the person.
    """
    if ref is not None:
        await _supersede(session, chat_id, ref)
        older = await _last_sent(session, chat_id, ref)
        if older is not None and older.payload.get("keyboard"):
            await _put(session, chat_id, "strip", {"message_id": older.message_id}, None, now)
    payload = {"text": text, "keyboard": [list(map(list, row)) for row in keyboard], "reply": reply}
    await _put(session, chat_id, "text", payload, ref, now)


async def show(
    session: AsyncSession, chat_id: int, files: Sequence[str], caption: str, *, now: datetime
) -> None:
    """Send 1 to 10 pictures, by their names in the media folder, under one caption (HTML)."""
    await _put(session, chat_id, "photos", {"files": list(files), "caption": caption}, None, now)


async def mend(
    session: AsyncSession,
    chat_id: int,
    ref: str,
    text: str,
    keyboard: Keyboard = (),
    *,
    now: datetime,
) -> None:
    """Edit the last message sent under `ref`; several edits that wait become the last one."""
    await _supersede(session, chat_id, ref, what="edit")
    payload = {"text": text, "keyboard": [list(map(list, row)) for row in keyboard]}
    await _put(session, chat_id, "edit", payload, ref, now)


class Outbox:
    """Sends what waits: each chat in order, many chats at once."""

    def __init__(
        self, store: Store, bot: ExtBot[Any], media_root: Path, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._bot, self._media_root, self._clock = store, bot, media_root, clock
        self._bell = asyncio.Event()
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def nudge(self) -> None:
        """Say that something may be waiting."""
        self._bell.set()

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                self._bell.clear()
                await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), LOOK_AGAIN_SECONDS)
        finally:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until nothing is being sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        async with self._store.reading() as session:
            query = (
                select(Outgoing)
                .where(
                    Outgoing.state == OutboxState.WAITING,
                    col(Outgoing.chat_id).not_in(self._busy),
                )
                .order_by(col(Outgoing.id))
                .limit(AT_ONCE)
            )
            waiting = (await session.exec(query)).all()
        chats: dict[int, list[Outgoing]] = {}
        for row in waiting:
            chats.setdefault(row.chat_id, []).append(row)
        for chat_id, rows in chats.items():
            self._busy.add(chat_id)
            task = asyncio.create_task(self._chat(chat_id, rows))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _chat(self, chat_id: int, rows: Sequence[Outgoing]) -> None:
        try:
            for row in rows:
                if row.next_try_at > self._clock() or not await self._deliver(row):
                    return
        except Exception:
            log.exception("outbox_failed", chat_id=chat_id)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        finally:
            self._busy.discard(chat_id)
            self.nudge()

    async def _deliver(self, row: Outgoing) -> bool:
        """Send one message and write down how it went; False when the chat must wait."""
        try:
            message_id = await self._send(row)
        except RetryAfter as error:
            pause = error.retry_after
            seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
            await self._note(row, next_try_at=self._clock() + timedelta(seconds=seconds))
            return False
        except ChatMigrated as error:
            await self._migrate(row.chat_id, error.new_chat_id)
            return False
        except (BadRequest, Forbidden, InvalidToken) as error:
            unchanged = "not modified" in error.message.lower()
            state = OutboxState.SENT if unchanged else OutboxState.FAILED
            await self._note(row, state=state, problem=error.message)
            if not unchanged:
                log.warning("message_refused", outgoing=row.id, reason=error.message)
            return True
        except TelegramError as error:
            log.warning("telegram_unreachable", outgoing=row.id, reason=type(error).__name__)
            await self._note(row, next_try_at=self._clock() + WAIT, problem=type(error).__name__)
            return False
        await self._note(row, state=OutboxState.SENT, message_id=message_id)
        return True

    async def _send(self, row: Outgoing) -> int | None:
        said = row.payload
        match row.what:
            case "text":
                sent = await self._bot.send_message(
                    row.chat_id,
                    said["text"],
                    parse_mode="HTML",
                    reply_markup=_markup(said),
                    link_preview_options=_NO_PREVIEW,
                )
                return sent.message_id
            case "photos":
                return await self._send_photos(row.chat_id, said["files"], said["caption"])
            case "strip":
                await self._bot.edit_message_reply_markup(row.chat_id, said["message_id"])
                return None
            case _:
                return await self._edit(row)

    async def _send_photos(self, chat_id: int, files: Sequence[str], caption: str) -> int:
        pictures = [(self._media_root / name).read_bytes() for name in files]
        sent: Sequence[Message]
        if len(pictures) == 1:
            sent = [
                await self._bot.send_photo(chat_id, pictures[0], caption=caption, parse_mode="HTML")
            ]
        else:
            album = [
                InputMediaPhoto(data, caption=caption if n == 0 else None, parse_mode="HTML")
                for n, data in enumerate(pictures)
            ]
            sent = await self._bot.send_media_group(chat_id, album)
        return sent[0].message_id

    async def _edit(self, row: Outgoing) -> int | None:
        async with self._store.reading() as session:
            target = await _last_sent(session, row.chat_id, row.ref or "")
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

    async def _note(self, row: Outgoing, **values: Any) -> None:
        async with self._store.transaction() as session:
            await session.exec(update(Outgoing).where(col(Outgoing.id) == row.id).values(**values))

    async def _migrate(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup: its id changed."""
        async with self._store.transaction() as session:
            await session.exec(
                update(Outgoing)
                .where(col(Outgoing.chat_id) == old, col(Outgoing.state) == OutboxState.WAITING)
                .values(chat_id=new)
            )
            tied = await desk(session)
            if tied is not None and tied.chat_id == old:
                tied.chat_id = new
                session.add(tied)


def short(text: str, length: int = _TEXT_LENGTH) -> str:
    """Cut a plain text to a length, with an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


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


async def _put(
    session: AsyncSession,
    chat_id: int,
    what: What,
    payload: dict[str, Any],
    ref: str | None,
    now: datetime,
) -> None:
    session.add(
        Outgoing(
            chat_id=chat_id,
            what=what,
            payload=payload,
            ref=ref,
            state=OutboxState.WAITING,
            created_at=now,
            next_try_at=now,
        )
    )
    await session.flush()


async def _supersede(
    session: AsyncSession, chat_id: int, ref: str, what: What | None = None
) -> None:
    where = [
        col(Outgoing.chat_id) == chat_id,
        col(Outgoing.ref) == ref,
        col(Outgoing.state) == OutboxState.WAITING,
    ]
    if what is not None:
        where.append(col(Outgoing.what) == what)
    await session.exec(update(Outgoing).where(*where).values(state=OutboxState.SUPERSEDED))


async def _last_sent(session: AsyncSession, chat_id: int, ref: str) -> Outgoing | None:
    query = (
        select(Outgoing)
        .where(
            Outgoing.chat_id == chat_id,
            Outgoing.ref == ref,
            Outgoing.state == OutboxState.SENT,
            col(Outgoing.message_id).is_not(None),
        )
        .order_by(col(Outgoing.id).desc())
    )
    return (await session.exec(query)).first()
