"""The buttons of the scheda: what each does to an open draft."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot import case, descriptions, handover, scheda, texts
from bot.conversation import Conversation, conversation, draft_of
from bot.rights import admitted
from bot.turn import Turn
from content import submissions
from content.history import Actor, NotAllowed
from content.people import Participant
from content.store import row_id
from content.submissions import Revision, Submission
from content.workflow import SubmissionState


@dataclass(frozen=True, slots=True)
class Press:
    """A press on an open draft; `choice` is what the button carries beside the draft's id."""

    turn: Turn
    talk: Conversation
    person: Participant
    submission: Submission
    revision: Revision
    what: str
    choice: str

    @property
    def by(self) -> Actor:
        """Who pressed."""
        return Actor("participant", self.person.id)

    async def show(self, notice: str = "") -> None:
        """Show the draft as it now is."""
        await scheda.show(
            self.turn, self.talk, self.person, self.submission, self.revision, notice=notice
        )

    async def choose(self, values: Mapping[str, object]) -> None:
        """Set fields as the person's own choice, and show the draft."""
        await submissions.write(
            self.turn.session, self.revision, values, by=self.by, now=self.turn.now, chosen=True
        )
        await self.show()


async def pressed(turn: Turn) -> None:
    """A press on the scheda: `s:<what>:<submission>[:<choice>]`."""
    query = turn.update.callback_query
    _, what, number, *rest = f"{query.data if query else ''}::".split(":")
    note = ""
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        submission = await session.get(Submission, row_id(number))
        if submission is None or submission.participant_id != person.id:
            note = texts.UNKNOWN_BUTTON
        elif what in case.BUTTONS:
            note = await case.BUTTONS[what](turn, talk, person, submission)
        else:
            note = await _on_draft(turn, talk, person, submission, what, rest[0])
    await turn.answer(note, alert=bool(note))
    if what in handover.ACTS:
        turn.newsroom.submitted()
    if what in case.BUTTONS:
        turn.newsroom.happened()


async def _on_draft(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    submission: Submission,
    what: str,
    choice: str,
) -> str:
    """Do what a button says; return what the press is answered with."""
    draft = await draft_of(turn.session, submission)
    if draft is None:
        if talk.submission_id == submission.id:
            talk.turn_to(None)
        sent = submission.state is SubmissionState.SUBMITTED
        return texts.SENT_ALREADY if sent else texts.NOT_OPEN
    if talk.submission_id != submission.id:
        talk.turn_to(submission.id)
    talk.write_to(None)  # what comes next is the draft's
    act = _ACTS.get(what)
    if act is None:
        return texts.UNKNOWN_BUTTON
    return await act(Press(turn, talk, person, *draft, what, choice))


async def _hand_over(press: Press) -> str:
    turn, talk, person = press.turn, press.talk, press.person
    try:
        await handover.hand_over(
            turn, talk, person, press.submission, press.revision, press.what, press.choice
        )
    except NotAllowed:  # it was decided in this moment
        return texts.NOT_OPEN
    return ""


async def _discard(press: Press) -> str:
    if press.submission.state is not SubmissionState.DRAFT:
        return texts.NOT_OPEN
    turn = press.turn
    await submissions.withdraw(turn.session, press.submission, by=press.by, now=turn.now)
    press.talk.turn_to(None)
    await turn.say(texts.DISCARDED, ref=f"scheda:{press.submission.id}")
    return ""


async def _offer_kinds(press: Press) -> str:
    await press.turn.say(texts.WHICH_KIND, scheda.kinds(press.submission.id))
    return ""


async def _choose_kind(press: Press) -> str:
    kind = scheda.kind_of(press.choice)
    if kind is None:
        return texts.UNKNOWN_BUTTON
    await press.choose({"kind": kind})
    return ""


async def _pick(press: Press) -> str:
    """One of the organisations that were offered."""
    for option in press.talk.options:
        if scheda.choice_of(option) == press.choice:
            await press.choose(option)
            return ""
    return texts.UNKNOWN_BUTTON


async def _offer_photos(press: Press) -> str:
    number = press.submission.id
    keyboard = [
        [(texts.DESCRIBE_PHOTOS, f"s:alt:{number}")],
        [(texts.CREDIT, f"s:credit:{number}"), (texts.REMOVE_PHOTOS, f"s:nophotos:{number}")],
        [(texts.BACK, f"s:back:{number}")],
    ]
    await press.turn.say(texts.ASK["photos"], keyboard)
    return ""


async def _remove_photos(press: Press) -> str:
    turn = press.turn
    await submissions.detach_all(turn.session, press.revision, by=press.by, now=turn.now)
    await press.show(texts.PHOTOS_REMOVED)
    return ""


async def _describe(press: Press) -> str:
    asked = await descriptions.ask(press.turn, press.talk, press.revision)
    return "" if asked else texts.ALL_DESCRIBED


async def _offer_upload(press: Press) -> str:
    """A link to the page that takes large files."""
    link, turn = press.turn.newsroom.upload_link, press.turn
    if link is None:
        return texts.UNKNOWN_BUTTON
    address = await link(turn.session, press.person, press.submission)
    await turn.say(texts.big_video(address), [[(texts.BACK, f"s:back:{press.submission.id}")]])
    return ""


async def _done_with_album(press: Press) -> str:
    press.talk.open_album(None)
    await press.show()
    return ""


async def _back(press: Press) -> str:
    press.talk.ask(None)
    await press.show()
    return ""


async def _rewrite(press: Press) -> str:
    press.talk.ask(press.what)
    keyboard = [[(texts.BACK, f"s:back:{press.submission.id}")]]
    await press.turn.say(texts.REWRITE[press.what], keyboard)
    return ""


Act: TypeAlias = Callable[[Press], Awaitable[str]]
_ACTS: Final[Mapping[str, Act]] = {
    "discard": _discard,
    "kind": _offer_kinds,
    "kindis": _choose_kind,
    "pick": _pick,
    "photos": _offer_photos,
    "nophotos": _remove_photos,
    "alt": _describe,
    "done": _done_with_album,
    "upload": _offer_upload,
    "back": _back,
    **dict.fromkeys(handover.ACTS, _hand_over),
} | dict.fromkeys(texts.REWRITE, _rewrite)
