"""The talk inside a case: what the newsroom asks of an author, and what the author answers."""

from typing import Final

from sqlmodel import select
from telegram import Message as TelegramMessage

from bot import texts
from bot.conversation import Conversation
from bot.outbox import Keyboard, Outgoing
from bot.prompts import Prompt
from bot.prompts import ref_of as ref_of_prompt
from bot.turn import Turn
from bot.unheard import ASKED
from content import talk, withdrawals
from content.media import Medium
from content.people import Moderator, Participant
from content.submissions import Submission
from content.talk import Message

MESSAGE: Final = "message"
RETRACTION: Final = "retraction"
_ALBUM: Final = "album:"
_REF: Final = ASKED


def ref_of(message: Message) -> str:
    """Name what was said to an author, so that their reply is known as such."""
    return f"{_REF}{message.id}"


def reply_button(submission_id: int) -> Keyboard:
    """Return the button by which an author answers."""
    return [[(texts.REPLY, f"s:write:{submission_id}")]]


async def took(
    turn: Turn,
    conversation: Conversation,
    person: Participant,
    said: str,
    medium: Medium | None = None,
) -> bool:
    """Take a message that is for the newsroom; whether it was one.

    It is when it replies to what the newsroom asked, or follows the press of a button that asks
    for it. The pictures of an album go where its first one went.
    """
    message = turn.update.message
    if message is None or not (said or medium):
        return False
    case, what, continues = await _meant(turn, conversation, message)
    if case is None or case.participant_id != person.id:
        return False
    if what == RETRACTION and said:
        conversation.write_to(None)
        await _retract(turn, case, said)
        return True
    await talk.answer(turn.session, case, said, [medium] if medium else [], now=turn.now)
    album = message.media_group_id
    if album:
        conversation.write_to(case.id, f"{_ALBUM}{album}")
    elif what != RETRACTION:  # whose reason is still to come
        conversation.write_to(None)
    if not continues:
        await turn.say(texts.passed_on(case.receipt or ""))
    return True


async def prompt(turn: Turn, submission: Submission, member: Moderator, _: str) -> str:
    """A moderator wants to write to a case's author: ask for the words."""
    await turn.session.merge(
        Prompt(
            moderator_id=turn.user_id,
            chat_id=turn.chat_id,
            submission_id=submission.id,
            verdict=None,
            seen="",
        )
    )
    said = texts.ask_author(member.name, submission.receipt or "")
    await turn.say(said, reply=True, ref=ref_of_prompt(turn.user_id))
    return ""


async def put(turn: Turn, submission: Submission, member: Moderator, said: str) -> None:
    """Send a moderator's words to the author, who hears them from the newsroom."""
    await talk.ask(turn.session, submission, member, said, now=turn.now)
    await turn.say(texts.ASKED_AUTHOR)


async def _retract(turn: Turn, case: Submission, reason: str) -> None:
    asked = await withdrawals.ask_retraction(
        turn.session, case, reason, texts.HELD_FOR_RETRACTION, now=turn.now
    )
    if asked is None:
        await talk.answer(turn.session, case, reason, now=turn.now)
    await turn.say(texts.RETRACTION_ASKED if asked else texts.RETRACTION_ASKED_BEFORE)


async def _meant(
    turn: Turn, conversation: Conversation, message: TelegramMessage
) -> tuple[Submission | None, str, bool]:
    """Return the case that a message is for, as what, and whether it continues an album."""
    case_id, what = conversation.writing_to, conversation.writing or MESSAGE
    album = what.removeprefix(_ALBUM) if what.startswith(_ALBUM) else None
    if album is not None and album != message.media_group_id:
        conversation.write_to(None)
        case_id, album = None, None
    replied = await _replied_to(turn, message)
    if replied is not None and replied != case_id:
        case_id, what, album = replied, MESSAGE, None
    case = await turn.session.get(Submission, case_id) if case_id is not None else None
    return case, what, album is not None


async def _replied_to(turn: Turn, message: TelegramMessage) -> int | None:
    """Return the case of the question that a message replies to, None when it replies to none."""
    if message.reply_to_message is None:
        return None
    query = select(Outgoing.ref).where(
        Outgoing.chat_id == turn.chat_id,
        Outgoing.message_id == message.reply_to_message.message_id,
    )
    for ref in (await turn.session.exec(query)).all():
        if ref is not None and ref.startswith(_REF):
            said = await turn.session.get(Message, int(ref.removeprefix(_REF)))
            return said.submission_id if said else None
    return None
