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
from bottega.sandbox.telegram.asked import SetWebhook
from bottega.settings import Settings
from tests.journeys.conftest import staff
from tests.journeys.people import Phone
from tests.journeys.test_participant import STORY, begun

STORIES = (
    STORY,
    "La Provincia di Lecco ripara il sentiero del Viandante: i lavori finiscono a maggio.",
    "Il Comune di Crema inaugura domenica una ciclabile di otto chilometri lungo il Serio.",
)
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

    await bruno.approves(card)
    links = (await ada.sees("è uscita"))["text"]

    assert loop.time() - begin < 5
    assert links.count("http") == 3
    assert (len(sandbox.facebook.posts), len(sandbox.x.posts)) == (1, 1)
    page = f"http://127.0.0.1:{on_postgresql.port}/"
    async with httpx.AsyncClient() as browser:
        assert "biblioteca" in (await browser.get(page)).text
        assert (await browser.get(f"{page}health")).json()["ok"]


async def test_a_second_bot_takes_over_from_the_first(on_postgresql: Settings, ada: Phone) -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        for stack in (first, second):
            await stack.enter_async_context(Runtime(on_postgresql, roles=BOT).running())
        await ada.joins()

        await first.aclose()
        ada.write(STORY)

        await ada.sees("La tua segnalazione")


@pytest.fixture
async def replicas(on_postgresql: Settings, cast: Cast) -> AsyncIterator[list[Runtime]]:
    """Two bots and, apart, the web server that Telegram brings its updates to."""
    address = f"http://127.0.0.1:{on_postgresql.port}"
    told = on_postgresql.model_copy(update={"telegram_webhook_url": address})
    running = [Runtime(told, roles=one) for one in (BOT, BOT, WEB)]
    async with AsyncExitStack() as stack:
        for one in running:
            await stack.enter_async_context(one.running())
        await running[0].invitation()
        await staff(running[0], cast)
        yield running


async def test_what_is_brought_to_the_web_is_answered_by_the_bots(
    replicas: list[Runtime], sandbox: Sandbox, cast: Cast, ada: Phone
) -> None:
    everybody = [ada, *(Phone(sandbox, one) for one in (cast.carla, cast.dario))]

    receipts = await asyncio.gather(*(map(submitted, everybody, STORIES)))

    assert sorted(receipts) == ["26-0001", "26-0002", "26-0003"]
    assert sandbox.telegram.webhook.info()["url"].endswith("/telegram")


async def submitted(phone: Phone, story: str) -> str:
    return await phone.submits(await begun(phone, story))


async def test_a_webhook_that_is_no_longer_wanted_is_taken_away(
    settings: Settings, sandbox: Sandbox, ada: Phone
) -> None:
    hook = SetWebhook(url="https://bottega.example.it/telegram")
    sandbox.telegram.webhook.set(hook)
    async with Runtime(settings).running():
        await ada.joins()

    assert not sandbox.telegram.webhook.info()["url"]


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
