"""Every update is committed before it is acknowledged, and handled once in effect."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot, Update
from telegram.ext import BaseUpdateProcessor

from content.store import Store, by_value, telegram_id

AT_ONCE: Final = 64
MOST_TRIES: Final = 4


class InboxState(StrEnum):
    """Where an update stands; HELD waits for its sender's consent."""

    WAITING = "waiting"
    HELD = "held"
    HANDLED = "handled"
    FAILED = "failed"


class Received(SQLModel, table=True):
    """One update as Telegram sent it."""

    __tablename__ = "inbox"

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


class Inbox(asyncio.Queue[object]):
    """The Application's update queue: `put` returns once the update is committed."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._store, self._clock = store, clock

    async def put(self, item: object) -> None:
        """Commit an update, then queue it; one that was handled before is dropped."""
        if isinstance(item, Update) and not await self._keep(item):
            return
        await super().put(item)

    async def replay(self, bot: Bot) -> int:
        """Queue again, in order, what was committed but not handled; return how many."""
        async with self._store.reading() as session:
            query = (
                select(Received.body)
                .where(Received.state == InboxState.WAITING)
                .order_by(col(Received.update_id))
            )
            bodies = (await session.exec(query)).all()
        for body in bodies:
            self.put_nowait(Update.de_json(json.loads(body), bot))
        return len(bodies)

    async def _keep(self, item: Update) -> bool:
        async with self._store.transaction() as session:
            known = await session.get(Received, item.update_id)
            if known is not None:
                return known.state is InboxState.WAITING
            session.add(
                Received(
                    update_id=item.update_id,
                    person_id=person_of(item),
                    body=item.to_json(),
                    state=InboxState.WAITING,
                    received_at=self._clock(),
                )
            )
        return True


class OnePersonAtATime(BaseUpdateProcessor):
    """Handles one person's updates in order, and many people's at once."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE)
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the person's turn, then handle."""
        person = person_of(update) if isinstance(update, Update) else 0
        lock = self._turns[person]
        async with lock:
            await coroutine
        if not lock.locked() and not getattr(lock, "_waiters", None):
            self._turns.pop(person, None)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free."""


def person_of(item: Update) -> int:
    """Return the Telegram id of who caused an update, else of the chat, else 0."""
    if item.effective_user is not None:
        return item.effective_user.id
    return item.effective_chat.id if item.effective_chat is not None else 0


async def open_row(session: AsyncSession, update_id: int) -> Received:
    """Return the row of an update about to be handled; raises AlreadyHandled."""
    row = await session.get(Received, update_id, with_for_update=True)
    if row is None or row.state in (InboxState.HANDLED, InboxState.HELD):
        raise AlreadyHandled
    return row


async def release_held(session: AsyncSession, person_id: int) -> list[str]:
    """Let a person's held updates be handled; return them, in order, to be queued."""
    mine = (Received.person_id == person_id, Received.state == InboxState.HELD)
    query = select(Received.body).where(*mine).order_by(col(Received.update_id))
    bodies = (await session.exec(query)).all()
    await session.exec(
        update(Received)
        .where(col(Received.person_id) == person_id, col(Received.state) == InboxState.HELD)
        .values(state=InboxState.WAITING)
    )
    return list(bodies)


async def give_up(
    store: Store, update_id: int, problem: str, *, final: bool, now: datetime
) -> bool:
    """Note that handling failed; return whether that was the last try."""
    async with store.transaction() as session:
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
