"""Reminds people, once and at a polite hour, of a draft that they left half way."""

import asyncio
import contextlib
from typing import Final

import structlog

from bot import outbox, texts
from bot.turn import Newsroom
from content import reminders, submissions

log = structlog.get_logger()
EVERY_SECONDS: Final = 60.0


class Reminders:
    """Looks now and then; what was said is committed with the mark that it was."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    async def run(self) -> None:
        """Look again and again until stopped."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except Exception:
                log.exception("reminders_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), EVERY_SECONDS)

    async def look(self) -> None:
        """Remind of every draft that waits for it, if this is an hour to do so."""
        now = self._newsroom.clock()
        if not reminders.is_polite(now):
            return
        async with self._newsroom.store.reading() as session:
            waits = bool(await reminders.due(session, now=now))
        if not waits:
            return
        async with self._newsroom.store.transaction() as session:
            for draft, author in await reminders.due(session, now=now):
                if not await reminders.mark(session, draft, now=now):
                    continue
                title = (await submissions.latest(session, draft)).title
                with texts.speaking(author.language):
                    keyboard = [
                        [(texts.RESUME_DRAFT, f"s:revise:{draft.id}")],
                        [(texts.DISCARD, f"s:discard:{draft.id}")],
                    ]
                    said, chat = texts.reminder(title), author.telegram_id
                await outbox.say(session, chat, said, keyboard, now=now, ref=f"reminder:{draft.id}")
        self._newsroom.said()
