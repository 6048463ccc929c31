"""One submission, as its author sees it: its story, and what they can still do with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from bot import correspondence, scheda, texts
from bot.conversation import OPEN, Conversation
from bot.outbox import Keyboard
from bot.turn import Turn
from content import cases, deliveries, submissions, withdrawals
from content.articles import of_submission
from content.deliveries import Outlet
from content.history import Actor, NotAllowed
from content.people import Participant
from content.submissions import Submission
from content.workflow import SubmissionState


async def face(turn: Turn, one: Submission, page: int) -> tuple[str, Keyboard]:
    """Return what an author is shown of a sent case, and its buttons; `page` is of the list."""
    last = await submissions.latest(turn.session, one)
    shown, state = await standing(turn, one)
    outlets = [(turn.newsroom.label(outlet.channel), outlet) for outlet in shown]
    told = await cases.story(turn.session, one)
    said = texts.case(one.receipt or "", last.title, state, told, outlets)
    return said, [*_buttons(one), [(texts.BACK_TO_LIST, f"m:page:{page}")]]


async def standing(turn: Turn, one: Submission) -> tuple[list[Outlet], str]:
    """Return where a case is out, or will be, and how it stands, in words."""
    article = await of_submission(turn.session, one.id)
    if article is None or one.state is not SubmissionState.ACCEPTED:
        return [], texts.standing(one.state)
    shown = deliveries.present(await deliveries.outlets(turn.session, article.id))
    return shown, texts.standing(one.state, shown, article.state)


async def revise(turn: Turn, talk: Conversation, person: Participant, one: Submission) -> str:
    """Go on with a draft, or change what the newsroom has yet to decide on."""
    if one.state not in OPEN:
        return texts.NOT_OPEN
    by = Actor("participant", person.id)
    revision = await submissions.revise(turn.session, one, by=by, now=turn.now)
    talk.turn_to(one.id)
    await scheda.show(turn, talk, person, one, revision)
    return ""


async def add_photo(turn: Turn, talk: Conversation, person: Participant, one: Submission) -> str:
    """Go on with a case by asking for photos."""
    if one.state not in OPEN:
        return texts.NOT_OPEN
    by = Actor("participant", person.id)
    await submissions.revise(turn.session, one, by=by, now=turn.now)
    talk.turn_to(one.id)
    await turn.say(texts.ASK["photos"], [[(texts.BACK, f"s:back:{one.id}")]])
    return ""


async def leave(turn: Turn, talk: Conversation, _: Participant, one: Submission) -> str:
    """Set the changes to a sent case aside: what was sent stands."""
    if talk.submission_id == one.id:
        talk.turn_to(None)
    await turn.say(texts.LEFT, ref=f"scheda:{one.id}")
    return ""


async def ask_to_withdraw(turn: Turn, talk: Conversation, _: Participant, one: Submission) -> str:
    """Ask whether to take a case back for good or, once it is out, why."""
    number = one.receipt or ""
    if not withdrawals.may_withdraw(one):
        return texts.NOT_OPEN
    if not await withdrawals.is_out(turn.session, one):
        yes, no = (texts.SURE, f"s:drop:{one.id}"), (texts.NOT_SURE, f"s:keep:{one.id}")
        await turn.say(texts.ask_sure(number), [[yes, no]], ref=f"sure:{one.id}")
    elif await withdrawals.retraction_asked(turn.session, one):
        await turn.say(texts.RETRACTION_ASKED_BEFORE)
    else:
        talk.write_to(one.id, correspondence.RETRACTION)
        await turn.say(texts.ask_why_retract(number), [[(texts.CALL_IT_OFF, f"s:keep:{one.id}")]])
    return ""


async def withdraw(turn: Turn, talk: Conversation, person: Participant, one: Submission) -> str:
    """Take a case back, as its author confirmed."""
    if not withdrawals.may_withdraw(one):
        return texts.NOT_OPEN
    try:
        done = await withdrawals.withdraw(turn.session, one, now=turn.now)
    except NotAllowed:
        return texts.NOT_OPEN
    if not done:  # it went out meanwhile
        return await ask_to_withdraw(turn, talk, person, one)
    if talk.submission_id == one.id:
        talk.turn_to(None)
    await turn.say(texts.WITHDRAWN, ref=f"sure:{one.id}")
    return ""


async def keep(turn: Turn, talk: Conversation, _: Participant, one: Submission) -> str:
    """Leave everything as it is, unless what is not to be done was done before."""
    if one.state is SubmissionState.WITHDRAWN:
        return texts.WITHDRAWN_ALREADY
    if talk.writing_to == one.id:
        talk.write_to(None)
    elif await withdrawals.retraction_asked(turn.session, one):
        return texts.RETRACTION_ASKED_BEFORE
    await turn.say(texts.CANCELLED, ref=f"sure:{one.id}")
    return ""


async def write(turn: Turn, talk: Conversation, _: Participant, one: Submission) -> str:
    """Take the next message to the newsroom."""
    if one.state is SubmissionState.DRAFT:
        return texts.NOT_OPEN
    talk.write_to(one.id, correspondence.MESSAGE)
    keyboard = [[(texts.CALL_IT_OFF, f"s:keep:{one.id}")]]
    await turn.say(texts.ask_message(one.receipt or ""), keyboard)
    return ""


def _buttons(one: Submission) -> Keyboard:
    rows = []
    if one.state in OPEN:
        rows.append(
            [(texts.MODIFY, f"s:revise:{one.id}"), (texts.ADD_PHOTO, f"s:addphoto:{one.id}")]
        )
    rows.append([(texts.WRITE_TO_NEWSROOM, f"s:write:{one.id}")])
    if withdrawals.may_withdraw(one):
        rows.append([(texts.WITHDRAW, f"s:withdraw:{one.id}")])
    return rows


Press: TypeAlias = Callable[[Turn, Conversation, Participant, Submission], Awaitable[str]]
BUTTONS: Final[Mapping[str, Press]] = {
    "revise": revise,
    "addphoto": add_photo,
    "leave": leave,
    "withdraw": ask_to_withdraw,
    "drop": withdraw,
    "keep": keep,
    "write": write,
}
