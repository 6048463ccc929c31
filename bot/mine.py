"""/mie: a person's submissions, and what they can still do with each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from bot import scheda, texts
from bot.conversation import OPEN, Conversation
from bot.turn import Turn
from content import people, submissions
from content.history import Actor, NotAllowed
from content.people import Participant
from content.submissions import Submission
from content.workflow import SubmissionState

HOW_MANY: Final = 10
_CAN_WITHDRAW: Final = frozenset(
    {SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW, SubmissionState.CHANGES_REQUESTED}
)


async def show(turn: Turn) -> None:
    """/mie: list the latest, each with its state and its buttons."""
    async with turn.transaction() as session:
        person = await people.meet(session, turn.user_id, turn.user_name, now=turn.now)
        rows = await submissions.of_person(session, person, limit=HOW_MANY)
        if not rows:
            await turn.say(texts.NONE_YET)
            return
        lines, keyboard = [texts.MINE], []
        for one in rows:
            last = await submissions.latest(session, one)
            lines.append(texts.mine_line(one.receipt, last.title, one.state))
            name = one.receipt or texts.excerpt(last.title, 20)
            row = []
            if one.state in OPEN:
                verb = texts.RESUME if one.state is SubmissionState.DRAFT else texts.MODIFY
                row.append((f"{verb} {name}", f"s:revise:{one.id}"))
            if one.state in _CAN_WITHDRAW:
                row.append((f"{texts.WITHDRAW} {name}", f"s:withdraw:{one.id}"))
            if row:
                keyboard.append(row)
        await turn.say("\n".join(lines), keyboard, ref="mine")


async def revise(turn: Turn, talk: Conversation, person: Participant, one: Submission) -> str:
    """Go on with a draft, or with a case that the newsroom asks to change."""
    if one.state not in OPEN:
        return texts.NOT_OPEN
    by = Actor("participant", person.id)
    revision = await submissions.revise(turn.session, one, by=by, now=turn.now)
    talk.turn_to(one.id)
    await scheda.show(turn, talk, person, one, revision)
    return ""


async def withdraw(turn: Turn, talk: Conversation, person: Participant, one: Submission) -> str:
    """Take a case back before it is decided."""
    if one.state not in _CAN_WITHDRAW:
        return texts.NOT_OPEN
    try:
        by = Actor("participant", person.id)
        await submissions.withdraw(turn.session, one, by=by, now=turn.now)
    except NotAllowed:
        return texts.NOT_OPEN
    if talk.submission_id == one.id:
        talk.turn_to(None)
    await turn.say(texts.WITHDRAWN)
    return ""


Press: TypeAlias = Callable[[Turn, Conversation, Participant, Submission], Awaitable[str]]
BUTTONS: Final[Mapping[str, Press]] = {"revise": revise, "withdraw": withdraw}
