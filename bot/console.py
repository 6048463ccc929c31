"""The way into the newsroom in the browser: a link for one of its members, once."""

from bot import texts
from bot.turn import Turn
from content import entry, people


async def link(turn: Turn) -> None:
    """/redazione: a member of the newsroom gets a one-time link."""
    async with turn.transaction() as session:
        member = await people.moderator(session, turn.user_id)
        if member is None:
            await turn.say(texts.ONLY_MODERATORS)
            return
        member.name = turn.user_name
        code = await entry.link(session, member, now=turn.now)
        address = f"{turn.newsroom.console}/entra?codice={code}"
        await turn.say(texts.console_link(address))
