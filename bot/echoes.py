"""Tells authors, once and by day, how far their piece went.

The scheduler calls this now and then, in any process: what is said is committed with its mark.
"""

from bot import outbox, texts
from bot.turn import Newsroom
from content import echoes, reminders


async def tell_reach(newsroom: Newsroom) -> None:
    """Tell each author of whose piece there is something to tell, at a polite hour."""
    now = newsroom.clock()
    if not reminders.is_polite(now):
        return
    async with newsroom.store.reading() as session:
        if not await echoes.words(session, now=now):
            return
    async with newsroom.store.transaction() as session:
        for one in await echoes.words(session, now=now):
            if not await echoes.note_told(session, one.article_id, now=now):
                continue
            named = {newsroom.label(name): told for name, told in one.channels.items()}
            with texts.speaking(one.author.language):
                text = texts.reach(one.receipt, one.title, one.whole, named)
            await outbox.say(session, one.author.telegram_id, text, now=now)
    newsroom.said()
