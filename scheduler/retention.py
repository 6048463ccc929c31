"""Keeps nothing longer than it is needed: the rules are content.privacy.KEPT."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from content import archive, handshakes, personal, privacy
from content.media import discard_unfinished
from content.privacy import KEPT
from content.store import Store

log = structlog.get_logger()


class Empty(Protocol):
    """What empties the messages of a room that the scheduler does not know."""

    def __call__(self, session: AsyncSession, *, now: datetime) -> Awaitable[None]:
        """Empty what is old enough."""
        ...


class Retention:
    """Empties and erases what is old enough; each rule in a transaction of its own."""

    def __init__(
        self,
        store: Store,
        media_root: Path,
        clock: Callable[[], datetime],
        empty_messages: Empty,
    ) -> None:
        self._store, self._media_root, self._clock = store, media_root, clock
        self._empty_messages = empty_messages

    async def sweep(self) -> None:
        """Apply every rule once."""
        now = self._clock()
        async with self._store.transaction() as session:
            await self._empty_messages(session, now=now)
            await handshakes.forget_old(session, now=now)
        async with self._store.transaction() as session:
            drafts = await privacy.erase_abandoned(session, now=now)
        async with self._store.transaction() as session:
            declined = await privacy.erase_declined(session, now=now)
        async with self._store.reading() as session:
            in_use = await personal.in_use(session)
        before = now - KEPT["files"]
        files = await asyncio.to_thread(self._discard, in_use, before)
        if drafts or declined or files:
            log.info("retention", drafts=drafts, declined=declined, files=files)

    def _discard(self, in_use: set[str], before: datetime) -> int:
        discard_unfinished(self._media_root, before=before)
        return archive.discard_orphans(self._media_root, in_use, before=before)
