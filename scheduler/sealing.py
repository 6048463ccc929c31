"""Seals the record, so that nothing can be taken off its end unseen."""

from collections.abc import Callable
from datetime import datetime

import structlog

from content import seals
from content.store import Store

log = structlog.get_logger()


class Sealing:
    """Seals all that happened since the last seal."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    async def sweep(self) -> None:
        """Seal; the log keeps the hash too, out of reach of who can write to the database."""
        more = True
        while more:
            try:
                async with self._store.transaction() as session:
                    made = await seals.seal(session, now=self._clock())
            except seals.Busy:
                return  # the newsroom goes first: there is another minute
            if made is not None:
                log.info("sealed", seal=made.id, rows=made.rows, sha256=made.sha256)
            more = made is not None and made.rows == seals.AT_ONCE
