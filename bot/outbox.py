"""Every message is committed together with what caused it: a crash loses none."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Column, Index, bindparam, insert
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.store import by_value, telegram_id

Keyboard: TypeAlias = Sequence[Sequence[tuple[str, str]]]
"""Rows of buttons, each a label and its callback data."""


LATER: Final = "later"


class OutboxState(StrEnum):
    """Where a message stands; SUPERSEDED gave way to a newer one before it was sent."""

    WAITING = "waiting"
    SENT = "sent"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Topic(StrEnum):
    """What a message to the moderators is about, where their group has topics."""

    REVIEW = "review"
    SCHEDULED = "scheduled"
    TROUBLE = "trouble"


class Outgoing(SQLModel, table=True):
    """One message of the bot; `ref` names what it shows ("card:12"), so that it can be edited."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_ref", "chat_id", "ref"),
        Index("ix_outbox_queue", "state", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    chat_id: int = telegram_id()
    what: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    ref: str | None = None
    state: OutboxState = Field(sa_column=by_value(OutboxState))
    message_id: int | None = None
    created_at: datetime
    next_try_at: datetime
    problem: str | None = None


What: TypeAlias = Literal["text", "photos", "document", "edit", "strip"]


async def say(
    session: AsyncSession,
    chat_id: int,
    text: str,
    keyboard: Keyboard = (),
    *,
    now: datetime,
    ref: str | None = None,
    reply: bool = False,
    topic: Topic | None = None,
    thread: int | None = None,
) -> None:
    """Send a text (HTML) with buttons; one still waiting under the same `ref` gives way to it.

    The buttons of an older message with this `ref` are taken away. `reply` asks Telegram to open
    the answer for the person. In a group with topics it goes to a `topic`, or else a `thread`.
    """
    if ref is not None:
        await _supersede(session, chat_id, ref)
        older = await last_sent(session, chat_id, ref)
        if older is not None and older.payload.get("keyboard"):
            await _put(session, chat_id, "strip", {"message_id": older.message_id}, None, now)
    payload: dict[str, Any] = {
        "text": text,
        "keyboard": [list(map(list, row)) for row in keyboard],
        "reply": reply,
        **_where(topic, thread),
    }
    await _put(session, chat_id, "text", payload, ref, now)


async def show(
    session: AsyncSession,
    chat_id: int,
    files: Sequence[str],
    caption: str,
    *,
    now: datetime,
    topic: Topic | None = None,
    thread: int | None = None,
) -> None:
    """Send 1 to 10 pictures, by their names in the media folder, under one caption (HTML)."""
    payload = {"files": list(files), "caption": caption, **_where(topic, thread)}
    await _put(session, chat_id, "photos", payload, None, now)


async def hand(
    session: AsyncSession,
    chat_id: int,
    file: str,
    name: str,
    caption: str,
    *,
    now: datetime,
    ref: str,
    topic: Topic | None = None,
) -> None:
    """Send a file of the media folder as a document, under a name and a caption (HTML)."""
    payload = {"file": file, "name": name, "caption": caption, **_where(topic, None)}
    await _put(session, chat_id, "document", payload, ref, now)


async def mend(
    session: AsyncSession,
    chat_id: int,
    ref: str,
    text: str,
    keyboard: Keyboard = (),
    *,
    now: datetime,
    later: bool = False,
) -> None:
    """Edit the last message sent under `ref`; several edits that wait become the last one.

    What nobody looks at just now may come `later`, after what others wait for in that chat.
    """
    await _supersede(session, chat_id, ref, what="edit")
    payload: dict[str, Any] = {
        "text": text, "keyboard": [list(map(list, row)) for row in keyboard],
    }  # fmt: skip
    if later:
        payload[LATER] = True
    await _put(session, chat_id, "edit", payload, ref, now)


def _where(topic: Topic | None, thread: int | None) -> dict[str, Any]:
    known = {"topic": topic and topic.value, "thread": thread}
    return {name: value for name, value in known.items() if value is not None}


_PUT: Final = insert(Outgoing).values(  # built once: it is said for every message
    chat_id=bindparam("chat_id"),
    what=bindparam("what"),
    payload=bindparam("payload"),
    ref=bindparam("ref"),
    state=OutboxState.WAITING,
    created_at=bindparam("now"),
    next_try_at=bindparam("now"),
)


async def _put(
    session: AsyncSession,
    chat_id: int,
    what: What,
    payload: dict[str, Any],
    ref: str | None,
    now: datetime,
) -> None:
    connection = await session.connection()
    row = {"chat_id": chat_id, "what": what, "payload": payload, "ref": ref, "now": now}
    await connection.execute(_PUT, row)


async def _supersede(
    session: AsyncSession, chat_id: int, ref: str, what: What | None = None
) -> None:
    where = [
        col(Outgoing.chat_id) == chat_id,
        col(Outgoing.ref) == ref,
        col(Outgoing.state) == OutboxState.WAITING,
    ]
    if what is not None:
        where.append(col(Outgoing.what) == what)
    await session.exec(update(Outgoing).where(*where).values(state=OutboxState.SUPERSEDED))


async def said_since(
    session: AsyncSession, chat_id: int, ref: str, since: datetime | None = None
) -> bool:
    """Whether anything was said in a chat under a `ref`, since a moment or ever."""
    query = select(Outgoing.id).where(Outgoing.chat_id == chat_id, Outgoing.ref == ref)
    if since is not None:
        query = query.where(col(Outgoing.created_at) >= since)
    return (await session.exec(query.limit(1))).first() is not None


async def last_sent(session: AsyncSession, chat_id: int, ref: str) -> Outgoing | None:
    """Return the newest message sent in a chat under a `ref`."""
    query = (
        select(Outgoing)
        .where(
            Outgoing.chat_id == chat_id,
            Outgoing.ref == ref,
            Outgoing.state == OutboxState.SENT,
            col(Outgoing.message_id).is_not(None),
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()
