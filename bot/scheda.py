"""The scheda: what the bot understood, a button for each field, one question at a time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot import steps, texts
from bot.conversation import Conversation
from bot.outbox import Keyboard
from bot.turn import Turn
from content import attachments
from content.media import Medium, MediumKind
from content.minors import seen_in
from content.municipalities import Municipality
from content.organisations import of_municipality
from content.people import Participant
from content.submissions import Kind, Revision, Submission, missing

LONGEST_EXCERPT: Final = 400
BUTTON_LENGTH: Final = 60
_LETTERS: Final = 8


async def show(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    submission: Submission,
    revision: Revision,
    *,
    notice: str = "",
    in_place: bool = False,
    more: Keyboard = (),
    album: bool = False,
) -> None:
    """Show the draft with its buttons, and ask for the first thing that is missing.

    `notice` is said above it; `in_place` edits the last scheda instead of sending another; `more`
    is offered first; `album` says that photos are still arriving.
    """
    if talk.guide is not None:
        talk.guide = steps.reached(talk.guide, revision, turn.update.message)
    if talk.guide is not None:
        await _lead(turn, talk, person, revision, notice=notice, in_place=in_place)
        return
    lacks = missing(revision)
    offered: Keyboard = []
    if not lacks:
        talk.ask(None)
        question = texts.READY
    else:
        question, offered = texts.ask(lacks[0]), _offers(lacks[0], person, talk)
        # Until there is enough text, whatever comes is more of the story, not an answer.
        asked = None if lacks[0] == "text" else lacks[0]
        talk.ask(asked, talk.options if offered else None)
    media = [one.medium for one in await attachments.of(turn.session, revision.id)]
    files = [Medium.model_validate(one) for one in media]
    said = texts.scheda(
        kind=revision.kind,
        organisation=_where(revision),
        title=revision.title,
        text=texts.excerpt(revision.text, LONGEST_EXCERPT),
        link=revision.link,
        photos=sum(one.kind is MediumKind.PICTURE for one in files),
        more=texts.details(files, revision.place, revision.forwarded_from),
        receipt=submission.receipt,
        question=question,
    )
    if notice:
        said = f"{notice}\n\n{said}"
    ready, sent = not lacks, submission.receipt is not None
    done = [[(texts.DONE_WITH_ALBUM, f"s:done:{submission.id}")]] if album else []
    keyboard = [
        *more,
        *offered,
        *done,
        *_edits(turn, submission.id),
        *_ends(submission.id, ready=ready, people=seen_in(media), sent=sent),
    ]
    ref = f"scheda:{submission.id}"
    if in_place:
        await turn.mend(ref, said, keyboard)
    else:
        await turn.say(said, keyboard, ref=ref)


async def _lead(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    revision: Revision,
    *,
    notice: str,
    in_place: bool,
) -> None:
    """Ask a person who is led the question where they are, instead of showing the draft."""
    step, number = talk.guide or "", revision.submission_id
    parts = [notice, texts.guide_question(steps.STEPS.index(step) + 1, len(steps.STEPS), step)]
    offered = _offers(step, person, talk)
    talk.ask("organisation" if step == "organisation" else None, talk.options if offered else None)
    if step == "text" and revision.text:
        parts.append(texts.GUIDE_TEXT_SHORT)
    if step == "photos" and (count := len(await attachments.of(turn.session, revision.id))):
        parts.append(texts.guide_photos(count))
    keyboard = [*offered]
    if step in steps.OPTIONAL:
        label = texts.PHOTOS_DONE if step == "photos" else texts.SKIP
        keyboard.append([(label, f"g:next:{number}")])
    said, ref = "\n\n".join(part for part in parts if part), f"scheda:{number}"
    if in_place:
        await turn.mend(ref, said, keyboard)
    else:
        await turn.say(said, keyboard, ref=ref)


def choices(submission_id: int, names: list[str], options: Sequence[Mapping[str, Any]]) -> Keyboard:
    """Return a button for each organisation offered, its name and what it stands for."""
    return [
        [(texts.excerpt(name, BUTTON_LENGTH), f"s:pick:{submission_id}:{choice_of(one)}")]
        for name, one in zip(names, options, strict=True)
    ]


def choice_of(option: Mapping[str, Any]) -> str:
    """Return what names an organisation that is offered, for short.

    Its place among those offered would not do: an older question's button would name another.
    """
    return hashlib.sha256(json.dumps(option, sort_keys=True).encode()).hexdigest()[:_LETTERS]


def kinds(submission_id: int) -> Keyboard:
    """Return a button for each kind."""
    labels = [
        (label.capitalize(), f"s:kindis:{submission_id}:{kind}")
        for kind, label in texts.KINDS.items()
    ]
    return [*in_pairs(labels), [(texts.BACK, f"s:back:{submission_id}")]]


def in_pairs(buttons: list[tuple[str, str]]) -> Keyboard:
    """Return rows of two: on a phone a third one's words would be cut."""
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def option(municipality: Municipality) -> dict[str, Any]:
    """Return a municipality as a choice the conversation can keep."""
    return {
        "organisation": of_municipality(municipality.name),
        "municipality": municipality.name,
        "province": municipality.province,
    }


def kind_of(data: str) -> Kind | None:
    """Return the kind a button names, None when it names none."""
    return Kind(data) if data in set(Kind) else None


def _where(revision: Revision) -> str | None:
    """Return the body, with its municipality where the name does not say it."""
    name, place = revision.organisation, revision.municipality
    return f"{name} ({place})" if name and place and place not in name else name


def _offers(field: str, person: Participant, talk: Conversation) -> Keyboard:
    """Offer the body the person spoke for before, when asking which it is."""
    if field != "organisation" or not person.organisation or talk.submission_id is None:
        return []
    known = {
        "organisation": person.organisation,
        "municipality": person.municipality,
        "province": person.province,
    }
    talk.options = [known]
    return choices(talk.submission_id, [person.organisation], [known])


def _edits(turn: Turn, submission_id: int) -> Keyboard:
    """Return a button for each field, and one for large files where a page takes them."""
    edits = [(label, f"s:{field}:{submission_id}") for field, label in texts.SCHEDA_BUTTONS.items()]
    large = turn.newsroom.upload_link is not None
    more = [[(texts.BIG_VIDEO, f"s:upload:{submission_id}")]] if large else []
    return [edits[:3], edits[3:], *more]


def _ends(submission_id: int, *, ready: bool, people: str, sent: bool) -> Keyboard:
    """Return what ends a draft; where people can be seen, sending it says whether minors are.

    `people` names the pictures in which they are, for nothing to be said of others.

    What was sent before cannot be thrown away here, but it can be left as it was.
    """
    rows: list[list[tuple[str, str]]] = []
    if ready:
        label = texts.SEND_NO_MINORS if people else texts.SEND
        rows.append([(label, f"s:send:{submission_id}:{people}")])
    if ready and people:
        rows.append([(texts.SEND_MINORS, f"s:minors:{submission_id}:{people}")])
    end = (texts.LEAVE, "leave") if sent else (texts.DISCARD, "discard")
    return [*rows, [(end[0], f"s:{end[1]}:{submission_id}")]]
