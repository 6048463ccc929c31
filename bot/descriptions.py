"""What the photos show, for who cannot see them: one question a photo, for who likes to answer."""

from typing import Final

from bot import scheda, texts
from bot.conversation import Conversation
from bot.outbox import Keyboard
from bot.turn import Turn
from content import attachments, editing
from content.people import Participant
from content.submissions import Revision, Submission

AWAITING: Final = "alt"


async def ask(turn: Turn, talk: Conversation, revision: Revision) -> bool:
    """Ask what the first photo without a description shows; False when there is none."""
    found = await attachments.undescribed(turn.session, revision.id)
    if found is None:
        return False
    talk.ask(AWAITING)
    await turn.say(texts.ask_alt(found[0]), _back(revision))
    return True


async def answered(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    draft: tuple[Submission, Revision],
    said: str,
) -> None:
    """Take what a photo shows, and ask for the next; or for fewer words, where they are too many.

    The newsroom could not keep more of them, and no channel cuts what it may keep.
    """
    found = await attachments.undescribed(turn.session, draft[1].id)
    alt, longest = " ".join(said.split()), editing.LONGEST["alt"]
    if found is not None and len(alt) > longest:
        await turn.say(texts.alt_too_long(found[0], len(alt), longest), _back(draft[1]))
        return
    if found is not None and any(letter.isalnum() for letter in alt):
        await attachments.describe(turn.session, found[1], alt=alt)
    if not await ask(turn, talk, draft[1]):
        talk.ask(None)
        await scheda.show(turn, talk, person, *draft, notice=texts.DESCRIBED)


def _back(revision: Revision) -> Keyboard:
    return [[(texts.BACK, f"s:back:{revision.submission_id}")]]
