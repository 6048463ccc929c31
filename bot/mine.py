"""/mie: a person's submissions, a page at a time."""

from typing import Final

from bot import case, texts
from bot.outbox import Keyboard
from bot.turn import Turn
from content import cases, submissions
from content.people import Participant
from content.store import row_id
from content.submissions import Submission
from content.workflow import SubmissionState

A_PAGE: Final = 5
_REF: Final = "mine"


async def show(turn: Turn) -> None:
    """/mie: list the latest, each with its state and its button."""
    async with turn.transaction():
        said, keyboard = await _page(turn, await turn.person(), 0)
        await turn.say(said, keyboard, ref=_REF)


async def pressed(turn: Turn) -> None:
    """A press on the list: `m:page:<page>`, or `m:case:<submission>:<page>`."""
    query = turn.update.callback_query
    _, what, number, page, *_ = f"{query.data if query else ''}:::".split(":")
    note = ""
    async with turn.transaction() as session:
        person = await turn.person()
        if what == "page":
            await turn.mend(_REF, *await _page(turn, person, row_id(number)))
        else:
            one = await session.get(Submission, row_id(number))
            if one is None or one.participant_id != person.id or one.receipt is None:
                note = texts.NO_SUCH_CASE
            else:
                await turn.mend(_REF, *await case.face(turn, one, row_id(page)))
    await turn.answer(note, alert=bool(note))


async def _page(turn: Turn, person: Participant, page: int) -> tuple[str, Keyboard]:
    """Return a page of a person's list, the last one where there are not so many."""
    rows, count = await cases.of_person(turn.session, person, offset=page * A_PAGE, limit=A_PAGE)
    if not count:
        return texts.NONE_YET, []
    pages = -(-count // A_PAGE)
    if page >= pages:
        return await _page(turn, person, pages - 1)
    lines, keyboard = [], []
    for one in rows:
        last = await submissions.latest(turn.session, one)
        _, state = await case.standing(turn, one)
        lines.append(texts.mine_line(one.receipt, last.title, state))
        if one.state is SubmissionState.DRAFT:
            keyboard.append([(texts.resume_button(last.title), f"s:revise:{one.id}")])
        else:
            label = texts.mine_button(one.receipt, last.title)
            keyboard.append([(label, f"m:case:{one.id}:{page}")])
    turns = [(texts.NEWER, page - 1)] if page else []
    turns += [(texts.OLDER, page + 1)] if page + 1 < pages else []
    if turns:
        keyboard.append([(label, f"m:page:{to}") for label, to in turns])
    return texts.mine(lines, page, pages), keyboard
