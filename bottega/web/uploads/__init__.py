"""Where people bring files that Telegram does not carry: a page, a tus server, a plain form."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from starlette.routing import BaseRoute

from bottega.web.uploads.depot import Depot
from bottega.web.uploads.keeper import Keep, Keeper, Tell
from bottega.web.uploads.routes import PATH, Entrance
from content.store import Store

__all__ = ["PATH", "Uploads"]


class Uploads:
    """Takes files as they come, and puts each into its case once it is whole."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        root: Path,
        largest: int,
        keep: Keep,
        tell: Tell,
        told: Callable[[], None],
    ) -> None:
        """Take where files are while they arrive, and the bytes of the largest.

        `told` is called after a commit with something for a person to hear.
        """
        self._depot = Depot(root)
        self._keeper = Keeper(store, self._depot, clock, keep, tell, told)
        self._entrance = Entrance(
            store,
            self._depot,
            clock,
            largest=largest,
            arrived=self._keeper.nudge,
            waits=self._keeper.waits,
        )

    def routes(self) -> list[BaseRoute]:
        """Return what is to be served."""
        return self._entrance.routes()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep what has arrived until the end of the block; then let go of what is arriving."""
        task = asyncio.create_task(self._keeper.run())
        try:
            yield
        finally:
            self._depot.close()
            self._keeper.stop()
            await task
