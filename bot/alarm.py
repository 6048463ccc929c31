"""Tells the moderators that something is late, without asking the worker that is stuck."""

from datetime import timedelta
from typing import ClassVar, Final

import structlog

from bot import outbox, texts
from bot.outbox import Topic
from bot.rounds import Rounds
from bot.turn import Newsroom
from content import sending
from content.people import desk

log = structlog.get_logger()
REF: Final = "alarm:late"


class Alarm(Rounds):
    """Looks at the clock by itself; says once that posts are late, and once that they are not."""

    every: ClassVar[float] = 20.0

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__()
        self._newsroom = newsroom
        self._raised = False

    async def look(self) -> None:
        """Raise the alarm when something is late, take it back when nothing is any more."""
        now = self._newsroom.clock()
        async with self._newsroom.store.reading() as session:
            late = await sending.overdue(session, list(self._newsroom.publishers), now=now)
        if (late >= sending.LATE) is self._raised:
            return
        self._raised = not self._raised
        minutes = int(late / timedelta(minutes=1))
        text = texts.late(minutes) if self._raised else texts.LATE_NO_MORE
        async with self._newsroom.store.transaction() as session:
            group = await desk(session)
            if group is not None:
                await outbox.say(session, group.chat_id, text, now=now, topic=Topic.TROUBLE)
        self._newsroom.said()
        log.warning("late", minutes=minutes, raised=self._raised)
