"""The web server, started and stopped with the rest; what it serves beside the column."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot import texts, uploads
from bot.turn import Newsroom
from bottega.alone import CannotStart
from bottega.settings import Settings
from bottega.web.console import BASE, Desk
from bottega.web.uploads import PATH, Uploads
from publishers import Rubrica
from publishers.base import Publisher
from publishers.connectable import Connectable


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


def uploads_of(settings: Settings, newsroom: Newsroom) -> Uploads | None:
    """Return what takes large files, where people can reach the web server; the bot gives links."""
    if settings.public_url is None:
        return None
    newsroom.upload_link = uploads.linking(f"{settings.public_url}{PATH}", newsroom.clock)
    return Uploads(
        newsroom.store,
        newsroom.clock,
        root=settings.uploads_root,
        largest=settings.max_upload_mb * 1_000_000,
        keep=uploads.Keeper(newsroom),
        tell=uploads.Teller(newsroom),
        told=newsroom.said,
    )


def desk_of(
    settings: Settings,
    newsroom: Newsroom,
    access: Callable[[Publisher], Awaitable[Publisher]] | None = None,
    connectable: Mapping[str, Connectable] | None = None,
) -> Desk:
    """Return what the console works with; the bot gives links to it."""
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    newsroom.console = f"{address}{BASE}"
    token = settings.telegram_token
    rubrica = newsroom.publishers.get(Rubrica.channel)
    return Desk(
        store=newsroom.store,
        clock=newsroom.clock,
        token=token.get_secret_value() if token else "",
        address=address,
        media_root=newsroom.media_root,
        publishers=newsroom.publishers,
        page_channel=newsroom.page_channel,
        render=newsroom.render,
        words=words(),
        planned=lambda: newsroom.planned(),  # noqa: PLW0108 - the runtime sets it later
        happened=lambda: newsroom.happened(),  # noqa: PLW0108
        submitted=lambda: newsroom.submitted(),  # noqa: PLW0108
        start_link=newsroom.start_link,
        access=access,
        connectable=connectable or {},
        vault=settings.vault,
        column=newsroom.site_url,
        owner=rubrica.owner if isinstance(rubrica, Rubrica) else "",
    )


def words() -> Mapping[str, Mapping[Any, str]]:
    """Return how the console names things: as the bot does."""
    return {
        "kinds": texts.KINDS,
        "states": texts.SUBMISSION_STATES,
        "articles": texts.ARTICLE_STATES,
        "editions": texts.EDITION_STATES,
        "operations": texts.OPERATION_STATES,
        "sections": texts.SECTIONS,
    }


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
