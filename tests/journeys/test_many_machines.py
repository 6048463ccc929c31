"""A bot, two workers and a web server, each as a process of its own would be, on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from bottega.alone import CannotStart
from bottega.roles import Role
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.settings import Settings
from tests.journeys.conftest import staff
from tests.journeys.people import APPROVE_NOW, Phone
from tests.journeys.test_participant import begun

BOT, WEB, WORKER = (frozenset({role}) for role in Role)


@pytest.fixture
def on_postgresql(settings: Settings, postgres_url: str) -> Settings:
    return settings.model_copy(update={"database_url": postgres_url})


@pytest.fixture
async def machines(on_postgresql: Settings, cast: Cast) -> AsyncIterator[list[Runtime]]:
    """All of them start at once, as after a power cut."""
    running = [Runtime(on_postgresql, roles=one) for one in (BOT, WEB, WORKER, WORKER)]
    async with AsyncExitStack() as stack:
        starting = [one.running() for one in running]
        started = await asyncio.gather(
            *(one.__aenter__() for one in starting), return_exceptions=True
        )
        for one in starting:
            stack.push_async_exit(one)
        assert started == running
        await running[0].invitation()
        await staff(running[0], cast)
        yield running


async def test_a_piece_goes_from_the_bot_through_a_worker_to_the_web(
    machines: list[Runtime], on_postgresql: Settings, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    card = await bruno.sees(receipt, "Obiettivi")
    loop = asyncio.get_running_loop()
    begin = loop.time()

    await bruno.presses(APPROVE_NOW, card)
    links = (await ada.sees("è uscita"))["text"]

    assert loop.time() - begin < 5
    assert links.count("http") == 3
    assert (len(sandbox.facebook.posts), len(sandbox.x.posts)) == (1, 1)
    page = f"http://127.0.0.1:{on_postgresql.port}/"
    async with httpx.AsyncClient() as browser:
        assert "biblioteca" in (await browser.get(page)).text
        assert (await browser.get(f"{page}health")).json()["ok"]


async def test_one_bot_is_enough(
    machines: list[Runtime], on_postgresql: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bottega.alone._TRIES", 2)

    with pytest.raises(CannotStart, match="Un altro bot è già acceso"):
        async with Runtime(on_postgresql, roles=BOT).running():
            pass


async def test_only_the_bot_needs_a_token(on_postgresql: Settings) -> None:
    without = on_postgresql.model_copy(update={"telegram_token": None})

    with pytest.raises(CannotStart, match="TELEGRAM_TOKEN"):
        Runtime(without, roles=BOT)
    async with Runtime(without, roles=WORKER).running() as worker:
        assert await worker.invitation() is None


async def test_on_sqlite_one_process_does_everything(settings: Settings) -> None:
    shutil.rmtree(settings.data_dir)

    with pytest.raises(CannotStart, match="Con SQLite la redazione sta tutta in un processo"):
        Runtime(settings, roles=WORKER)
    assert not settings.data_dir.exists()


async def test_a_database_that_does_not_answer_is_said(on_postgresql: Settings) -> None:
    nowhere = on_postgresql.model_copy(
        update={"database_url": "postgresql+psycopg://bottega:secret@127.0.0.1:1/bottega"}
    )

    with pytest.raises(CannotStart, match="Il database non risponde") as told:
        async with Runtime(nowhere, roles=WORKER).running():
            pass
    assert "secret" not in str(told.value)
