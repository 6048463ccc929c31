"""The topics of a moderators' group that is a forum: made once, and remembered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import Field, SQLModel, col, delete, select
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot import outbox, texts
from bot.outbox import Topic
from bot.tempo import Tempo
from content.store import Store, by_value, telegram_id

log = structlog.get_logger()
LOOK_AGAIN: Final = timedelta(minutes=5)
"""After so long a group without topics is looked at again: it may have become a forum."""
_REF: Final = "topics"


class Thread(SQLModel, table=True):
    """Which of Telegram's threads is a topic of a group."""

    __tablename__ = "topic"

    chat_id: int = telegram_id(primary_key=True)
    topic: Topic = Field(sa_column=by_value(Topic, primary_key=True))
    thread_id: int


class Topics:
    """Knows where in a group a message belongs; only the process that sends may ask."""

    def __init__(
        self, store: Store, bot: ExtBot[Any], clock: Callable[[], datetime], tempo: Tempo
    ) -> None:
        self._store, self._bot, self._clock, self._tempo = store, bot, clock, tempo
        self._known: dict[int, dict[Topic, int]] = {}
        self._look_at: dict[int, datetime] = {}

    async def thread(self, chat_id: int, topic: Topic) -> int | None:
        """Return the thread of a topic, made if need be; None where the group has no topics.

        Raises what Telegram answers when it does not know the group, or cannot be reached.
        """
        if topic not in self._known.get(chat_id, {}):
            if self._look_at.get(chat_id, self._clock()) > self._clock():
                return None
            await self._look(chat_id)
        return self._known.get(chat_id, {}).get(topic)

    async def forget(self, chat_id: int, topic: Topic) -> None:
        """Have a topic made anew: people deleted it, or closed it to the bot."""
        self._known.get(chat_id, {}).pop(topic, None)
        self._look_at.pop(chat_id, None)
        async with self._store.transaction() as session:
            mine = (col(Thread.chat_id) == chat_id, col(Thread.topic) == topic)
            await session.exec(delete(Thread).where(*mine))

    async def _look(self, chat_id: int) -> None:
        async with self._store.reading() as session:
            rows = (await session.exec(select(Thread).where(Thread.chat_id == chat_id))).all()
        known = self._known[chat_id] = {one.topic: one.thread_id for one in rows}
        missing = [topic for topic in Topic if topic not in known]
        if not missing or self._tempo.room(chat_id) <= len(missing):
            return
        self._look_at[chat_id] = self._clock() + LOOK_AGAIN
        if not (await self._bot.get_chat(chat_id)).is_forum:
            return
        for topic in missing:
            thread = await self._made(chat_id, topic)
            if thread is None:
                return
            known[topic] = thread

    async def _made(self, chat_id: int, topic: Topic) -> int | None:
        """Make a topic and write it down at once; None, said once, where the bot may not.

        https://core.telegram.org/bots/api#createforumtopic asks for can_manage_topics.
        """
        self._tempo.count(chat_id)
        try:
            made = await self._bot.create_forum_topic(chat_id, texts.TOPICS[topic])
        except BadRequest as error:
            log.warning("no_topic", topic=topic, reason=error.message)
            await self._say_why(chat_id)
            return None
        async with self._store.transaction() as session:
            row = Thread(chat_id=chat_id, topic=topic, thread_id=made.message_thread_id)
            await session.merge(row)
        return made.message_thread_id

    async def _say_why(self, chat_id: int) -> None:
        async with self._store.transaction() as session:
            if not await outbox.said_since(session, chat_id, _REF):
                now = self._clock()
                await outbox.say(session, chat_id, texts.NO_TOPICS, now=now, ref=_REF)
