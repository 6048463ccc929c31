"""A whole newsroom against the sandbox."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox, furnish
from bottega.settings import Settings
from content import people
from content.history import NEWSROOM
from content.people import Role
from tests.journeys.people import Phone

ROOT = Path(__file__).parents[2]
NETWORKS = ("facebook", "x")
"""The channels that the journeys tell of beside the page, whichever else there are."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The outside world."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
def cast(sandbox: Sandbox) -> Cast:
    return furnish(sandbox.telegram)


@pytest.fixture
def ada(sandbox: Sandbox, cast: Cast) -> Phone:
    return Phone(sandbox, cast.ada)


@pytest.fixture
def bruno(sandbox: Sandbox, cast: Cast) -> Phone:
    """Bruno in the moderators' group."""
    return Phone(sandbox, cast.bruno, cast.group)


@pytest.fixture
def gaia(sandbox: Sandbox, cast: Cast) -> Phone:
    """Gaia in the moderators' group."""
    return Phone(sandbox, cast.gaia, cast.group)


@pytest.fixture
def carla(sandbox: Sandbox, cast: Cast) -> Phone:
    """Carla, who is in the moderators' group but not in the newsroom."""
    return Phone(sandbox, cast.carla, cast.group)


@pytest.fixture
def environment(sandbox: Sandbox, cast: Cast, tmp_path: Path) -> dict[str, str]:
    """What a newsroom of the sandbox is told: its keys, as the environment has them."""
    port = free_port()
    told = {
        f"{channel}_{key}".upper(): value
        for channel, keys in sandbox.keys().items()
        if channel in NETWORKS
        for key, value in keys.items()
    }
    bot = sandbox.telegram_keys()
    return told | {
        "FACEBOOK_SETTLING": "0.5",
        "X_SETTLING": "0.5",
        "TELEGRAM_TOKEN": bot["token"],
        "TELEGRAM_API_URL": bot["api_url"],
        "TELEGRAM_GROUP_CALLS": "0",
        "ADMIN_TELEGRAM_ID": str(cast.administrator_id),
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(port),
        "RUBRICA_URL": f"http://127.0.0.1:{port}",
        "RUBRICA_SITE": str(tmp_path / "data" / "site"),
    }


@pytest.fixture
def settings(
    environment: dict[str, str], empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """What the newsroom is told, and its database, migrated."""
    data = Path(environment["DATA_DIR"])
    data.mkdir()
    shutil.copy(empty_sqlite, data / "bottega.db")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(data.parent)
    return Settings()


@pytest.fixture
async def newsroom(settings: Settings, cast: Cast) -> AsyncIterator[Runtime]:
    """The newsroom in this process, with its people and its group."""
    runtime = Runtime(settings)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        yield runtime


async def staff(runtime: Runtime, cast: Cast) -> None:
    """Give the newsroom its moderators and its group."""
    now = runtime.clock()
    async with runtime.store.transaction() as session:
        for telegram_id, name in cast.moderators.items():
            await people.appoint(session, telegram_id, name, Role.MODERATOR, now=now)
        await people.tie_desk(session, cast.group_id, cast.group_title, by=NEWSROOM, now=now)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Process:
    """The newsroom as a process of its own, to be killed and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        } | environment
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.log = folder / "newsroom.log"

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bottega", "run"],
                cwd=self._folder, env=self._environment, text=True,
                stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line.strip().endswith("ready"):
                return
        raise AssertionError("".join(said) + self.log.read_text())

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def stop(self) -> int:
        """Ask it to stop, as a service manager would; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(timeout=30)
        self.kill()
        return code

    def again(self) -> None:
        """Kill and start it again."""
        self.kill()
        self.start()


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    one = Process(environment, tmp_path)
    yield one
    one.kill()
