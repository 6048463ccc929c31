"""Many people converse at once while the newsroom is killed, or stopped, every few seconds."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Final, Literal

from sqlmodel import col, select

from benchmarks.database import Mode, lent
from benchmarks.people import One, doubled, one_of_many, tell
from benchmarks.startup import environment_of
from bottega.sandbox import Sandbox, furnish, running
from content.attachments import Attachment
from content.people import Participant
from content.store import Store
from content.submissions import Revision, Submission
from content.workflow import SubmissionState
from tests import postgres

Stop = Literal["kill", "term"]
ROOT: Final = Path(__file__).parents[1]
CALM: Final = (0.3, 1.2)
"""For how long a process is let work before it is stopped, to how long its start took: a few
seconds, or on a busy machine as much more as everything else takes more."""
PATIENCE_SECONDS: Final = 240.0
SECONDS_A_PERSON: Final = 1.2
"""How much longer each person's conversation may make the whole, on a slow machine."""
_STARTS: Final = 10


@dataclass(slots=True)
class Result:
    """What the crowd found in the end."""

    mode: str
    stop: str
    people: int
    kills: int = 0
    lost: int = 0
    twice: int = 0
    wrong_order: int = 0
    unanswered: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether everybody was heard once, and answered."""
        return not (self.lost or self.twice or self.wrong_order or self.unanswered)


def main(people: int = 500) -> int:
    """Run every mode with both ways to stop, print the table and one JSON line."""
    seed = int(time.time())
    print(f"seed {seed}")
    modes: list[Mode] = ["embedded"]
    if postgres.programs() is not None:
        modes.append("postgresql")
    results: list[Result] = []
    stops: tuple[Stop, ...] = ("kill", "term")
    for mode in modes:
        for stop in stops:
            results.append(storm(mode, stop, people, seed))
            table(results)
    names = ("people", "kills", "lost", "twice", "wrong_order", "unanswered")
    sums = {name: sum(getattr(one, name) for one in results) for name in names}
    print(json.dumps({"name": "talk", **sums, "modes": [asdict(one) for one in results]}))
    return 0 if all(one.clean for one in results) else 1


def table(results: Sequence[Result]) -> None:
    """Print one row a run."""
    print("".join(f"{name:>12}" for name in asdict(results[0])))
    for one in results:
        print("".join(f"{value:>12}" for value in asdict(one).values()), flush=True)


def storm(mode: Mode, stop: Stop, people: int, seed: int) -> Result:
    """Let a crowd converse while the newsroom is stopped again and again; return what came out."""
    result = Result(mode, stop, people)
    with lent(mode) as (url, folder), running(sandbox := Sandbox()):
        started = time.monotonic()
        asyncio.run(_converse(sandbox, result, _crew(sandbox, mode, url, folder), url, seed))
        result.seconds = round(time.monotonic() - started, 1)
    return result


class Process:
    """A process of the newsroom, stopped and started again for as long as people converse."""

    def __init__(self, environment: dict[str, str], folder: Path, *arguments: str) -> None:
        self._environment, self._folder, self._arguments = environment, folder, arguments
        self._process: asyncio.subprocess.Process | None = None
        self.seconds = 0.0
        """How long it took to start."""

    async def start(self) -> None:
        """Start it, and wait until it is ready; one that ends is started again, as a service is."""
        for _ in range(_STARTS):
            began = time.monotonic()
            if await self._ready():
                self.seconds = time.monotonic() - began
                return
        raise AssertionError((self._folder / "newsroom.log").read_text()[-2000:])

    async def _ready(self) -> bool:
        with (self._folder / "newsroom.log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bottega", "run", *self._arguments,
                cwd=self._folder, env=self._environment,
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        said = [line async for line in _until_ready(self._process.stdout)]
        if said and said[-1].endswith("ready"):
            return True
        print("ended by itself:", *said[-3:], sep="\n  ", flush=True)
        return False

    async def end(self, stop: Stop) -> None:
        """Stop it as a power cut does, or as a service manager does."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL if stop == "kill" else signal.SIGTERM)
            await self._process.wait()


async def _until_ready(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    async for line in stream:
        yield (said := line.decode().strip())
        if said.endswith("ready"):
            return


def _crew(sandbox: Sandbox, mode: Mode, url: str, folder: Path) -> list[Process]:
    """Return the processes: one on SQLite; on PostgreSQL three bots behind the webhook's server."""
    inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    told = inherited | environment_of(sandbox, furnish(sandbox.telegram), folder)
    told |= {"LOG_LEVEL": "WARNING", "DATABASE_URL": url}
    if mode == "embedded":
        return [Process(told, folder)]
    port = _free_port()
    told |= {"PORT": str(port), "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}"}
    roles = ["web", "bot", "bot", "bot"]
    return [Process(told, folder, "--role", role) for role in roles]


async def _converse(
    sandbox: Sandbox, result: Result, crew: Sequence[Process], url: str, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - a crowd, not a secret
    crowd = [one_of_many(sandbox, number, random) for number in range(result.people)]
    ends: list[float] = []
    async with _running(crew):
        talks = [asyncio.create_task(tell(one)) for one in crowd]
        stopping = [
            asyncio.create_task(_trouble(one, result, ends, Random(seed + number)))  # noqa: S311
            for number, one in enumerate(crew)
        ]
        patience = PATIENCE_SECONDS + result.people * SECONDS_A_PERSON
        done, late = await asyncio.wait(talks, timeout=patience)
        for task in (*(one for one in stopping if one.done()), *done):
            task.result()
        for task in (*stopping, *late):
            task.cancel()
        await asyncio.gather(*stopping, *late, return_exceptions=True)
        result.unanswered = len(late)
    await _judge(url, result, crowd)
    result.twice += sum(doubled(one, ends) for one in crowd)


@asynccontextmanager
async def _running(crew: Sequence[Process]) -> AsyncIterator[None]:
    try:
        await asyncio.gather(*(one.start() for one in crew))
        yield
    finally:
        for one in crew:
            await one.end("kill")


async def _trouble(process: Process, result: Result, ends: list[float], random: Random) -> None:
    stop: Stop = "kill" if result.stop == "kill" else "term"
    while True:
        await asyncio.sleep(process.seconds * random.uniform(*CALM))
        ends.append(time.time())
        await process.end(stop)
        result.kills += 1
        await process.start()


async def _judge(url: str, result: Result, crowd: Sequence[One]) -> None:
    """Count what did not arrive once, whole, and with its pictures in order."""
    store = Store(url)
    async with store.reading() as session:
        query = (
            select(Participant.telegram_id, Revision.id, Revision.text)
            .join(Submission, col(Submission.participant_id) == col(Participant.id))
            .join(Revision, col(Revision.submission_id) == col(Submission.id))
            .where(col(Submission.state) != SubmissionState.DRAFT)
        )
        sent: dict[int, list[tuple[int, str]]] = {}
        for person, revision, text in (await session.exec(query)).all():
            sent.setdefault(person, []).append((revision, text))
        attached = select(Attachment).order_by(col(Attachment.position))
        pictures: dict[int, list[str]] = {}
        for one in (await session.exec(attached)).all():
            pictures.setdefault(one.revision_id, []).append(one.file_id)
    await store.close()
    for who in crowd:
        arrived = sent.get(who.person.id, [])
        result.lost += not any(text == who.story for _, text in arrived)
        result.twice += max(len(arrived) - 1, 0)
        for revision, _ in arrived[:1]:
            kept = pictures.get(revision, [])
            result.lost += Counter(kept) != Counter(who.pictures)
            result.wrong_order += kept != who.pictures and set(kept) == set(who.pictures)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
