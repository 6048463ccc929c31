"""Authors who cannot be reached: who waits for their answer is told so."""

from datetime import datetime
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import outbox, texts
from bot.outbox import Outgoing, Topic
from content.people import desk
from content.store import row_id
from content.submissions import Submission
from content.talk import Message

CHANGES: Final = "changes:"
ASKED: Final = "talk:"
"""With what the refs of messages begin to which the newsroom waits for an answer."""


async def tell(session: AsyncSession, unsent: Outgoing, *, now: datetime) -> None:
    """Tell the moderators of a question that its author did not get; of all else nobody waits."""
    kind, number, *_ = f"{unsent.ref or ''}:".split(":")
    case: Submission | None = None
    if f"{kind}:" == CHANGES:
        case = await session.get(Submission, row_id(number))
    elif f"{kind}:" == ASKED:
        message = await session.get(Message, row_id(number))
        case = await session.get(Submission, message.submission_id) if message else None
    group = await desk(session)
    if case is not None and group is not None:
        text = texts.author_unreached(case.receipt or "")
        await outbox.say(session, group.chat_id, text, now=now, topic=Topic.REVIEW)
