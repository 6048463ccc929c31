"""What comes at the same time is written at once: many wait for one commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
MOST: Final = 200


class Together(Generic[Item]):
    """Writes items in the order they come; while some are being written the next ones gather."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        """Take what writes, in one transaction."""
        self._write = write
        self._waiting: deque[tuple[Item, asyncio.Future[None]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> None:
        """Return once the item is written; raises what kept it from being so."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._run())
        await written

    async def _run(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
            problem: Exception | None = None
            try:
                await self._write([item for item, _ in some])
            except Exception as error:  # noqa: BLE001 - each who waits is told
                problem = error
            for _, written in some:
                if written.done():  # who waited was cancelled
                    continue
                if problem is None:
                    written.set_result(None)
                else:
                    written.set_exception(problem)
        self._writer = None
