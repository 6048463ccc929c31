"""What people send as files: photos, films, voices, documents; each is opened before it is kept."""

import io
from dataclasses import dataclass

from telegram import Message
from telegram.error import BadRequest

from bot import correspondence, receiving, scheda, telling, texts
from bot.conversation import Conversation, conversation
from bot.rights import admitted
from bot.turn import Turn
from content import attachments, submissions
from content.cleaning import readable
from content.history import Actor
from content.media import (
    CAPTIONS,
    MAX_BYTES,
    Medium,
    MediumKind,
    MediumRefused,
    Refusal,
    form_of,
    keep,
    keep_captions,
)
from content.people import Participant
from content.submissions import Revision, Submission


@dataclass(frozen=True, slots=True)
class Source:
    """A file as Telegram announces it; `spoken` says that it stands for words."""

    file_id: str
    unique_id: str
    size: int
    name: str = ""
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: a medium, captions (their hash and words), words alone, or a refusal."""

    medium: Medium | None = None
    captions: tuple[str, str] | None = None
    words: str = ""
    refused: Refusal | None = None


async def sent(turn: Turn) -> None:
    """A file of any kind, with or without a caption."""
    message = turn.update.effective_message
    source = enclosed(message) if message else None
    assert message is not None
    assert source is not None
    # Nothing is downloaded before consent.
    known = await telling.known(turn)
    taken = await take(turn, source, known) if known else Taken(refused=Refusal.BROKEN)
    async with turn.transaction() as session:
        person = await admitted(turn)
        if person is None:
            return
        talk = await conversation(session, turn.user_id)
        caption = readable(message.caption or "").strip()
        said = "\n\n".join(part for part in (caption, taken.words) if part)
        if not taken.refused and await correspondence.took(turn, talk, person, said, taken.medium):
            return
        await telling.follow_reply(turn, talk, person)
        continues = talk.open_album(message.media_group_id)
        submission, revision = await telling.draft(turn, talk, person)
        notices = [await _put(turn, person, submission, revision, source, taken)]
        notices += [
            await telling.add_words(turn, revision, person, words)
            for words in (caption, taken.words)
            if words
        ]
        await _show(turn, talk, person, (submission, revision), notices, continues=continues)


def enclosed(message: Message) -> Source | None:
    """Return the file that a message carries, None when it carries none."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Source(largest.file_id, largest.file_unique_id, largest.file_size or 0)
    for one, name, spoken in (
        (message.voice, "vocale.ogg", True),
        (message.video_note, "", False),
        (message.animation, "", False),
        (message.video, "", False),
        (message.audio, "", False),
        (message.document, "", False),
    ):
        if one is not None:
            given = getattr(one, "file_name", None) or name
            size = int(one.file_size or 0)
            return Source(one.file_id, one.file_unique_id, size, given, spoken)
    return None


async def take(turn: Turn, source: Source, person: Participant) -> Taken:
    """Fetch a file, have it scanned, cleaned and kept, and what is said in it written down."""
    newsroom, root = turn.newsroom, turn.newsroom.media_root
    try:
        if source.size > MAX_BYTES and newsroom.local_files:
            path = await turn.local_path(source.file_id)
            medium = await receiving.kept(newsroom, path, source.name)
            return await _heard(turn, person, source, medium)
        async with newsroom.openings:
            data = await _fetched(turn, source)
            if form_of(data) == CAPTIONS:
                return Taken(captions=await newsroom.aside(keep_captions, root, data))
            medium = await newsroom.aside(keep, root, data, source.name)
    except MediumRefused as refused:
        return Taken(refused=refused.code)
    return await _heard(turn, person, source, medium)


async def _heard(turn: Turn, person: Participant, source: Source, medium: Medium) -> Taken:
    """Add to a file what is said in it; of a voice message that is all that counts."""
    newsroom, refused = turn.newsroom, person.ai_refused_at is not None
    said = None if refused else await receiving.heard(newsroom, medium)
    if said is None:
        return Taken(medium=medium)
    if source.spoken:
        return Taken(words=said.text)
    return Taken(medium=await receiving.captioned(newsroom, medium, said))


async def _fetched(turn: Turn, source: Source) -> bytes:
    """Return a file's bytes, scanned; raises MediumRefused."""
    if source.size > MAX_BYTES:
        raise MediumRefused(Refusal.TOO_BIG)
    try:
        data = await turn.download(source.file_id)
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise MediumRefused(Refusal.TOO_BIG) from error
        raise
    await receiving.scan(turn.newsroom, io.BytesIO(data))
    return data


async def _put(
    turn: Turn,
    person: Participant,
    submission: Submission,
    revision: Revision,
    source: Source,
    taken: Taken,
) -> str:
    """Add to the draft what came of a file; return what the person is told of it."""
    if taken.refused is not None:
        return await _refusal(turn, person, submission, taken.refused)
    if taken.captions is not None:
        video = await attachments.last_video(turn.session, revision.id)
        if video is None:
            return texts.CAPTIONS_WITHOUT_VIDEO
        captions, transcript = taken.captions
        await attachments.describe(turn.session, video, captions=captions, transcript=transcript)
        return texts.CAPTIONS_ADDED
    if taken.medium is None:
        return texts.TRANSCRIBED
    by, message = Actor("participant", person.id), turn.update.effective_message
    count = await submissions.attach(
        turn.session,
        revision,
        taken.medium,
        source.file_id,
        source.unique_id,
        by=by,
        now=turn.now,
        message_id=message.message_id if message else None,
    )
    if count is None:
        picture = taken.medium.kind is MediumKind.PICTURE
        return texts.TOO_MANY_PHOTOS if picture else texts.TOO_MANY_FILES
    return texts.NOT_TRANSCRIBED if source.spoken else ""


async def _refusal(turn: Turn, person: Participant, submission: Submission, code: Refusal) -> str:
    """Say why a file was not taken; what is too large for Telegram may come another way."""
    offer = turn.newsroom.upload_link
    if code is Refusal.TOO_BIG and offer is not None:
        return texts.too_big(await offer(turn.session, person, submission))
    return texts.REFUSED[code]


async def _show(
    turn: Turn,
    talk: Conversation,
    person: Participant,
    draft: tuple[Submission, Revision],
    notices: list[str],
    *,
    continues: bool,
) -> None:
    """Show the draft; the files of an album change the scheda that the first one brought."""
    told = [*talk.album_notices, *(one for one in notices if one)]
    told = list(dict.fromkeys(told))
    if talk.album is not None:
        talk.album_notices = told
        media = await attachments.of(turn.session, draft[1].id)
        told = [texts.album_so_far(sum(one.is_picture for one in media)), *told]
    await scheda.show(
        turn,
        talk,
        person,
        *draft,
        notice="\n\n".join(told),
        in_place=continues,
        album=talk.album is not None,
    )
