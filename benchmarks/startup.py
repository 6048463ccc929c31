"""From start to "ready", against a bare import of what every Telegram newsroom needs."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from bottega import migrations
from bottega.sandbox import Cast, Sandbox, furnish, running

ROUNDS: Final = 5
MOST_TIMES: Final = 2.5
MOST_MEGABYTES: Final = 250
BARE: Final = "import telegram.ext, sqlmodel"
MEGABYTE: Final = 1024 * 1024


def main() -> int:
    """Measure both in turn; 1 when a target is missed."""
    with tempfile.TemporaryDirectory(prefix="bottega-") as name, running(sandbox := Sandbox()):
        folder = Path(name)
        migrations.upgrade(f"sqlite+aiosqlite:///{folder}/empty.db")
        environment = environment_of(sandbox, furnish(sandbox.telegram), folder)
        bare, ready, memory = [], [], []
        for _ in range(ROUNDS):
            bare.append(_bare())
            seconds, megabytes = _ready(environment, folder)
            ready.append(seconds)
            memory.append(megabytes)
    times = statistics.median(ready) / statistics.median(bare)
    print(f"bare import {statistics.median(bare):.2f} s, ready {statistics.median(ready):.2f} s")
    print(f"memory when ready {max(memory):.0f} MB (at most {MOST_MEGABYTES})")
    print(
        json.dumps(
            {
                "name": "startup",
                "value": round(statistics.median(ready), 2),
                "unit": "s",
                "ratio": round(times, 2),
                "to": f"{BARE} in the same run; at most {MOST_TIMES:g}",
                "megabytes": round(max(memory)),
            }
        )
    )
    return 0 if times <= MOST_TIMES and max(memory) <= MOST_MEGABYTES else 1


def environment_of(sandbox: Sandbox, cast: Cast, folder: Path) -> dict[str, str]:
    """Return what a newsroom of the sandbox is told, as the environment has it."""
    told = {
        f"{channel}_{key}".upper(): value
        for channel, keys in sandbox.keys().items()
        for key, value in keys.items()
    }
    bot = sandbox.telegram_keys()
    return told | {
        "TELEGRAM_TOKEN": bot["token"],
        "TELEGRAM_API_URL": bot["api_url"],
        "TELEGRAM_GROUP_CALLS": "0",
        "ADMIN_TELEGRAM_ID": str(cast.administrator_id),
        "DATA_DIR": str(folder),
        "PORT": "0",
        "RUBRICA_URL": "http://127.0.0.1:8000",
        "RUBRICA_SITE": str(folder / "site"),
    }


def _bare() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", BARE], check=True)
    return time.perf_counter() - started


def _ready(environment: dict[str, str], folder: Path) -> tuple[float, float]:
    """Return the seconds until a newsroom says that it is ready, and its megabytes then."""
    for file in folder.glob("bottega.db*"):
        file.unlink()
    shutil.copy(folder / "empty.db", folder / "bottega.db")
    root = str(Path(__file__).parents[1])
    inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "PYTHONUNBUFFERED": "1"}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bottega", "run"],
        cwd=folder, env=inherited | environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = ""
        while not said.strip().endswith("ready"):
            said = process.stdout.readline()
            assert said, "it ended before it was ready"
        seconds = time.perf_counter() - started
        megabytes = psutil.Process(process.pid).memory_info().rss / MEGABYTE
        process.kill()
    return seconds, megabytes
