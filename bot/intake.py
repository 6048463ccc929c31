"""A participant's conversation: from the first message to the submission."""

from typing import Any, Final

from telegram import Message, PhotoSize

from bot import answers, scheda, texts
from bot.conversation import Conversation, conversation, open_draft
from bot.turn import Turn
from content import people, submissions
from content.cleaning import readable
from content.history import Actor
from content.media import MAX_BYTES, MediumRefused, keep
from content.organisations import of_municipality
from content.people import Participant, Role
from content.recognition import recognise
from content.submissions import Revision, Submission

_REFUSED: Final = {
    "too_big": texts.TOO_BIG,
    "too_many_pixels": texts.TOO_MANY_PIXELS,
    "not_a_picture": texts.NOT_A_PICTURE,
}


async def start(turn: Turn) -> None:
    """/start: greet, take an invitation, or ask for consent."""
    code = _after_command(turn)
    async with turn.transaction() as session:
        if code.startswith("r_"):
            member = await people.redeem(
                session, code.removeprefix("r_"), turn.user_id, turn.user_name, now=turn.now
            )
            await turn.say(_welcome_to_the_newsroom(member.role if member else None))
            return
        person = await people.meet(session, turn.user_id, turn.user_name, now=turn.now)
        if await people.consented(session, person):
            await turn.say(texts.welcome_back(person.name))
        else:
            await turn.say(texts.welcome(person.name), [[(texts.ACCEPT, "c:accept")]], ref="notice")


async def new(turn: Turn) -> None:
    """/nuova: set the draft aside and begin another."""
    async with turn.transaction() as session:
        if await admitted(turn) is None:
            return
        talk = await conversation(session, turn.user_id)
        had = await open_draft(session, talk)
        talk.turn_to(None)
        await turn.say(texts.NEW_WITH_OLD if had else texts.NEW)


async def say_help(turn: Turn) -> None:
    """/aiuto, or a command that nobody knows."""
    async with turn.transaction():
        await turn.say(texts.HELP)


async def say_privacy(turn: Turn) -> None:
    """/privacy: the notice as it stands."""
    async with turn.transaction():
        await turn.say(texts.PRIVACY)


async def text(turn: Turn) -> None:
    """A text: the answer to what was asked, or more of the story."""
    message = turn.update.effective_message
    said = readable((message.text if message else "") or "").strip()
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        if talk.submission_id is not None and answers.is_answer(talk.awaiting, said):
            await _answered(turn, talk, person, said)
        else:
            await _told(turn, talk, person, said)


async def photo(turn: Turn) -> None:
    """A picture, as a photo or as a file, with or without a caption."""
    message = turn.update.effective_message
    assert message is not None
    async with turn.newsroom.store.reading() as session:
        known = await people.participant(session, turn.user_id)
        may = known is not None and not known.blocked_at and await people.consented(session, known)
    taken: MediumRefused | Any = None
    source = _largest(message)
    if may:  # nothing is downloaded before consent
        taken = await _take(turn, source)
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        submission, revision = await _draft(turn, talk, person)
        by = Actor("participant", person.id)
        notice = ""
        if isinstance(taken, MediumRefused):
            notice = _REFUSED[taken.code]
        elif not await submissions.attach(
            session, revision, taken, source.file_id, source.file_unique_id, by=by, now=turn.now
        ):
            notice = texts.TOO_MANY_PHOTOS
        same_album = message.media_group_id is not None and talk.album == message.media_group_id
        talk.album = message.media_group_id
        if message.caption:
            notice = notice or await _add_text(
                turn, revision, person, readable(message.caption).strip()
            )
        await scheda.show(
            turn,
            talk,
            person,
            submission,
            revision,
            notice=notice,
            in_place=same_album and not notice,
        )


async def unsupported(turn: Turn) -> None:
    """Something that is neither text nor picture."""
    async with turn.transaction():
        if await admitted(turn) is None:
            return
        message = turn.update.effective_message
        big = message is not None and _size(message) > MAX_BYTES
        await turn.say(texts.TOO_BIG if big else texts.NO_TEXT_IN_IT)


async def edited(turn: Turn) -> None:
    """A message corrected after it was read."""
    async with turn.transaction() as session:
        talk = await conversation(session, turn.user_id)
        if await open_draft(session, talk):
            await turn.say(texts.EDITED_MESSAGE)


async def accept(turn: Turn) -> None:
    """The press that accepts the privacy notice; what was held is then read."""
    async with turn.transaction() as session:
        person = await people.meet(session, turn.user_id, turn.user_name, now=turn.now)
        fresh = await people.consent(session, person, now=turn.now)
        waiting = await turn.let_go_held()
        if not fresh:
            await turn.say(texts.ALREADY_CONSENTED)
        else:
            await turn.mend("notice", texts.PRIVACY)
            await turn.say(texts.CONSENTED_WITH_HELD if waiting else texts.CONSENTED)
    await turn.answer()


