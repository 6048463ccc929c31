"""Order in the house: who is heard no more, and groups that the bot was added to by mistake."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlmodel import select
from telegram import ChatMember

from bot import texts
from bot.outbox import said_since
from bot.turn import Turn
from content import blocks, people
from content.history import Actor
from content.people import Moderator, Participant
from content.submissions import Submission

Handle = Callable[[Turn], Awaitable[None]]
_LONGEST_ID: Final = 15
_IN: Final = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)


async def block(turn: Turn) -> None:
    """/blocca <receipt|@id> reason: a person is heard no more, and told so once if they write."""
    who, _, reason = _said(turn).partition(" ")
    async with turn.transaction():
        member, person = await _both(turn, who)
        if member is None:
            return
        if person is None or not reason.strip():
            await turn.say(texts.BLOCK_USAGE)
            return
        by = Actor("moderator", member.id)
        done = await blocks.block(turn.session, person, reason.strip(), by=by, now=turn.now)
        await turn.say(texts.blocked(person.name, who) if done else texts.BLOCKED_ALREADY)


async def unblock(turn: Turn) -> None:
    """/sblocca <receipt|@id>: a person is heard again."""
    who = _said(turn).partition(" ")[0]
    async with turn.transaction():
        member, person = await _both(turn, who)
        if member is None:
            return
        if person is None:
            await turn.say(texts.BLOCK_USAGE)
            return
        done = await blocks.unblock(
            turn.session, person, by=Actor("moderator", member.id), now=turn.now
        )
        await turn.say(texts.unblocked(person.name) if done else texts.NOT_BLOCKED)


async def joined(turn: Turn) -> None:
    """The bot was added to a group or taken out: in a stranger's group it says one sentence."""
    change = turn.update.my_chat_member
    assert change is not None
    came = change.new_chat_member.status in _IN and change.old_chat_member.status not in _IN
    async with turn.transaction() as session:
        tied = await people.desk(session)
        ours = tied is not None and tied.chat_id == turn.chat_id
        if not came or ours or change.chat.type not in ("group", "supergroup"):
            return
        if await people.moderator(session, turn.user_id) is not None:
            return  # who ties it will write /collega
        if not await said_since(session, turn.chat_id, "stranger"):
            await turn.say(texts.STRANGER_GROUP, ref="stranger")


def at_the_desk(handle: Handle) -> Handle:
    """Return a handler that hears the moderators' group alone, and passes over all others."""

    async def heard(turn: Turn) -> None:
        async with turn.newsroom.store.reading() as session:
            tied = await people.desk(session)
        if tied is not None and tied.chat_id == turn.chat_id:
            await handle(turn)

    return heard


async def _both(turn: Turn, who: str) -> tuple[Moderator | None, Participant | None]:
    """Return the moderator who writes, told if they are none, and the person they name."""
    member = await people.moderator(turn.session, turn.user_id)
    if member is None:
        await turn.say(texts.ONLY_MODERATORS_HERE)
        return None, None
    return member, await _named(turn, who)


async def _named(turn: Turn, who: str) -> Participant | None:
    """Return the person with a Telegram id (@123), or the author of the case with a receipt."""
    number = who.removeprefix("@")
    if who != number:
        digits = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID
        return await people.participant(turn.session, int(number)) if digits else None
    query = select(Submission).where(Submission.receipt == who)
    case = (await turn.session.exec(query)).first()
    return await turn.session.get(Participant, case.participant_id) if case else None


def _said(turn: Turn) -> str:
    message = turn.update.effective_message
    return ((message.text if message else "") or "").partition(" ")[2].strip()
