"""The words of a draft: told message by message, replaced, corrected where they stand."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import sayings, submissions
from content.attachments import Attachment
from content.history import Actor
from content.people import Participant
from content.sayings import STORY, Said
from content.submissions import MAX_TEXT, Revision, Submission


async def tell(
    session: AsyncSession,
    revision: Revision,
    said: str,
    message_id: int | None,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Add to the story of a revision being written; False when it would be too long."""
    await _note_what_was_there(session, revision)
    parts = await sayings.story(session, revision.id)
    whole = "\n\n".join(part for part in (sayings.joined(parts), said) if part)
    if len(whole) > MAX_TEXT:
        return False
    await sayings.add(session, revision.id, message_id, said)
    await submissions.write(session, revision, {"text": whole}, by=by, now=now)
    return True


async def answer(
    session: AsyncSession,
    revision: Revision,
    field: str,
    said: str,
    message_id: int | None,
) -> None:
    """Note which message answered a question; an answer about the story takes its place."""
    if field == STORY:
        await sayings.begin_again(session, revision.id)
    await sayings.add(session, revision.id, message_id, said, field)


async def of_message(
    session: AsyncSession, person: Participant, message_id: int
) -> tuple[Said, Revision, Submission] | None:
    """Return what a person's message said, and of which revision: the newest that holds it."""
    found: tuple[Said, Revision, Submission] | None
    found = await _newest(session, Said, person, message_id)
    return found


async def file_of_message(
    session: AsyncSession, person: Participant, message_id: int
) -> tuple[Attachment, Revision, Submission] | None:
    """Return the file that a person's message brought, and of which revision, as above."""
    found: tuple[Attachment, Revision, Submission] | None
    found = await _newest(session, Attachment, person, message_id)
    return found


async def correct(
    session: AsyncSession,
    revision: Revision,
    part: Said,
    said: str,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Put other words where a part of the story stands; False when that cannot be.

    It cannot when the whole would be too long, or when the story was changed by other means since.
    """
    parts = await sayings.story(session, revision.id)
    if sayings.joined(parts) != revision.text:
        return False
    texts = [said if one.id == part.id else one.text for one in parts]
    whole = "\n\n".join(text for text in texts if text)
    if len(whole) > MAX_TEXT:
        return False
    part.text = said
    session.add(part)
    await submissions.write(session, revision, {"text": whole}, by=by, now=now)
    return True


async def _newest(
    session: AsyncSession, what: type[Any], person: Participant, message_id: int
) -> Any:
    query: Any = (
        select(what, Revision, Submission)
        .join(Revision, col(Revision.id) == col(what.revision_id))
        .join(Submission, col(Submission.id) == col(Revision.submission_id))
        .where(what.message_id == message_id, Submission.participant_id == person.id)
        .order_by(col(Revision.id).desc(), col(what.position))
        .limit(1)
    )
    found = (await session.exec(query)).first()
    return tuple(found) if found else None


async def _note_what_was_there(session: AsyncSession, revision: Revision) -> None:
    """Have the parts make up the text, whoever wrote it."""
    parts = await sayings.story(session, revision.id)
    if sayings.joined(parts) != revision.text:
        await sayings.begin_again(session, revision.id)
        if revision.text:
            await sayings.add(session, revision.id, None, revision.text)
