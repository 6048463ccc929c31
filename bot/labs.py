"""Labs: administrators open them; a link or its QR code, shown at an event, lets people in."""

import re
from pathlib import Path
from typing import Final

import segno

from bot import outbox, texts
from bot.turn import Newsroom, Turn
from content import labs, people
from content.history import Actor
from content.people import Lab, Moderator
from content.roles import Deed, may
from content.store import row_id

_LISTED: Final = 10
_DOT_PIXELS: Final = 14


async def command(turn: Turn) -> None:
    """/lab: list the Labs with their links, or open one: /lab crea "title" year."""
    message = turn.update.effective_message
    said = ((message.text if message else "") or "").partition(" ")[2].strip()
    wanted = re.fullmatch(texts.LAB_CREATE, said, re.IGNORECASE)
    if wanted is not None:
        title, year = " ".join(wanted[1].split())[: labs.LONGEST_TITLE], int(wanted[2])
        await _draw(turn.newsroom, labs.slug(title, year))
    async with turn.transaction():
        member = await _member(turn)
        if member is None:
            return
        if not said:
            await _list(turn)
        elif wanted is None:
            await turn.say(texts.LAB_USAGE)
        elif not may(member.role, Deed.OPEN_LABS):
            await turn.say(texts.ONLY_CHIEFS)
        else:
            by = Actor("moderator", member.id)
            lab, fresh = await labs.create(turn.session, title, year, by=by, now=turn.now)
            if not fresh:
                await turn.say(texts.LAB_EXISTS)
            await _show(turn, lab)


async def pressed(turn: Turn) -> None:
    """A press on a Lab of the list, `l:qr:<lab>`: send its QR code."""
    query = turn.update.callback_query
    number = f"{query.data if query else ''}::".split(":")[2]
    async with turn.newsroom.store.reading() as session:
        lab = await session.get(Lab, row_id(number))
    if lab is not None:
        await _draw(turn.newsroom, lab.slug)
    async with turn.transaction():
        allowed = await _member(turn) is not None
        if allowed and lab is not None:
            await _show(turn, lab)
    note = "" if allowed and lab is not None else texts.UNKNOWN_BUTTON
    await turn.answer(note, alert=bool(note))


def link_to(newsroom: Newsroom, lab: Lab) -> str:
    """Return the deep link that lets people in."""
    return _link(newsroom, lab.slug)


async def _member(turn: Turn) -> Moderator | None:
    """Return the member of the newsroom who writes; a person in private is told if they are none.

    A stranger's group is not answered.
    """
    member = await people.moderator(turn.session, turn.user_id)
    chat = turn.update.effective_chat
    if member is None and chat is not None and chat.type == "private":
        await turn.say(texts.ONLY_ADMINISTRATORS)
    return member


async def _list(turn: Turn) -> None:
    known = await labs.newest(turn.session, limit=_LISTED)
    if not known:
        await turn.say(texts.NO_LABS)
        return
    keyboard = [[(texts.lab_button(lab), f"l:qr:{lab.id}")] for lab in known]
    await turn.say(texts.labs([(lab, link_to(turn.newsroom, lab)) for lab in known]), keyboard)


async def _show(turn: Turn, lab: Lab) -> None:
    caption = texts.lab_link(lab, link_to(turn.newsroom, lab))
    files, thread = [_file(lab.slug)], turn.thread
    await outbox.show(turn.session, turn.chat_id, files, caption, now=turn.now, thread=thread)


async def _draw(newsroom: Newsroom, slug: str) -> None:
    """Write the QR code of a Lab's link into the media folder."""
    path = newsroom.media_root / _file(slug)
    await newsroom.aside(_write, path, _link(newsroom, slug))


def _write(path: Path, link: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    segno.make(link, error="m", micro=False).save(str(whole), kind="png", scale=_DOT_PIXELS)
    whole.replace(path)


def _link(newsroom: Newsroom, slug: str) -> str:
    return newsroom.start_link(f"{labs.PREFIX}{slug}")


def _file(slug: str) -> str:
    return f"{labs.PREFIX}{slug}.png"
