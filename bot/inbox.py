"""Every update is committed before it is acknowledged, and handled once in effect."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, Index, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot, Update

from bot.together import Together
from content.store import Store, by_value, telegram_id

MOST_TRIES: Final = 4
_LARGEST: Final = 2**63 - 1
_UNSPEAKABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What JSON can carry and no database: NUL, and halves of a surrogate pair."""
_WAITING: Final = text("state = 'waiting'")


class InboxState(StrEnum):
    """Where an update stands; HELD waits for its sender's consent."""

    WAITING = "waiting"
    HELD = "held"
    HANDLED = "handled"
    FAILED = "failed"


class Received(SQLModel, table=True):
    """One update as Telegram sent it."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_queue", "update_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(
            "ix_inbox_turn",
            "person_id",
            "update_id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    update_id: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = telegram_id()
    body: str
    state: InboxState = Field(sa_column=by_value(InboxState))
    received_at: datetime
    handled_at: datetime | None = None
    tries: int = 0
    problem: str | None = None


class AlreadyHandled(Exception):
    """The update was handled before; doing it again would do it twice."""


class NotAnUpdate(ValueError):
    """What came has not even a number to be known by."""


class Inbox:
    """Keeps updates until they are handled; the table is the queue, so memory holds none.

    `came` is called when something new waits.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._arriving = Together(self._commit)
        self.came: Callable[[], None] = _nobody

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Return once the updates (JSON of the Bot API) are committed.

        What arrives while a commit is under way shares the next one; what came before is left as
        it is. Raises NotAnUpdate, and whatever keeps the database from committing.
        """
        rows = [_row(one, self._clock()) for one in updates]
        if rows:
            await self._arriving.add(rows)
            self.came()

    async def _commit(self, together: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        insert = sqlite.insert if self._store.embedded else postgresql.insert
        async with self._store.transaction() as session:
            connection = await session.connection()
            rows = [row for some in together for row in some]
            await connection.execute(insert(Received).on_conflict_do_nothing(), rows)


def number_of(item: Any) -> int | None:
    """Return an update's number, None for what is no update."""
    number = item.get("update_id") if isinstance(item, Mapping) else None
    return number if type(number) is int and abs(number) <= _LARGEST else None


def _row(item: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    number = number_of(item)
    if number is None:
        raise NotAnUpdate
    return {
        "update_id": number,
        "person_id": person_of(item),
        "body": json.dumps(item),  # in ASCII, which carries everything
        "state": InboxState.WAITING,
        "received_at": now,
        "tries": 0,
    }


def person_of(item: Mapping[str, Any]) -> int:
    """Return the Telegram id of who caused an update, else of the chat, else 0."""
    for content in item.values():
        if isinstance(content, Mapping):
            for key in ("from", "user", "chat", "actor_chat", "voter_chat"):
                who = content.get(key)
                number = who.get("id") if isinstance(who, Mapping) else None
                if type(number) is int and abs(number) <= _LARGEST:
                    return number
    return 0


def read(body: str, bot: Bot | None) -> Update:
    """Return an update as it was kept, without what no database can store."""
    return Update.de_json(_spoken(json.loads(body)), bot)


def _spoken(value: Any) -> Any:
    match value:
        case str():
            return _UNSPEAKABLE.sub("\ufffd", value)
        case list():
            return [_spoken(one) for one in value]
        case dict():
            return {_spoken(name): _spoken(one) for name, one in value.items()}
    return value


async def waiting(
    session: AsyncSession, limit: int, *, but: Collection[int] = (), person: int | None = None
) -> Sequence[Received]:
    """Return what waits, the oldest first: of everybody but some people, or of one."""
    query = select(Received).where(_WAITING)  # word for word, for the indexes to be used
    if person is not None:
        query = query.where(Received.person_id == person)
    if but:
        query = query.where(col(Received.person_id).not_in(but))
    return (await session.exec(query.order_by(col(Received.update_id)).limit(limit))).all()


_TAKE_UP: Final = (  # built once: it is said for every update
    update(Received)
    .where(col(Received.update_id) == bindparam("number"), _WAITING)
    .values(state=InboxState.HANDLED, handled_at=bindparam("now"))
)


async def take_up(session: AsyncSession, update_id: int, *, now: datetime) -> None:
    """Mark an update handled, in the transaction that handles it; raises AlreadyHandled."""
    connection = await session.connection()
    if (await connection.execute(_TAKE_UP, {"number": update_id, "now": now})).rowcount != 1:
        raise AlreadyHandled


async def hold(session: AsyncSession, update_id: int) -> None:
    """Keep an update that was just taken up for after its sender's consent."""
    held = {"state": InboxState.HELD, "handled_at": None}
    which = col(Received.update_id) == update_id
    await session.exec(update(Received).where(which).values(held))


async def release_held(session: AsyncSession, person_id: int) -> int:
    """Let a person's held updates be handled, in their order; return how many."""
    held = (col(Received.person_id) == person_id, col(Received.state) == InboxState.HELD)
    released = await session.exec(update(Received).where(*held).values(state=InboxState.WAITING))
    return released.rowcount


async def give_up(
    session: AsyncSession, update_id: int, problem: str, *, final: bool, now: datetime
) -> bool:
    """Note that handling failed; return whether that was the last try."""
    row = await session.get(Received, update_id, with_for_update=True)
    if row is None or row.state is not InboxState.WAITING:
        return False
    row.tries += 1
    row.problem = problem
    last = final or row.tries >= MOST_TRIES
    if last:
        row.state, row.handled_at = InboxState.FAILED, now
    session.add(row)
    return last


async def failed(session: AsyncSession) -> Sequence[Received]:
    """Return the updates that could not be handled, the oldest first."""
    query = select(Received).where(Received.state == InboxState.FAILED)
    return (await session.exec(query.order_by(col(Received.update_id)))).all()


async def replay(session: AsyncSession, update_id: int | None = None) -> int:
    """Let failed updates, or one of them, be handled again; return how many."""
    which = [col(Received.state) == InboxState.FAILED]
    if update_id is not None:
        which.append(col(Received.update_id) == update_id)
    again = {"state": InboxState.WAITING, "tries": 0, "handled_at": None}
    return (await session.exec(update(Received).where(*which).values(again))).rowcount


def _nobody() -> None:
    return
