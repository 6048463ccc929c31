"""A participant's conversation: from the first message to the submission."""

from typing import Any

from telegram import Message

from bot import (
    answers,
    correspondence,
    descriptions,
    guide,
    pages,
    rights,
    scheda,
    telling,
    texts,
)
from bot.conversation import Conversation, conversation, open_draft
from bot.rights import admitted
from bot.turn import Turn
from content import attachments, labs, people, places, submissions, wording
from content.cleaning import readable
from content.history import Actor
from content.links import Page
from content.people import Participant, Role


async def start(turn: Turn) -> None:
    """/start: greet, take an invitation, let into a Lab, or ask for consent."""
    code = _after_command(turn)
    async with turn.transaction() as session:
        if code.startswith("r_"):
            member = await people.redeem(
                session, code.removeprefix("r_"), turn.user_id, turn.user_name, now=turn.now
            )
            await turn.say(_welcome_to_the_newsroom(member.role if member else None))
            return
        person = await turn.person()
        lab = await _joined(turn, person, code)
        if await people.consented(session, person):
            await turn.say(f"{texts.welcome_back(person.name)}{lab}", guide.button())
        else:
            await rights.ask(turn, f"{texts.welcome(person.name)}{lab}")


async def new(turn: Turn) -> None:
    """/nuova: set the draft aside and begin another."""
    async with turn.transaction() as session:
        if await admitted(turn) is None:
            return
        talk = await conversation(session, turn.user_id)
        had = await open_draft(session, talk)
        talk.turn_to(None)
        await turn.say(texts.NEW_WITH_OLD if had else texts.NEW, guide.button())


async def say_help(turn: Turn) -> None:
    """/aiuto, or a command that nobody knows."""
    async with turn.transaction():
        await turn.say(texts.HELP)


async def text(turn: Turn) -> None:
    """A text: the answer to what was asked, or more of the story."""
    message = turn.update.effective_message
    said = readable((message.text if message else "") or "").strip()
    page = await pages.peek(turn, said)
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        if await correspondence.took(turn, talk, person, said):
            return
        await telling.follow_reply(turn, talk, person)
        talk.open_album(None)
        spot = places.place_in(said)
        if spot is not None and not any(letter.isalnum() for letter in spot.rest):
            await _placed(turn, talk, person, spot.shown)
        elif talk.submission_id is not None and answers.is_answer(talk.awaiting, said):
            await _answered(turn, talk, person, said)
        else:
            await _told(turn, talk, person, said, page)


async def place(turn: Turn) -> None:
    """A place on the map, or one with a name: where the draft's story happens."""
    message = turn.update.effective_message
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None or message is None:
            return
        talk = await conversation(session, turn.user_id)
        await _placed(turn, talk, person, _where(message))


async def unsupported(turn: Turn) -> None:
    """Something that is neither words nor a file: say so, and what is safe."""
    message = turn.update.effective_message
    async with turn.transaction() as session:
        if await admitted(turn) is None:
            return
        said = texts.NO_TEXT_IN_IT
        if message is not None and message.contact:
            said = texts.NO_CONTACTS
        elif message is not None and (message.sticker or message.dice):
            said = texts.JUST_WORDS
        draft = await open_draft(session, await conversation(session, turn.user_id))
        if draft is not None:
            media = await attachments.of(session, draft[1].id)
            photos = sum(one.is_picture for one in media)
            safe = texts.kept(bool(draft[1].text), photos, len(media) - photos)
            said = f"{said} {safe}".strip()
        await turn.say(said)


async def _told(
    turn: Turn, talk: Conversation, person: Participant, said: str, page: Page | None = None
) -> None:
    draft = await open_draft(turn.session, talk)
    if draft is None and not any(letter.isalnum() for letter in said):
        await turn.say(texts.EMPTY_ANSWER)
        return
    submission, revision = await telling.draft(turn, talk, person)
    notice = await telling.add_words(turn, revision, person, said)
    found, offered = await pages.use(turn, revision, person, page)
    notice = "\n\n".join(one for one in (notice, found) if one)
    await scheda.show(turn, talk, person, submission, revision, notice=notice, more=offered)


async def _placed(turn: Turn, talk: Conversation, person: Participant, where: str) -> None:
    submission, revision = await telling.draft(turn, talk, person)
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, {"place": where}, by=by, now=turn.now)
    await scheda.show(turn, talk, person, submission, revision, notice=texts.PLACE_KEPT)


async def _answered(turn: Turn, talk: Conversation, person: Participant, said: str) -> None:
    draft = await open_draft(turn.session, talk)
    if draft is None or talk.awaiting is None:
        await _told(turn, talk, person, said)
        return
    if talk.awaiting == descriptions.AWAITING:
        await descriptions.answered(turn, talk, person, draft, said)
        return
    submission, revision = draft
    answer = answers.understand(talk.awaiting, said)
    if answer.refusal:
        talk.ask(talk.awaiting, list(answer.options))
        names = [_name_of(one, said) for one in answer.options]
        await turn.say(answer.refusal, scheda.choices(submission.id, names, answer.options))
        return
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, answer.values, by=by, now=turn.now, chosen=True)
    message = turn.update.effective_message
    number = message.message_id if message else None
    await wording.answer(turn.session, revision, talk.awaiting, said, number)
    if "text" in answer.values:
        await telling.recognise_again(turn, revision, person)
    await scheda.show(turn, talk, person, submission, revision)


def _where(message: Message) -> str:
    """Return a place by its name and address, or by its coordinates."""
    if message.venue is not None:
        return ", ".join(one for one in (message.venue.title, message.venue.address) if one)
    spot = message.location
    return f"{spot.latitude:.5f}, {spot.longitude:.5f}" if spot else ""


def _name_of(choice: dict[str, Any], said: str) -> str:
    name, province = choice["organisation"], choice["province"]
    if province is None:
        return texts.use_as_written(said)
    return f"{name} ({province})"


async def _joined(turn: Turn, person: Participant, code: str) -> str:
    """Let a person into the Lab whose link they followed; return what they are told of it."""
    if not code.startswith(labs.PREFIX):
        return ""
    lab = await labs.find(turn.session, code.removeprefix(labs.PREFIX))
    if lab is None:
        return f"\n\n{texts.NO_SUCH_LAB}"
    await labs.join(turn.session, person, lab, now=turn.now)
    return f"\n\n{texts.joined(lab)}"


def _after_command(turn: Turn) -> str:
    message = turn.update.effective_message
    words = ((message.text if message else "") or "").split(maxsplit=1)
    return words[1].strip() if len(words) > 1 else ""


def _welcome_to_the_newsroom(role: Role | None) -> str:
    match role:
        case Role.ADMINISTRATOR:
            return texts.WELCOME_ADMINISTRATOR
        case Role.CHIEF_EDITOR:
            return texts.WELCOME_CHIEF_EDITOR
        case Role.MODERATOR:
            return texts.WELCOME_MODERATOR
        case None:
            return texts.BAD_INVITATION
