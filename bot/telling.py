"""What a person tells becomes their draft, message by message."""

from typing import Any, Final

from sqlmodel import select
from telegram import Message, MessageOriginChannel, MessageOriginChat

from bot import texts
from bot.conversation import OPEN, Conversation, open_draft
from bot.outbox import Outgoing
from bot.turn import Turn
from content import people, submissions, wording
from content.history import Actor
from content.organisations import of_municipality
from content.people import Participant
from content.places import is_map, place_in
from content.recognition import Recognised, recognise
from content.submissions import Revision, Submission

_SCHEDA: Final = "scheda:"


async def known(turn: Turn) -> Participant | None:
    """Return the person if what they send may be opened at all; before any transaction."""
    async with turn.newsroom.store.reading() as session:
        person = await people.participant(session, turn.user_id)
        if person is None or person.blocked_at or not await people.consented(session, person):
            return None
        return person


async def draft(turn: Turn, talk: Conversation, person: Participant) -> tuple[Submission, Revision]:
    """Return the draft that a message is for, begun if there is none."""
    found = await open_draft(turn.session, talk)
    if found is None:
        found = await submissions.begin(turn.session, person, now=turn.now)
        talk.turn_to(found[0].id)
    await _note_origin(turn, found[1], person)
    return found


async def add_words(turn: Turn, revision: Revision, person: Participant, said: str) -> str:
    """Add to the story and look again at what it says; return a notice when it would not fit."""
    by, message = Actor("participant", person.id), turn.update.effective_message
    number = message.message_id if message else None
    if not await wording.tell(turn.session, revision, said, number, by=by, now=turn.now):
        return texts.TEXT_TOO_LONG
    await recognise_again(turn, revision, person)
    return ""


async def recognise_again(turn: Turn, revision: Revision, person: Participant) -> None:
    """Fill in what the text says, but for what the person chose themselves."""
    seen = recognise(revision.text)
    found: dict[str, Any] = {"kind": seen.kind, "title": seen.title}
    if links := [one for one in seen.links if not is_map(one)]:
        found["link"] = links[0]
    if not revision.place and (place := place_in(revision.text)):
        found["place"] = place.shown
    await fill(turn, revision, person, found | whose(seen))


async def fill(turn: Turn, revision: Revision, person: Participant, found: dict[str, Any]) -> None:
    """Set fields that were recognised, but for what the person chose themselves."""
    if "organisation" in revision.chosen:
        found = {k: v for k, v in found.items() if k not in ("municipality", "province")}
    fresh = {name: value for name, value in found.items() if name not in revision.chosen}
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, fresh, by=by, now=turn.now)


def whose(seen: Recognised) -> dict[str, Any]:
    """Return the body that a text speaks for and where it is, nothing when it names none."""
    place = seen.municipality
    if seen.organisation is None and place is None:
        return {}
    named = seen.organisation.name if seen.organisation else None
    return {
        "organisation": named or of_municipality(place.name if place else ""),
        "municipality": place.name if place else None,
        "province": place.province if place else None,
    }


async def follow_reply(turn: Turn, talk: Conversation, person: Participant) -> None:
    """A reply to a scheda is about the draft it shows, and answers what it asks."""
    message = turn.update.message
    if message is None or message.reply_to_message is None:
        return
    query = select(Outgoing.ref).where(
        Outgoing.chat_id == turn.chat_id,
        Outgoing.message_id == message.reply_to_message.message_id,
    )
    refs = [ref for ref in (await turn.session.exec(query)).all() if ref]
    number = next((ref.removeprefix(_SCHEDA) for ref in refs if ref.startswith(_SCHEDA)), "")
    if not number or int(number) == talk.submission_id:
        return
    case = await turn.session.get(Submission, int(number))
    if case is None or case.participant_id != person.id or case.state not in OPEN:
        return
    revision = await submissions.latest(turn.session, case)
    if revision.sent_at is None:
        talk.turn_to(case.id)
        lacks = submissions.missing(revision)
        talk.ask(lacks[0] if lacks and lacks[0] != "text" else None)


async def _note_origin(turn: Turn, revision: Revision, person: Participant) -> None:
    message = turn.update.message
    origin = _origin(message) if message else None
    if origin and not revision.forwarded_from:
        by = Actor("participant", person.id)
        fields = {"forwarded_from": origin}
        await submissions.write(turn.session, revision, fields, by=by, now=turn.now)


def _origin(message: Message) -> str | None:
    """Return whose post was forwarded: a channel or a group; of people nothing is noted."""
    match message.forward_origin:
        case MessageOriginChannel(chat=chat, message_id=number):
            link = f" (https://t.me/{chat.username}/{number})" if chat.username else ""
            return f"{chat.title or chat.username or ''}{link}".strip() or None
        case MessageOriginChat(sender_chat=chat):
            return chat.title or chat.username
        case _:
            return None
