"""What people let the newsroom do with what they send: the notice comes before anything else."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from telegram import Message

from bot import mydata, pace, texts
from bot.conversation import conversation
from bot.outbox import Keyboard, said_since
from bot.turn import Newsroom, Turn
from content import consents, limits, people, privacy
from content.consents import EBOOK
from content.people import Participant


async def say_privacy(turn: Turn) -> None:
    """/privacy: the notice, with what the person chose and may change."""
    async with turn.transaction() as session:
        person = await turn.person()
        if await people.consented(session, person):
            text, keyboard = await _choices(turn, person)
            await turn.say(text, keyboard, ref="notice")
        else:
            await ask(turn, "")


async def ask(turn: Turn, opening: str) -> None:
    """Show the notice after some words, and ask for consent."""
    parts = (opening, _notice(turn.newsroom), texts.TO_BEGIN)
    keyboard = [[(texts.ACCEPT, "c:accept")], [(texts.CHOOSE, "c:choose")]]
    await turn.say("\n\n".join(part for part in parts if part), keyboard, ref="notice")


async def admitted(turn: Turn) -> Participant | None:
    """Return the person if they may be heard; else tell them what is needed, keeping the update."""
    person = await turn.person()
    if person.blocked_at is not None:
        if not await said_since(turn.session, turn.chat_id, "blocked", person.blocked_at):
            await turn.say(texts.BLOCKED, ref="blocked")
        return None
    if not await people.consented(turn.session, person):
        turn.hold()
        await ask(turn, texts.HELD)
        return None
    said = turn.update.message or turn.update.edited_message  # which comes after what it corrects
    if said is not None and (
        await pace.is_held_back(turn) or await _has_too_many_drafts(turn, person)
    ):
        return None
    return person


async def pressed(turn: Turn) -> None:
    """A press on the notice or on what comes from it: `c:<what>[:<which>]`."""
    query = turn.update.callback_query
    _, what, which, *_ = f"{query.data if query else ''}::".split(":")
    act = _ACTS.get(what)
    if act is None:
        async with turn.transaction():
            note = texts.UNKNOWN_BUTTON
    else:
        note = await act(turn, which)
    await turn.answer(note, alert=bool(note))


async def _accept(turn: Turn, _: str) -> str:
    """Accept the notice with all its purposes; what was held is then read."""
    async with turn.transaction() as session:
        person = await turn.person()
        purposes = _purposes(turn.newsroom)
        fresh = await consents.accept(session, person, purposes, now=turn.now)
        await _accepted(turn, fresh)
    return ""


async def _accept_choice(turn: Turn, _: str) -> str:
    """Accept the notice with the purposes that were chosen one by one."""
    async with turn.transaction() as session:
        person = await turn.person()
        await _accepted(turn, await people.consent(session, person, now=turn.now))
    return ""


async def _accepted(turn: Turn, fresh: bool) -> None:
    waiting = await turn.let_go_held()
    if not fresh:
        await turn.say(texts.ALREADY_CONSENTED)
        return
    await turn.mend("notice", _notice(turn.newsroom))
    if waiting:
        await turn.say(texts.CONSENTED_WITH_HELD)
    else:
        await turn.say(texts.CONSENTED, [[(texts.GUIDE_ME, "g:begin")]])


async def _choose(turn: Turn, _: str) -> str:
    """Show the purposes, each with its button."""
    async with turn.transaction():
        person = await turn.person()
        await turn.mend("notice", *await _choices(turn, person))
    return ""


async def _toggle(turn: Turn, purpose: str) -> str:
    """Give consent to one purpose, or take it back and call off what was planned."""
    newsroom, note = turn.newsroom, ""
    if purpose not in _purposes(newsroom):
        async with turn.transaction():
            return texts.UNKNOWN_BUTTON
    async with turn.transaction() as session:
        person = await turn.person()
        page = newsroom.page_channel
        if purpose in await consents.given(session, person.id):
            count = await privacy.withhold(session, person, purpose, page, now=turn.now)
            note = texts.PAGE_NEEDED if purpose == page else texts.called_off(count)
        else:
            await consents.give(session, person, [purpose], now=turn.now)
        await turn.mend("notice", *await _choices(turn, person))
    newsroom.happened()
    return note


async def _toggle_ai(turn: Turn, _: str) -> str:
    """Let no model read what the person sends, or let it again."""
    async with turn.transaction() as session:
        person = await turn.person()
        refused = person.ai_refused_at is None
        await consents.refuse_ai(session, person, refused, now=turn.now)
        await turn.mend("notice", *await _choices(turn, person))
    return ""


async def _choices(turn: Turn, person: Participant) -> tuple[str, Keyboard]:
    """Return the notice with a button for each purpose, and one to accept where it is not yet."""
    newsroom = turn.newsroom
    allowed = await consents.given(turn.session, person.id)
    rows = [
        [(_tick(name in allowed, _name(newsroom, name)), f"c:for:{name}")]
        for name in _purposes(newsroom)
    ]
    if newsroom.model:
        rows.append([(_tick(person.ai_refused_at is None, texts.AI_READS), "c:ai")])
    if not await people.consented(turn.session, person):
        rows.append([(texts.ACCEPT_CHOICE, "c:chosen")])
    return f"{_notice(newsroom)}\n\n{texts.YOUR_CHOICES}", rows


async def _has_too_many_drafts(turn: Turn, person: Participant) -> bool:
    """Whether a message would open one draft too many; then the person is told."""
    most, message = turn.newsroom.limits, turn.update.message
    talk = await conversation(turn.session, turn.user_id)
    busy = talk.submission_id is not None or talk.writing_to is not None
    if most is None or busy or not _begins(message):
        return False
    if await limits.may_begin(turn.session, person, most):
        return False
    await turn.say(texts.TOO_MANY_DRAFTS.format(most.drafts))
    return True


def _begins(message: Message | None) -> bool:
    """Whether a message would be the first of a draft, and no command or answer."""
    if message is None or message.reply_to_message is not None:
        return False
    return not (message.text or "").startswith("/")


def _purposes(newsroom: Newsroom) -> list[str]:
    return [*newsroom.publishers, EBOOK]


def _name(newsroom: Newsroom, purpose: str) -> str:
    return texts.EBOOK_NAME if purpose == EBOOK else newsroom.label(purpose)


def _tick(given: bool, label: str) -> str:
    return (texts.GIVEN if given else texts.NOT_GIVEN).format(label)


def _notice(newsroom: Newsroom) -> str:
    outlets = [_name(newsroom, one) for one in _purposes(newsroom)]
    return texts.privacy(outlets, ai=newsroom.model)


_ACTS: Final[Mapping[str, Callable[[Turn, str], Awaitable[str]]]] = {
    "accept": _accept,
    "choose": _choose,
    "chosen": _accept_choice,
    "for": _toggle,
    "ai": _toggle_ai,
    "go": pace.go_on,
    "erase": mydata.erase,
    "keep": mydata.keep,
}
