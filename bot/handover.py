"""Handing a draft to the newsroom: minors in its pictures, near-duplicates, limits; the receipt."""

from typing import Final

from bot import scheda, texts
from bot.conversation import Conversation
from bot.outbox import Keyboard
from bot.turn import Turn
from content import attachments, duplicates, limits, people, submissions
from content.history import Actor
from content.minors import seen_in
from content.people import Participant
from content.submissions import Revision, Submission

_SHOWN: Final = 3
ACTS: Final = frozenset({"send", "minors", "released", "unreleased", "anyway"})
"""What the buttons say: send (no minors), minors (are seen), with or without a release, and once
more after a near-duplicate was shown."""


async def hand_over(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    submission: Submission,
    revision: Revision,
    what: str,
    about: str,
) -> None:
    """Send a draft as its button says, or ask what is missing before it can be sent.

    `about` names the pictures that the button was shown with: it says nothing of others.
    """
    seen = seen_in([one.medium for one in await attachments.of(turn.session, revision.id)])
    unanswered = seen and revision.minors is None if what == "anyway" else about != seen
    if submissions.missing(revision):
        await scheda.show(turn, talk, person, submission, revision)
    elif unanswered:
        notice = texts.PICTURES_CHANGED
        await scheda.show(turn, talk, person, submission, revision, notice=notice)
    elif what == "minors" and seen:
        await turn.say(texts.ASK_RELEASE, _release_buttons(submission.id, seen))
    elif await _may(turn, person) and not await _asked(
        turn, submission, revision, what, bool(seen)
    ):
        await _receive(turn, talk, person, submission, revision)


async def _asked(
    turn: Turn, submission: Submission, revision: Revision, what: str, seen: bool
) -> bool:
    """Keep what the button says of minors; show near-duplicates, unless the person saw them."""
    if what == "anyway":
        return False
    by = Actor("participant", submission.participant_id)
    minors = (what in ("released", "unreleased")) if seen else None
    values = {"minors": minors, "release": bool(seen and what == "released")}
    await submissions.write(turn.session, revision, values, by=by, now=turn.now)
    found = await duplicates.alike(turn.session, submission, revision, now=turn.now)
    if not found:
        return False
    mine = [
        one.receipt
        for one in found
        if one.participant_id == submission.participant_id and one.receipt
    ]
    keyboard: Keyboard = [
        [(texts.SEND_ANYWAY, f"s:anyway:{submission.id}")],
        [(texts.SAME_ONE, f"s:discard:{submission.id}")],
    ]
    await turn.say(texts.similar(mine[:_SHOWN]), keyboard)
    return True


async def _may(turn: Turn, person: Participant) -> bool:
    """Whether the limits allow one more submission; if not, the person is told."""
    most = turn.newsroom.limits
    whose = await limits.reached(turn.session, person, most, now=turn.now) if most else None
    if most is None or whose is None:
        return True
    said = texts.TOO_MANY_TODAY.format(most.a_day) if whose == "person" else texts.NEWSROOM_BUSY
    await turn.say(said)
    return False


async def _receive(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    submission: Submission,
    revision: Revision,
) -> None:
    by = Actor("participant", person.id)
    await submissions.receive(turn.session, submission, revision, by=by, now=turn.now)
    people.remember(person, revision.organisation, revision.municipality, revision.province)
    talk.turn_to(None)
    said = texts.receipt(submission.receipt or "")
    if revision.minors and not revision.release:
        said += texts.NO_RELEASE_YET
    if turn.newsroom.model and person.ai_refused_at is None:
        said += texts.AI_NOTE
    await turn.say(said, ref=f"scheda:{submission.id}")


def _release_buttons(number: int, seen: str) -> Keyboard:
    return [
        [(texts.RELEASE_YES, f"s:released:{number}:{seen}")],
        [(texts.RELEASE_NO, f"s:unreleased:{number}:{seen}")],
        [(texts.BACK, f"s:back:{number}")],
    ]
