"""Guidami: a person who prefers it is led by one question at a time."""

from bot import scheda, steps, texts
from bot.conversation import Conversation, conversation, open_draft
from bot.outbox import Keyboard
from bot.rights import admitted
from bot.turn import Turn
from content import attachments, limits, submissions
from content.history import Actor
from content.people import Participant
from content.submissions import Revision


def button() -> Keyboard:
    """Return the button that begins."""
    return [[(texts.GUIDE_ME, "g:begin")]]


async def begin(turn: Turn) -> None:
    """/guidami: set the draft aside and ask the first question."""
    async with turn.transaction() as session:
        if await admitted(turn) is not None:
            await _begin(turn, await conversation(session, turn.user_id))


async def pressed(turn: Turn) -> None:
    """A press on a question's button: `g:begin`, `g:kind:<kind>` or `g:next:<submission>`."""
    query = turn.update.callback_query
    _, what, which, *_ = f"{query.data if query else ''}::".split(":")
    note = ""
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        if what == "begin":
            await _begin(turn, talk)
        elif what == "kind" and talk.guide == "kind":
            note = await _choose_kind(turn, talk, person, which)
        elif what == "next" and talk.guide in steps.OPTIONAL and which == str(talk.submission_id):
            talk.guide = steps.following(talk.guide or "")
            note = await _go_on(turn, talk, person)
        else:
            note = texts.UNKNOWN_BUTTON
    await turn.answer(note, alert=bool(note))


async def _begin(turn: Turn, talk: Conversation) -> None:
    had = await open_draft(turn.session, talk)
    if had and await _is_empty(turn, had[1]):
        had = None  # it goes on being theirs to fill
    else:
        talk.turn_to(None)
    talk.guide = steps.STEPS[0]
    question = texts.guide_question(1, len(steps.STEPS), talk.guide)
    labels = [(label.capitalize(), f"g:kind:{kind}") for kind, label in texts.KINDS.items()]
    said = f"{texts.GUIDE_OLD_KEPT}\n\n{question}" if had else question
    await turn.say(said, scheda.in_pairs(labels), ref="guide")


async def _is_empty(turn: Turn, revision: Revision) -> bool:
    if revision.text or revision.title or revision.organisation or revision.place:
        return False
    return not await attachments.of(turn.session, revision.id)


async def _choose_kind(turn: Turn, talk: Conversation, person: Participant, which: str) -> str:
    """Open the draft with the kind that was chosen."""
    kind, most = scheda.kind_of(which), turn.newsroom.limits
    if kind is None:
        return texts.UNKNOWN_BUTTON
    left = await open_draft(turn.session, talk)
    if left is None and most is not None and not await limits.may_begin(turn.session, person, most):
        await turn.say(texts.TOO_MANY_DRAFTS.format(most.drafts))
        return ""
    submission, revision = left or await submissions.begin(turn.session, person, now=turn.now)
    by = Actor("participant", person.id)
    await submissions.write(
        turn.session, revision, {"kind": kind}, by=by, now=turn.now, chosen=True
    )
    talk.turn_to(submission.id)
    talk.guide = steps.following("kind")
    return await _go_on(turn, talk, person)


async def _go_on(turn: Turn, talk: Conversation, person: Participant) -> str:
    draft = await open_draft(turn.session, talk)
    if draft is None:
        return texts.NOT_OPEN
    await scheda.show(turn, talk, person, *draft)
    return ""
