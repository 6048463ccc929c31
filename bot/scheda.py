"""The scheda: what the bot understood, a button for each field, one question at a time."""

from typing import Any, Final

from bot import texts
from bot.conversation import Conversation
from bot.outbox import Keyboard
from bot.turn import Turn
from content import attachments
from content.municipalities import Municipality
from content.organisations import of_municipality
from content.people import Participant
from content.submissions import Kind, Revision, Submission, missing

LONGEST_EXCERPT: Final = 400
BUTTON_LENGTH: Final = 60


async def show(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    submission: Submission,
    revision: Revision,
    *,
    notice: str = "",
    in_place: bool = False,
) -> None:
    """Show the draft with its buttons, and ask for the first thing that is missing.

    `notice` is said above it; `in_place` edits the last scheda instead of sending another.
    """
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
    photos = len(await attachments.of(turn.session, revision.id))
    said = texts.scheda(
        kind=revision.kind,
        organisation=_where(revision),
        title=revision.title,
        text=texts.excerpt(revision.text, LONGEST_EXCERPT),
        link=revision.link,
        photos=photos,
        receipt=submission.receipt,
        question=question,
    )
    if notice:
        said = f"{notice}\n\n{said}"
    keyboard = [*offered, *_buttons(submission.id, ready=not lacks)]
    ref = f"scheda:{submission.id}"
    if in_place:
        await turn.mend(ref, said, keyboard)
    else:
        await turn.say(said, keyboard, ref=ref)


def choices(submission_id: int, names: list[str]) -> Keyboard:
    """Return a button for each organisation offered, by its place in the conversation's options."""
    return [
        [(texts.excerpt(name, BUTTON_LENGTH), f"s:pick:{submission_id}:{n}")]
        for n, name in enumerate(names)
    ]


def kinds(submission_id: int) -> Keyboard:
    """Return a button for each kind."""
    labels = [
        (label.capitalize(), f"s:kindis:{submission_id}:{kind}")
        for kind, label in texts.KINDS.items()
    ]
    return [labels[:3], labels[3:], [(texts.BACK, f"s:back:{submission_id}")]]


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
    return choices(talk.submission_id, [person.organisation])


def _buttons(submission_id: int, *, ready: bool) -> Keyboard:
    edits = [(label, f"s:{field}:{submission_id}") for field, label in texts.SCHEDA_BUTTONS.items()]
    rows = [edits[:3], edits[3:]]
    if ready:
        rows.append([(texts.SEND, f"s:send:{submission_id}")])
    return [*rows, [(texts.DISCARD, f"s:discard:{submission_id}")]]
