"""Files too large for Telegram: the link to the page that takes them, and what is said after."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Update

from bot import receiving, scheda, texts
from bot.conversation import Conversation, conversation
from bot.outbox import Keyboard
from bot.turn import Newsroom, Turn, UploadLink
from content import uploads
from content.media import Medium
from content.people import Participant
from content.submissions import Submission
from content.uploads import Arrival, Outcome, Upload


def linking(page: str, clock: Callable[[], datetime]) -> UploadLink:
    """Return what gives a person a link for a case: the address `page` with a token of theirs."""

    async def link(session: AsyncSession, person: Participant, submission: Submission) -> str:
        return f"{page}/{await uploads.issue(session, person, submission, now=clock())}"

    return link


class Keeper:
    """Opens, cleans and keeps a file that was uploaded."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    async def __call__(self, path: Path, upload: Upload) -> Medium:
        """Keep a file, with what is said in it if its person lets a model hear.

        Raises MediumRefused.
        """
        newsroom = self._newsroom
        medium = await receiving.kept(newsroom, path, upload.name)
        async with newsroom.store.reading() as session:
            person = await session.get_one(Participant, upload.participant_id)
        said = None if person.ai_refused_at else await receiving.heard(newsroom, medium)
        return await receiving.captioned(newsroom, medium, said) if said else medium


class Teller:
    """Tells a person what became of the file that they uploaded."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    async def __call__(
        self, session: AsyncSession, upload: Upload, arrival: Arrival | None
    ) -> None:
        """Show the draft with the file, or say why it is not there; in the given transaction."""
        person = await session.get_one(Participant, upload.participant_id)
        if person.blocked_at is not None or person.erased_at is not None:
            return
        with texts.speaking(person.language):
            turn = _Unasked(self._newsroom, session, person)
            if arrival is None or upload.problem is not None:
                await _say_refused(turn, upload, arrival)
            else:
                await _show(turn, person, arrival)


class _Unasked(Turn):
    """What is said to a person of what happened without an update of theirs."""

    def __init__(self, newsroom: Newsroom, session: AsyncSession, person: Participant) -> None:
        super().__init__(newsroom, Update(0))
        self._session, self._person_id = session, person.telegram_id

    @property
    def chat_id(self) -> int:
        return self._person_id

    @property
    def user_id(self) -> int:
        return self._person_id


async def _say_refused(turn: Turn, upload: Upload, arrival: Arrival | None) -> None:
    keyboard: Keyboard = []
    if arrival is None:
        keyboard = [[(texts.ANOTHER_LINK, f"s:upload:{upload.submission_id}")]]
    await turn.say(texts.upload_refused(upload.name, upload.problem or ""), keyboard)


async def _show(turn: Turn, person: Participant, arrival: Arrival) -> None:
    """Show the draft, unless the person is busy with another, or writes to the newsroom."""
    number = arrival.submission.id
    talk = await conversation(turn.session, person.telegram_id)
    if talk.submission_id not in (None, number) or talk.writing_to is not None:
        keyboard = [[(texts.RESUME_DRAFT, f"s:revise:{number}")]]
        await turn.say(texts.upload_elsewhere(arrival.revision.title), keyboard)
        return
    if talk.submission_id is None:
        talk.turn_to(number)
    reopened = arrival.outcome is Outcome.REOPENED
    notice = texts.UPLOAD_REOPENED if reopened else texts.UPLOAD_ADDED
    awaiting, options = talk.awaiting, talk.options
    await scheda.show(turn, talk, person, arrival.submission, arrival.revision, notice=notice)
    _ask_again(talk, awaiting, options)


def _ask_again(talk: Conversation, awaiting: str | None, options: list[object]) -> None:
    """Keep waiting for the answer that the person is perhaps writing at this moment."""
    if awaiting not in (None, talk.awaiting):
        talk.ask(awaiting, options)
