"""A message corrected after it was read: the draft follows."""

from telegram import Message

from bot import answers, files, scheda, telling, texts
from bot.conversation import OPEN, conversation, open_draft
from bot.rights import admitted
from bot.turn import Turn
from content import attachments, sayings, submissions, wording
from content.attachments import Attachment
from content.cleaning import readable
from content.history import Actor
from content.people import Participant
from content.sayings import Said
from content.submissions import Revision, Submission


async def edited(turn: Turn) -> None:
    """A message, a caption or a file that its sender changed."""
    message = turn.update.effective_message
    if message is None:
        return
    source, taken = await _other_file(turn, message)
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        part = await wording.of_message(session, person, message.message_id)
        file = await wording.file_of_message(session, person, message.message_id)
        if part is None and file is None:
            await _say_how(turn, message)
            return
        _, revision, case = part or file or (None, None, None)
        assert revision is not None
        assert case is not None
        if revision.sent_at is not None or case.state not in OPEN:
            if part is None or part[0].text != _words(message):
                await turn.say(texts.EDITED_AFTER_SENDING)
            return
        notices = [await _reworded(turn, person, revision, part[0] if part else None, message)]
        if file is not None and taken is not None and source is not None:
            notices.append(await _exchanged(turn, file[0], source, taken))
        await _show(turn, person, (case, revision), [one for one in notices if one])


def _words(message: Message) -> str:
    return readable(message.text or message.caption or "").strip()


async def _other_file(
    turn: Turn, message: Message
) -> tuple[files.Source | None, files.Taken | None]:
    """Fetch the file of a message if it is another than the one it had; before the transaction."""
    source, known = files.enclosed(message), await telling.known(turn)
    if source is None or known is None:
        return None, None
    async with turn.newsroom.store.reading() as session:
        had = await wording.file_of_message(session, known, message.message_id)
    if had is None or had[0].file_unique_id == source.unique_id:
        return None, None
    return source, await files.take(turn, source, known)


async def _say_how(turn: Turn, message: Message) -> None:
    """Say how to change a draft, when nobody knows what the message said of it; else that none do.

    It may have been passed on to the newsroom, which has it as it was.
    """
    said = message.text or message.caption
    if not said or said.startswith("/"):
        return
    talk = await conversation(turn.session, turn.user_id)
    draft = await open_draft(turn.session, talk)
    await turn.say(texts.EDITED_MESSAGE if draft else texts.EDITED_IN_VAIN)


async def _reworded(
    turn: Turn, person: Participant, revision: Revision, part: Said | None, message: Message
) -> str:
    """Put the new words where the old ones stand; return what the person is told."""
    said = _words(message)
    if part is None:
        if not said:
            return ""
        notice = await telling.add_words(turn, revision, person, said)
        return notice or texts.EDITED_FOLLOWED
    if part.text == said:
        return ""
    if part.field != sayings.STORY:
        return await _answered_again(turn, person, revision, part, said)
    by = Actor("participant", person.id)
    if not await wording.correct(turn.session, revision, part, said, by=by, now=turn.now):
        return texts.EDITED_MESSAGE
    await telling.recognise_again(turn, revision, person)
    return texts.EDITED_FOLLOWED


async def _answered_again(
    turn: Turn, person: Participant, revision: Revision, part: Said, said: str
) -> str:
    answer = answers.understand(part.field, said)
    if answer.refusal:
        return answer.refusal
    by = Actor("participant", person.id)
    await submissions.write(turn.session, revision, answer.values, by=by, now=turn.now, chosen=True)
    part.text = said
    turn.session.add(part)
    return texts.EDITED_FOLLOWED


async def _exchanged(turn: Turn, had: Attachment, source: files.Source, taken: files.Taken) -> str:
    if taken.medium is None:
        return texts.REFUSED[taken.refused] if taken.refused else ""
    one = (taken.medium, source.file_id, source.unique_id)
    await attachments.exchange(turn.session, had, *one)
    revision = await turn.session.get_one(Revision, had.revision_id)
    revision.minors, revision.release = None, False  # nobody said it of this one
    return texts.EDITED_FOLLOWED


async def _show(
    turn: Turn, person: Participant, draft: tuple[Submission, Revision], notices: list[str]
) -> None:
    if not notices:
        return
    talk = await conversation(turn.session, turn.user_id)
    if talk.submission_id != draft[0].id:
        talk.turn_to(draft[0].id)
    notice = "\n\n".join(dict.fromkeys(notices))
    await scheda.show(turn, talk, person, *draft, notice=notice)
