"""Have the assistant draft what came in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from content import articles, submissions
from content.drafting import Assistant
from content.store import Store

log = structlog.get_logger()
AT_ONCE: Final = 4


class Drafts:
    """Drafts each revision once; the model is asked outside any transaction."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        clock: Callable[[], datetime],
        happened: Callable[[], None],
    ) -> None:
        self._store, self._assistant, self._clock = store, assistant, clock
        self._happened = happened
        self._sweeping = asyncio.Lock()

    async def sweep(self) -> None:
        """Draft what waits for it, the oldest first."""
        async with self._sweeping:
            while True:
                async with self._store.reading() as session:
                    waiting = await articles.undrafted(session, limit=AT_ONCE)
                if not waiting:
                    return
                await asyncio.gather(*(self._draft(one) for one in waiting))
                self._happened()

    async def _draft(self, revision_id: int) -> None:
        async with self._store.reading() as session:
            source = await articles.source_of(session, revision_id)
        drafted = await self._assistant.draft(source)
        async with self._store.transaction() as session:
            revision = await session.get_one(submissions.Revision, revision_id)
            if revision_id in await articles.undrafted(session, only=revision_id, limit=1):
                await articles.draft(session, revision, drafted, now=self._clock())
        log.info("drafted", revision=revision_id, model=drafted.model)
