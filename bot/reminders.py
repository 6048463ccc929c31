"""Reminds people, once and at a polite hour, of a draft that they left half way."""

from typing import ClassVar

from bot import outbox, texts
from bot.rounds import Rounds
from bot.turn import Newsroom
from content import reminders, submissions


class Reminders(Rounds):
    """Looks now and then; what was said is committed with the mark that it was."""

    every: ClassVar[float] = 60.0

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__()
        self._newsroom = newsroom

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
