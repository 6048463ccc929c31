"""From a moderator's press of "publish now" to the piece on every channel."""

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from unittest.mock import patch

from benchmarks.startup import environment_of
from bottega import migrations
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox, furnish
from bottega.settings import Settings
from content import people
from content.history import NEWSROOM
from content.people import Role
from tests.journeys.people import APPROVE_NOW, SEND, Phone

STORY: Final = (
    "Il Comune di {town} ha aperto la biblioteca di quartiere numero {number}: orario serale, una "
    "sala studio e un angolo per i più piccoli. L'inaugurazione è stata sabato 14 novembre."
)
_TOWNS: Final = (
    "Tirano", "Morbegno", "Sondrio", "Chiavenna", "Bormio", "Lecco", "Varese", "Pavia", "Lodi",
    "Crema", "Mantova", "Cremona", "Bergamo", "Monza",
)  # fmt: skip
"""One for each press: what one body tells twice is taken for a repetition."""
_WARM: Final = 2


async def presses(times: int) -> list[tuple[float, float]]:
    """Return, for each press, the milliseconds to the web column and to the last network."""
    with tempfile.TemporaryDirectory(prefix="bottega-") as folder:
        async with Sandbox() as sandbox:
            cast = furnish(sandbox.telegram)
            with patch.dict(os.environ, environment_of(sandbox, cast, Path(folder))):
                settings = Settings()
                migrations.upgrade(settings.database)
                runtime = Runtime(settings)
                runtime.newsroom.limits = None  # one person tells more than people do
            async with runtime.running():
                await runtime.invitation()
                await _staff(runtime, cast)
                ada = Phone(sandbox, cast.ada)
                await ada.joins()
                bruno = Phone(sandbox, cast.bruno, cast.group)
                timings = [await _press(sandbox, ada, bruno, n, folder) for n in range(times)]
    return timings[_WARM:]


async def _press(
    sandbox: Sandbox, ada: Phone, bruno: Phone, number: int, folder: str
) -> tuple[float, float]:
    story = STORY.format(number=number, town=_TOWNS[number % len(_TOWNS)])
    ada.write(story)
    scheda = await ada.sees("La tua segnalazione", f"numero {number}")
    await ada.presses(SEND, scheda)
    card = await bruno.sees(f"26-{number + 1:04}", "Obiettivi")
    heard = time.time()
    bruno.person.press(card, APPROVE_NOW)
    networks = sandbox.facebook, sandbox.x
    await sandbox.board.until(lambda: all(len(n.posts) > number for n in networks) or None, 30)
    last = max(one.posts[number].created for one in networks)
    await asyncio.sleep(1)  # the newsroom has told everybody, and rests
    return (_newest_page(folder) - heard) * 1000, (last.timestamp() - heard) * 1000


def _newest_page(folder: str) -> float:
    """Return when the newest article's page was written, in seconds since the epoch."""
    return max(page.stat().st_mtime for page in Path(folder, "site").glob("notizie/*/index.html"))


async def _staff(runtime: Runtime, cast: Cast) -> None:
    now = datetime.now(UTC)
    async with runtime.store.transaction() as session:
        for telegram_id, name in cast.moderators.items():
            await people.appoint(session, telegram_id, name, Role.MODERATOR, now=now)
        await people.tie_desk(session, cast.group_id, cast.group_title, by=NEWSROOM, now=now)
