"""Who answers an alarm about a doubt with the post's link says that it is out, and where."""

from typing import Final

from sqlmodel import select

from bot import texts
from bot.outbox import Outgoing
from bot.turn import Turn
from content import doubts, people
from content.deliveries import Operation
from content.history import Actor, NotAllowed
from content.posts import FrozenPost
from content.readiness import MENDING
from content.store import row_id
from publishers.witness import NoLink, seen

_ALARM: Final = "trouble:"
_ADDRESS: Final = "://"


async def answered(turn: Turn, said: str) -> bool:
    """Take a message of the group that answers such an alarm with links; whether it was one."""
    links = " ".join(word for word in said.split() if _ADDRESS in word)
    member = await people.moderator(turn.session, turn.user_id)
    group = await people.desk(turn.session)
    if not links or member is None or group is None or group.chat_id != turn.chat_id:
        return False
    operation = await _asked_about(turn)
    if operation is None or operation.action in MENDING:
        return False
    frozen = await turn.session.get_one(FrozenPost, operation.post_id)
    publisher = turn.newsroom.publishers.get(operation.channel)
    by = Actor("moderator", member.id)
    try:
        proof = seen(publisher, frozen, links)
        await doubts.confirm(
            turn.session, operation.id, proof.remote_id, proof.permalink, by=by, now=turn.now
        )
    except NoLink:
        await turn.say(texts.BAD_LINK)
    except NotAllowed:
        await turn.say(texts.ALREADY_SOLVED)
    else:
        await turn.say(texts.SEEN_THERE)
    return True


async def _asked_about(turn: Turn) -> Operation | None:
    """Return the operation of the alarm that a message answers, None when it answers none."""
    message = turn.update.effective_message
    if message is None or message.reply_to_message is None:
        return None
    query = select(Outgoing.ref).where(
        Outgoing.chat_id == turn.chat_id,
        Outgoing.message_id == message.reply_to_message.message_id,
    )
    for ref in (await turn.session.exec(query)).all():
        if ref is not None and ref.startswith(_ALARM):
            return await turn.session.get(Operation, row_id(ref.removeprefix(_ALARM)))
    return None
