"""The web server, started and stopped with the rest."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bottega.alone import CannotStart


@asynccontextmanager
async def serving(app: Starlette, host: str, port: int) -> AsyncIterator[None]:
    """Serve until the end of the block; raises CannotStart when the port is taken."""
    server = _Server(app, host, port)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                raise CannotStart(
                    f"La porta {port} è occupata: cambia PORT oppure ferma l’altro programma."
                )
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the runtime stops it."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def serve(self, sockets: Any = None) -> None:
        """Serve; a port that is taken ends this, not the process."""
        with contextlib.suppress(SystemExit):
            await super().serve(sockets)
