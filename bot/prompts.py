"""What a moderator was asked to write in the group: the reason of a verdict, or to an author."""

from sqlmodel import Field, SQLModel, select
from telegram import Message

from bot import texts
from bot.outbox import Outgoing, last_sent
from bot.turn import Turn
from content.decisions import Verdict
from content.store import by_value, telegram_id


class Prompt(SQLModel, table=True):
    """That a moderator was asked to write; without a verdict, it is a message to the author."""

    moderator_id: int = telegram_id(primary_key=True)
    chat_id: int = telegram_id()
    submission_id: int = Field(foreign_key="submission.id")
    verdict: Verdict | None = Field(default=None, sa_column=by_value(Verdict, nullable=True))
    seen: str


def ref_of(moderator_id: int) -> str:
    """Name the question that a moderator was asked."""
    return f"prompt:{moderator_id}"


async def answered(turn: Turn) -> Prompt | None:
    """Return what a message of the group answers; None when it is for somebody else.

    A message that answers another one is for whoever wrote that; one that answers an older
    question of ours is told that it no longer counts.
    """
    message = turn.update.effective_message
    prompt = await turn.session.get(Prompt, turn.user_id)
    if message is None or prompt is None or prompt.chat_id != turn.chat_id:
        return None
    replied = _replied(message)
    if replied is None:
        return prompt
    ref = ref_of(turn.user_id)
    newest = await last_sent(turn.session, turn.chat_id, ref)
    if newest is not None and newest.message_id == replied.message_id:
        return prompt
    query = select(Outgoing.ref).where(
        Outgoing.chat_id == turn.chat_id, Outgoing.message_id == replied.message_id
    )
    refs = (await turn.session.exec(query)).all()
    if ref in refs:
        await turn.say(texts.PROMPT_OVER)
    just_sent = not refs and replied.from_user is not None and replied.from_user.is_bot
    return prompt if just_sent else None


def _replied(message: Message) -> Message | None:
    """Return the message that another answers: in a topic, all seem to answer its first one."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return None
    return replied
