"""A worker frozen (SIGSTOP) past its lease, as by a machine out of memory, and woken again."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from pydantic import BaseModel

from bottega.sandbox.core import Exchange, Trouble
from bottega.sandbox.server import Sandbox, running
from content.media import keep
from content.store import Store
from content.workflow import OperationState
from tests.clock import Clock
from tests.scheduler.outside import Desk, adapters
from tests.scheduler.sleeper import LEASE

ROOT = Path(__file__).parents[2]
SETTLING = 0.5
TEXT = "Apre lo sportello"


class Now(Clock):
    """The real clock, since two processes share it."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
async def desk(
    store: Store, cast: SimpleNamespace, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[Desk]:
    one = Desk(store, cast, Now(), sandbox)
    one.publishers |= adapters(sandbox, tmp_path, settling=SETTLING)
    yield one
    await one.dispatch.finish()


@pytest.fixture
def url(store: Store, request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if store.embedded else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.mark.parametrize(
    ("frozen_at", "attempts"),
    [
        ("photos", ["postponed, too late", "done"]),  # before the changing call: it is never made
        ("feed", ["done"]),  # after it left: the answer, or the channel, proves it
    ],
)
async def test_a_worker_that_sleeps_past_its_lease_sends_nothing_twice(
    desk: Desk, url: str, tmp_path: Path, frozen_at: str, attempts: list[str]
) -> None:
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    operation = await desk.approve("facebook", TEXT, (keep(tmp_path, out.getvalue()),))
    reached: list[str] = []

    def slow(_: Exchange, asked: str) -> Trouble | None:
        reached.append(asked)
        first = reached.count(asked) == 1 and asked == frozen_at
        return Trouble("late", "facebook", asked, seconds=0.5) if first else None

    desk.sandbox.board.weather = slow
    worker = start(url, tmp_path, desk, operation)
    await until(lambda: frozen_at in reached)
    worker.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(LEASE.total_seconds() + 0.2)
        await carry_on(desk, operation)
    finally:
        worker.send_signal(signal.SIGCONT)
    errors = (await asyncio.to_thread(worker.communicate, None, 30))[1]

    assert worker.returncode == 0, errors
    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is OperationState.DONE
    assert [one or "" for one in await desk.attempts(operation)] == attempts
    assert (await desk.told())[-1] == "published"


async def carry_on(desk: Desk, operation: int) -> None:
    """Have another worker find it, look for it on the channel, and send it if it is not there."""
    async with asyncio.timeout(20):
        while (await desk.operation(operation)).state is not OperationState.DONE:
            await desk.reconcile.sweep()
            await desk.dispatch.perform(operation)
            await asyncio.sleep(0.1)


def start(url: str, media: Path, desk: Desk, operation: int) -> "subprocess.Popen[str]":
    facebook = desk.sandbox.facebook
    keys = Keys(page_id=facebook.page_id, token=facebook.token, api_url=f"{desk.sandbox.url}/graph")
    arguments = [url, str(media), keys.model_dump_json(), str(operation)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.scheduler.sleeper", *arguments],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


class Keys(BaseModel):
    """Facebook's keys in plain text, as a process takes them."""

    page_id: str
    token: str
    api_url: str


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.01)
