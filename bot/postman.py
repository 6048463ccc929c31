"""Sends what waits in the outbox: each chat in order, many chats at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

import structlog
from sqlalchemy import bindparam
from sqlmodel import col, select, update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from bot import unheard
from bot.carrier import Carrier
from bot.outbox import LATER, OutboxState, Outgoing, Topic
from bot.rounds import Rounds
from bot.tempo import Tempo
from bot.together import Together
from bot.topics import Topics
from content.people import desk
from content.store import Store

log = structlog.get_logger()
WAIT: Final = timedelta(seconds=3)
AT_ONCE: Final = 500
_TOO_LARGE: Final = "Request Entity Too Large"
"""How Telegram describes a 413."""


class Postman(Rounds):
    """Sends until stopped; what fails in passing waits, what is refused for good is noted."""

    breath: ClassVar[float] = 0.02

    def __init__(
        self,
        store: Store,
        bot: ExtBot[Any],
        media_root: Path,
        clock: Callable[[], datetime],
        calls_per_minute: int = 0,
    ) -> None:
        """Take also how many calls a minute a group may have; 0 for any number."""
        super().__init__()
        self._store, self._clock = store, clock
        self._carrier = Carrier(store, bot, media_root)
        self._tempo = Tempo(calls_per_minute, clock)
        self._topics = Topics(store, bot, clock, self._tempo)
        self._astray: set[int] = set()
        self._notes = Together(self._write_down)
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Begin with every chat for which something waits."""
        seen: set[int] = set()
        more = True
        while more:
            async with self._store.reading() as session:
                query = (
                    select(Outgoing)
                    .where(
                        Outgoing.state == OutboxState.WAITING,
                        col(Outgoing.chat_id).not_in(self._busy | seen),
                    )
                    .order_by(col(Outgoing.id))
                    .limit(AT_ONCE)
                )
                waiting = (await session.exec(query)).all()
            chats: dict[int, list[Outgoing]] = {}
            for row in waiting:
                chats.setdefault(row.chat_id, []).append(row)
            for chat_id, rows in chats.items():
                self._begin(chat_id, rows)
            seen.update(chats)
            more = len(waiting) == AT_ONCE  # of a few chats, perhaps: there may be others

    def _begin(self, chat_id: int, rows: list[Outgoing]) -> None:
        """Send what waits for a chat, if it is not to wait longer."""
        rows.sort(key=lambda row: (bool(row.payload.get(LATER)), row.id))
        if rows[0].next_try_at > self._clock():  # what comes after it waits too
            return
        if not self._tempo.free(chat_id):
            return
        self._busy.add(chat_id)
        task = asyncio.create_task(self._chat(chat_id, rows))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for what is being sent; the rest waits in the outbox."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _chat(self, chat_id: int, rows: Sequence[Outgoing]) -> None:
        try:
            for row in rows:
                if (
                    self._stopping
                    or row.next_try_at > self._clock()
                    or not self._tempo.free(chat_id)
                    or not await self._deliver(row)
                ):
                    return
        except Exception:
            log.exception("outbox_failed", chat_id=chat_id)
            await asyncio.sleep(self.every)
        finally:
            self._busy.discard(chat_id)
            self.nudge()

    async def _deliver(self, row: Outgoing) -> bool:
        """Send one message and write down how it went; False when the chat must wait."""
        try:
            message_id = await self._carrier.carry(row, await self._thread(row))
            if message_id is not None or row.what == "strip":
                self._tempo.count(row.chat_id)
        except RetryAfter as error:
            pause = error.retry_after
            seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
            until = self._clock() + timedelta(seconds=seconds)
            self._tempo.hold(row.chat_id, until)
            await self._note(row, next_try_at=until)
            return False
        except ChatMigrated as error:
            await self._migrate(row.chat_id, error.new_chat_id)
            return False
        except TelegramError as error:
            self._tempo.count(row.chat_id)
            if _is_final(error):
                return await self._refused(row, error)
            log.warning("telegram_unreachable", outgoing=row.id, reason=type(error).__name__)
            await self._note(row, next_try_at=self._clock() + WAIT, problem=type(error).__name__)
            return False
        except FileNotFoundError:  # erased meanwhile
            await self._note(row, state=OutboxState.FAILED, problem="the file is gone")
            return True
        await self._note(row, state=OutboxState.SENT, message_id=message_id)
        return True

    async def _refused(self, row: Outgoing, error: TelegramError) -> bool:
        """Write down what Telegram refused for good; False when it is to be sent elsewhere."""
        if row.id not in self._astray and _lost_its_topic(row, error):
            await self._go_astray(row)
            return False
        unchanged = "not modified" in error.message.lower()
        state = OutboxState.SENT if unchanged else OutboxState.FAILED
        await self._note(row, state=state, problem=error.message)
        if isinstance(error, Forbidden):
            async with self._store.transaction() as session:
                await unheard.tell(session, row, now=self._clock())
        if not unchanged:
            log.warning("message_refused", outgoing=row.id, reason=error.message)
        return True

    async def _thread(self, row: Outgoing) -> int | None:
        """Return where in its group a message belongs."""
        if row.id in self._astray:
            return None
        topic = row.payload.get("topic")
        if topic is not None and row.chat_id < 0:
            return await self._topics.thread(row.chat_id, Topic(topic))
        thread: int | None = row.payload.get("thread")
        return thread

    async def _go_astray(self, row: Outgoing) -> None:
        """Let a message whose topic is gone be read outside of topics; the next finds a new one."""
        self._astray.add(row.id)
        topic = row.payload.get("topic")
        if topic is not None:
            await self._topics.forget(row.chat_id, Topic(topic))

    async def _note(self, row: Outgoing, **values: Any) -> None:
        await self._notes.add((row.id, values))

    async def _write_down(self, notes: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        async with self._store.transaction() as session:
            connection = await session.connection()
            sent = [{"number": n, "message": v["message_id"]} for n, v in notes if _is_sent(v)]
            if sent:
                await connection.execute(_SENT, sent)
            for number, values in notes:
                if not _is_sent(values):
                    mine = col(Outgoing.id) == number
                    await connection.execute(update(Outgoing).where(mine).values(**values))

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


_SENT: Final = (
    update(Outgoing)
    .where(col(Outgoing.id) == bindparam("number"))
    .values(state=OutboxState.SENT, message_id=bindparam("message"))
)


def _is_sent(values: Mapping[str, Any]) -> bool:
    """Whether a note says no more than that a message was sent."""
    return set(values) == {"state", "message_id"}


def _is_final(error: TelegramError) -> bool:
    """Whether the same call would be refused again; for the library a 413 is a bad connection."""
    final = isinstance(error, (BadRequest, Forbidden, InvalidToken))
    return final or _TOO_LARGE in error.message


def _lost_its_topic(row: Outgoing, error: TelegramError) -> bool:
    """Whether Telegram has not, or has closed, the topic that a message was for."""
    placed = "topic" in row.payload or "thread" in row.payload
    return placed and ("thread not found" in error.message or "TOPIC_" in error.message)