async def admitted(turn: Turn) -> Participant | None:
    """Return the person if they may be heard; else tell them what is needed, keeping the update."""
    person = await people.meet(turn.session, turn.user_id, turn.user_name, now=turn.now)
    if person.blocked_at is not None:
        await turn.say(texts.BLOCKED)
        return None
    if not await people.consented(turn.session, person):
        turn.hold()
        await turn.say(texts.held(), [[(texts.ACCEPT, "c:accept")]], ref="notice")
        return None
    return person


async def _draft(
    turn: Turn, talk: Conversation, person: Participant
) -> tuple[Submission, Revision]:
    draft = await open_draft(turn.session, talk)
    if draft is None:
        draft = await submissions.begin(turn.session, person, now=turn.now)
        talk.turn_to(draft[0].id)
    return draft


async def _told(turn: Turn, talk: Conversation, person: Participant, said: str) -> None:
    draft = await open_draft(turn.session, talk)
    if draft is None and not any(letter.isalnum() for letter in said):
        await turn.say(texts.EMPTY_ANSWER)
        return
    submission, revision = draft or await _draft(turn, talk, person)
    notice = await _add_text(turn, revision, person, said)
    await scheda.show(turn, talk, person, submission, revision, notice=notice)


async def _answered(turn: Turn, talk: Conversation, person: Participant, said: str) -> None:
    draft = await open_draft(turn.session, talk)
    if draft is None or talk.awaiting is None:
        await _told(turn, talk, person, said)
        return
    submission, revision = draft
    answer = answers.understand(talk.awaiting, said)
    if answer.refusal:
        talk.ask(talk.awaiting, list(answer.options))
        names = [_name_of(one, said) for one in answer.options]
        await turn.say(answer.refusal, scheda.choices(submission.id, names))
        return
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, answer.values, by=by, now=turn.now, chosen=True)
    if "text" in answer.values:
        await _recognise(turn, revision, person)
    await scheda.show(turn, talk, person, submission, revision)


async def _add_text(turn: Turn, revision: Revision, person: Participant, said: str) -> str:
    """Add to the story and look again at what it says; return a notice when it would not fit."""
    whole = answers.add(revision.text, said)
    if whole is None:
        return texts.TEXT_TOO_LONG
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, {"text": whole}, by=by, now=turn.now)
    await _recognise(turn, revision, person)
    return ""


async def _recognise(turn: Turn, revision: Revision, person: Participant) -> None:
    """Fill in what the text says, but for what the person chose themselves."""
    seen = recognise(revision.text)
    found: dict[str, Any] = {"kind": seen.kind, "title": seen.title}
    if seen.links:
        found["link"] = seen.links[0]
    if seen.organisation is not None or seen.municipality is not None:
        place = seen.municipality
        named = seen.organisation.name if seen.organisation else None
        found["organisation"] = named or of_municipality(place.name if place else "")
        found["municipality"] = place.name if place else None
        found["province"] = place.province if place else None
    if "organisation" in revision.chosen:
        found = {k: v for k, v in found.items() if k not in ("municipality", "province")}
    fresh = {name: value for name, value in found.items() if name not in revision.chosen}
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, fresh, by=by, now=turn.now)


async def _take(turn: Turn, source: Any) -> Any:
    if (source.file_size or 0) > MAX_BYTES:
        return MediumRefused("too_big")
    data = await turn.download(source.file_id)
    try:
        return await turn.newsroom.aside(keep, turn.newsroom.media_root, data)
    except MediumRefused as refused:
        return refused


def _largest(message: Message) -> PhotoSize | Any:
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    return message.document


def _size(message: Message) -> int:
    files = (message.video, message.document, message.audio, message.voice, message.animation)
    return max((one.file_size or 0 for one in files if one is not None), default=0)


def _name_of(choice: dict[str, Any], said: str) -> str:
    name, province = choice["organisation"], choice["province"]
    if province is None:
        return texts.use_as_written(said)
    return f"{name} ({province})"


def _after_command(turn: Turn) -> str:
    message = turn.update.effective_message
    words = ((message.text if message else "") or "").split(maxsplit=1)
    return words[1].strip() if len(words) > 1 else ""


def _welcome_to_the_newsroom(role: Role | None) -> str:
    match role:
        case Role.ADMINISTRATOR:
            return texts.WELCOME_ADMINISTRATOR
        case Role.MODERATOR:
            return texts.WELCOME_MODERATOR
        case None:
            return texts.BAD_INVITATION
