"""A column with a page of every kind, served on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bottega.web.rubrica import column as served
from content.media import keep, keep_captions
from content.posts import Section
from tests import files as samples
from tests.publishers.rubrica.newsroom import column, photograph, piece, publish

PAGES = (
    "", "notizie/un-orto-per-tutti-1/", "videointerviste/un-orto-per-tutti-2/", "notizie/",
    "obiettivi/", "obiettivi/11/", "enti/", "enti/tirano-so/", "archivio/", "archivio/2026-11/",
    "laboratori/", "laboratori/idee-2026/", "cerca/?q=orto", "note-legali/", "privacy/",
    "accessibilita/", "nulla/",
)  # fmt: skip


def fill(folder: Path) -> Path:
    rubrica = column(folder)
    rubrica.prepare()
    film = keep(folder / "media", samples.film())
    sha256, words = keep_captions(folder / "media", samples.captions("Buongiorno a tutti."))
    film = film.model_copy(
        update={"captions": sha256, "transcript": words, "alt": "La sindaca parla"}
    )
    document = keep(folder / "media", samples.pdf(3), "Delibera.pdf")
    told = piece(media=(photograph(folder, alt="L’orto"), film, document), sdgs=(2, 7, 11, 14))
    publish(rubrica, told)
    publish(rubrica, told.model_copy(update={"version": 2, "correction": "Un nome."}), days=1)
    publish(
        rubrica,
        piece(
            2, section=Section.VIDEO_INTERVIEWS, link="https://youtu.be/dQw4w9WgXcQ",
            title="La sindaca racconta", lab="Idee", lab_slug="idee-2026",
        ),
        days=2,
    )  # fmt: skip
    return rubrica.site


@asynccontextmanager
async def serving(site: Path) -> AsyncIterator[str]:
    app = Starlette(routes=[served(site)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    taken = socket.create_server(("127.0.0.1", 0))  # who asks early waits
    running = asyncio.create_task(server.serve([taken]))
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await running
