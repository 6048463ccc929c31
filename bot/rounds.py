"""Looking again and again for something to do, until told to stop."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import ClassVar

import structlog

log = structlog.get_logger()


class Rounds(ABC):
    """Whoever looks when nudged, and every so often unasked; a look that fails is not the last."""

    every: ClassVar[float] = 1.0
    """Seconds after which to look though nobody nudged."""
    breath: ClassVar[float] = 0.0
    """Seconds between two looks at least, so that what comes meanwhile is looked at together."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._stopping = False

    def nudge(self) -> None:
        """Say that there may be something to do."""
        self._bell.set()

    def stop(self) -> None:
        """Let `run` end once what was begun is done."""
        self._stopping = True
        self.nudge()

    async def run(self) -> None:
        """Look until stopped."""
        while not self._stopping:
            self._bell.clear()
            try:
                await self.look()
            except Exception:
                log.exception("look_failed", who=type(self).__name__)
            await asyncio.sleep(self.breath)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self.every)
        await self.finish()

    @abstractmethod
    async def look(self) -> None:
        """Begin, or do, all that there is to do now."""

    async def finish(self) -> None:
        """Wait for what was begun."""
        return
