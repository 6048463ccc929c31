"""What the photos show, for who cannot see them: one question a photo, for who likes to answer."""

from typing import Final

from bot import scheda, texts
from bot.conversation import Conversation
from bot.turn import Turn
from content import attachments
from content.people import Participant
from content.submissions import Revision, Submission

AWAITING: Final = "alt"
LONGEST: Final = 300


async def ask(turn: Turn, talk: Conversation, revision: Revision) -> bool:
    """Ask what the first photo without a description shows; False when there is none."""
    found = await attachments.undescribed(turn.session, revision.id)
    if found is None:
        return False
    talk.ask(AWAITING)
    keyboard = [[(texts.BACK, f"s:back:{revision.submission_id}")]]
    await turn.say(texts.ask_alt(found[0]), keyboard)
    return True


async def answered(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    draft: tuple[Submission, Revision],
    said: str,
) -> None:
    """Take what a photo shows, and ask for the next."""
    found = await attachments.undescribed(turn.session, draft[1].id)
    if found is not None and any(letter.isalnum() for letter in said):
        await attachments.describe(turn.session, found[1], alt=" ".join(said.split())[:LONGEST])
    if not await ask(turn, talk, draft[1]):
        talk.ask(None)
        await scheda.show(turn, talk, person, *draft, notice=texts.DESCRIBED)
