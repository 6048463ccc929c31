"""/miei_dati and /cancella_dati: a copy of all that is kept of a person, and its end."""

import secrets
from datetime import timedelta
from typing import Any, Final

from bot import forgetting, outbox, texts
from bot.outbox import said_since
from bot.turn import Turn
from content import archive, people, personal, privacy
from content.people import Participant

AGAIN_AFTER: Final = timedelta(minutes=10)


async def export(turn: Turn) -> None:
    """/miei_dati: send a ZIP with everything about the person, and their media."""
    newsroom, told = turn.newsroom, None
    async with newsroom.store.reading() as session:
        person = await people.participant(session, turn.user_id)
        soon = await said_since(session, turn.chat_id, "export", turn.now - AGAIN_AFTER)
        if person is not None and not soon:
            told = await _everything(session, person)
    names: list[str] = []
    left = 0
    if told is not None:
        folder = f"{archive.FOLDER}/{secrets.token_hex(16)}"
        names, left = await newsroom.aside(archive.pack, newsroom.media_root, folder, told)
    async with turn.transaction() as session:
        for number, name in enumerate(names, 1):
            caption = texts.your_data(left) if number == 1 else ""
            title = f"{number}-{texts.DATA_FILE}" if len(names) > 1 else texts.DATA_FILE
            await outbox.hand(
                session, turn.chat_id, name, title, caption, now=turn.now, ref="export"
            )
        if not names:
            await turn.say(texts.DATA_SOON if soon else texts.NOTHING_KEPT)


async def ask_erasure(turn: Turn) -> None:
    """/cancella_dati: say what it means, and ask to confirm."""
    async with turn.transaction() as session:
        person = await people.participant(session, turn.user_id)
        if person is None:
            await turn.say(texts.NOTHING_KEPT)
            return
        out, others = await privacy.reach(session, person)
        keyboard = [[(texts.ERASE, "c:erase")], [(texts.DO_NOT_ERASE, "c:keep")]]
        await turn.say(texts.erasure(out, others), keyboard, ref="erasure")


async def erase(turn: Turn, _: str) -> str:
    """Forget the person, as they confirmed."""
    newsroom = turn.newsroom
    async with turn.transaction() as session:
        person = await people.participant(session, turn.user_id)
        if person is None:
            return texts.NOTHING_KEPT
        rows = await personal.gather(session, "participant", [person.id])
        out = await privacy.erase(session, person, now=turn.now)
        cases = [row["id"] for row in rows["submission"]]
        await forgetting.forget(turn, cases)
        lost = personal.files_of(rows) - await personal.in_use(session)
        await turn.say(texts.erased(out))
    await newsroom.aside(archive.discard, newsroom.media_root, lost)
    newsroom.happened()
    return ""


async def keep(turn: Turn, _: str) -> str:
    """Leave everything as it is."""
    async with turn.transaction():
        await turn.say(texts.NOT_ERASED, ref="erasure")
    return ""


async def _everything(session: Any, person: Participant) -> personal.Rows:
    rows = await personal.gather(session, "participant", [person.id])
    messages = await forgetting.gather(session, person.telegram_id)
    return {"participant": [person.model_dump()], **rows, **messages}
