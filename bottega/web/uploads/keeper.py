"""Puts what has arrived into its case, and tells its person; deletes what never will."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bottega.web.uploads.depot import Busy, Depot
from content import uploads
from content.media import Medium, MediumRefused, Refusal
from content.store import Store
from content.uploads import Arrival, Upload

log = structlog.get_logger()
LOOK_AGAIN_SECONDS: Final = 5.0
TRY_AGAIN: Final = timedelta(minutes=1)
SWEEP_EVERY: Final = timedelta(hours=1)

Keep: TypeAlias = Callable[[Path, Upload], Awaitable[Medium]]
"""Opens, cleans and keeps a file; raises MediumRefused, or OSError when it cannot just now."""


class Tell(Protocol):
    """Tells a person what became of their file, in the transaction in which it did."""

    async def __call__(
        self, session: AsyncSession, upload: Upload, arrival: Arrival | None
    ) -> None:
        """Tell; without an arrival the file was refused, and the upload's problem says why."""
        ...


class Keeper:
    """Works until stopped; after a crash it finds what had arrived, and does it then."""

    def __init__(
        self,
        store: Store,
        depot: Depot,
        clock: Callable[[], datetime],
        keep: Keep,
        tell: Tell,
        told: Callable[[], None],
    ) -> None:
        """Take also what is called after a commit with something to say."""
        self._store, self._depot, self._clock = store, depot, clock
        self._keep, self._tell, self._told = keep, tell, told
        self._bell = asyncio.Event()
        self._stopping = False
        self._later: dict[str, datetime] = {}
        self._swept: datetime | None = None

    def nudge(self) -> None:
        """Say that something may have arrived."""
        self._bell.set()

    def stop(self) -> None:
        """Let `run` end; what is being kept is kept first."""
        self._stopping = True
        self.nudge()

    def waits(self, token_sha256: str) -> bool:
        """Whether a file that arrived could not be kept so far, for a reason that may pass."""
        return token_sha256 in self._later

    async def run(self) -> None:
        """Look again and again until stopped."""
        while not self._stopping:
            self._bell.clear()
            try:
                await self.look()
            except Exception:
                log.exception("uploads_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_AGAIN_SECONDS)

    async def look(self) -> None:
        """Keep what has arrived, one file after the other; now and then delete what is left."""
        now = self._clock()
        async with self._store.reading() as session:
            waiting = await uploads.coming(session)
        for upload in waiting:
            key = upload.token_sha256
            if self._stopping or self._later.get(key, now) > now:
                continue
            if await asyncio.to_thread(self._depot.arrived, key) == upload.size:
                await self._settle(upload)
        if self._swept is None or now - self._swept >= SWEEP_EVERY:
            self._swept = now
            await self._sweep()

    async def _settle(self, upload: Upload) -> None:
        """Keep a file and write down what became of it; in doubt it stays, to be tried again."""
        key, now = upload.token_sha256, self._clock()
        try:
            async with self._depot.holding(key) as part:
                medium = await self._kept(part.path, upload, now)
                async with self._store.transaction() as session:
                    await self._write_down(session, upload, medium)
                await part.remove()
        except Busy:
            return
        except Exception:
            log.exception("upload_not_kept", upload=upload.id)
            self._later[key] = now + TRY_AGAIN
            return
        self._later.pop(key, None)
        self._told()

    async def _kept(self, path: Path, upload: Upload, now: datetime) -> Medium | Refusal:
        try:
            return await self._keep(path, upload)
        except MediumRefused as refused:
            passing = refused.code is Refusal.NOT_SCANNED and now < upload.expires_at
            if passing:
                raise
            return refused.code

    async def _write_down(
        self, session: AsyncSession, upload: Upload, medium: Medium | Refusal
    ) -> None:
        row, now = await session.get(Upload, upload.id), self._clock()
        if row is None:  # its person was forgotten meanwhile
            return
        if isinstance(medium, Refusal):
            if await uploads.refuse(session, row, medium, now=now):
                await self._tell(session, row, None)
            return
        arrival = await uploads.finish(session, row, medium, now=now)
        if arrival is not None:
            await self._tell(session, row, arrival)

    async def _sweep(self) -> None:
        """Delete the files of links that are no more."""
        found = await asyncio.to_thread(self._depot.keys)
        async with self._store.transaction() as session:
            await uploads.forget_expired(session, now=self._clock())
            open_ones = {one.token_sha256 for one in await uploads.coming(session)}
        await self._depot.discard(found - open_ones)
