"""Have the assistant draft what came in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from content import articles, attachments, submissions
from content.drafting import Assistant
from content.media import Medium
from content.senses import NullSight, Sight
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
        *,
        sight: Sight | None = None,
        media_root: Path | None = None,
    ) -> None:
        """Take who drafts and, where there is one, who says what pictures show."""
        self._store, self._assistant, self._clock = store, assistant, clock
        self._happened = happened
        self._sight, self._media_root = sight or NullSight(), media_root
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
        alts = {} if source.no_model else await self._alts(revision_id, drafted.title)
        async with self._store.transaction() as session:
            revision = await session.get_one(submissions.Revision, revision_id)
            if revision_id in await articles.undrafted(session, only=revision_id, limit=1):
                await articles.draft(session, revision, drafted, alts=alts, now=self._clock())
        log.info("drafted", revision=revision_id, model=drafted.model)

    async def _alts(self, revision_id: int, title: str) -> dict[str, str]:
        """Return what the pictures show of which their author did not say it, by their hash."""
        if self._media_root is None or isinstance(self._sight, NullSight):
            return {}
        async with self._store.reading() as session:
            files = [one for one in await attachments.of(session, revision_id) if one.is_picture]
        alts = {}
        for one in (Medium.model_validate(file.medium) for file in files):
            if one.alt:
                continue
            try:
                picture = await asyncio.to_thread(one.read, self._media_root)
            except OSError as error:  # without it there are words still, for people to judge
                log.warning("picture_lost", revision=revision_id, error=type(error).__name__)
                continue
            alts[one.sha256] = await self._sight.describe(picture, one.mime, title)
        return alts
