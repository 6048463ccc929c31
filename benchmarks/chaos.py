"""Deliveries under kill -9 and a quarter of the channels' calls late or lost."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Final

from sqlmodel import col, select, update

from benchmarks import worker
from benchmarks.database import Mode, lent
from benchmarks.newsroom import PAGE, Outside, approve, measured, utc_now
from bottega.sandbox import Exchange, Mood, Sandbox, Trouble, running
from content.deliveries import Operation
from content.posts import FrozenPost, Post
from content.store import Store
from content.workflow import OperationState
from publishers.rubrica.index import Index
from tests import postgres

CHANNELS: Final = 3
WORKERS: Final = {"embedded": 1, "postgresql": 4}
BAD_WEATHER: Final = 0.25
MOODS: Final[tuple[Mood, ...]] = ("late", "lost", "created_then_500")
LATE_SECONDS: Final = (0.1, 1.5)
SETTLING_SECONDS: Final = 3.0
LEASE_SECONDS: Final = 12.0
SECONDS_A_DELIVERY: Final = 0.09
"""Over how long the deliveries fall due: there must be something to kill from first to last."""
SHORTEST_SPAN: Final = 10.0
KILL_EVERY: Final = (0.3, 1.1)
PATIENCE: Final = 120.0


@dataclass(slots=True)
class Result:
    """What a storm left behind."""

    mode: str
    deliveries: int
    kills: int = 0
    twice: int = 0
    missing: int = 0
    wrong: int = 0
    calls: int = 0
    bad_calls: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether every delivery came out once, to the byte."""
        return not (self.twice or self.missing or self.wrong)


class Weather:
    """Makes a quarter of the channels' calls late, lost, or done and answered with 500."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a storm, not a secret
        self.calls = self.bad = 0

    def __call__(self, exchange: Exchange, operation: str) -> Trouble | None:
        """Return the trouble for one call, if it is to have one."""
        self.calls += 1
        if self._random.random() >= BAD_WEATHER:
            return None
        self.bad += 1
        mood, seconds = self._random.choice(MOODS), self._random.uniform(*LATE_SECONDS)
        return Trouble(mood, exchange.service, operation, seconds=seconds)


class Crew:
    """The workers; each that is killed is at once replaced."""

    def __init__(self, outside: Outside, mode: Mode) -> None:
        self._outside, self._alone = outside, mode == "embedded"
        self._workers = [self._start() for _ in range(WORKERS[mode])]

    def kill(self, number: int) -> None:
        """Kill one as a power cut would, and start another."""
        one = self._workers[number % len(self._workers)]
        assert one.exitcode is None, "a worker ended by itself"
        one.kill()
        one.join()
        one.close()
        self._workers[number % len(self._workers)] = self._start()

    def dismiss(self) -> None:
        """Kill them all."""
        for one in self._workers:
            one.kill()
            one.join()
            one.close()

    def _start(self) -> ForkServerProcess:
        return worker.start(self._outside, LEASE_SECONDS, alone=self._alone)


def main(deliveries: int = 1000) -> int:
    """Run both modes, print the table and one JSON line; 1 when anything was not once."""
    seed = int(time.time())
    print(f"seed {seed}")
    modes: list[Mode] = ["embedded"]
    if postgres.programs() is not None:
        modes.append("postgresql")
    results = []
    for mode in modes:
        results.append(storm(mode, deliveries, seed))
        table(results)
    names = ("deliveries", "kills", "twice", "missing", "wrong")
    sums = {name: sum(getattr(one, name) for one in results) for name in names}
    print(json.dumps({"name": "chaos", **sums, "modes": [asdict(one) for one in results]}))
    return 0 if all(one.clean for one in results) else 1


def storm(mode: Mode, deliveries: int, seed: int) -> Result:
    """Let a crew deliver under kills and bad weather; return what came out."""
    articles = -(-deliveries // CHANNELS)
    with lent(mode) as (url, folder), running(sandbox := Sandbox()):
        outside = Outside(url, str(folder), measured(sandbox.keys()), SETTLING_SECONDS)
        sandbox.board.weather = weather = Weather(seed)
        result = Result(mode, articles * CHANNELS)
        started = time.monotonic()
        posts = asyncio.run(_weather_it(outside, result, articles, Random(seed)))  # noqa: S311
        result.seconds = round(time.monotonic() - started, 1)
        result.calls, result.bad_calls = weather.calls, weather.bad
        judge(result, posts, sandbox, outside)
    return result


def judge(
    result: Result, posts: Sequence[tuple[Operation, Post]], sandbox: Sandbox, outside: Outside
) -> None:
    """Count what is there twice, not there, or not what was approved."""
    shown = {
        "facebook": Counter(post.message for post in sandbox.facebook.posts),
        "x": Counter(post.text for post in sandbox.x.posts),
        PAGE: _pages(outside),
    }
    for operation, post in posts:
        count = shown[post.channel].pop(_identity(post), 0)
        result.twice += count > 1
        result.missing += count == 0
        if operation.state is not OperationState.DONE:
            result.wrong += 1
            said = f"{operation.state}, {operation.tries} tries, {operation.problem}, shown {count}"
            print(f"operation {operation.id} on {post.channel}: {said}")
    result.wrong += sum(sum(left.values()) for left in shown.values())


def table(results: Sequence[Result]) -> None:
    """Print one row a mode."""
    names = list(asdict(results[0]))
    print("".join(f"{name:>12}" for name in names))
    for one in results:
        print("".join(f"{value:>12}" for value in asdict(one).values()))


async def _weather_it(
    outside: Outside, result: Result, articles: int, random: Random
) -> list[tuple[Operation, Post]]:
    """Approve, deliver under kills until all is settled; return each operation and its post."""
    store = Store(outside.database)
    someday = utc_now() + timedelta(days=1)
    planned = await approve(store, outside.publishers(), [someday] * articles)
    span = max(len(planned) * SECONDS_A_DELIVERY, SHORTEST_SPAN)
    first = utc_now() + timedelta(seconds=1)
    last = first + timedelta(seconds=span)
    await _spread(store, planned, first, last)
    crew = Crew(outside, "embedded" if store.embedded else "postgresql")
    deadline = time.monotonic() + span + PATIENCE
    while await _left(store) and time.monotonic() < deadline:
        await asyncio.sleep(random.uniform(*KILL_EVERY))
        if utc_now() < last:
            crew.kill(random.randrange(WORKERS["postgresql"]))
            result.kills += 1
    crew.dismiss()
    async with store.reading() as session:
        query = select(Operation, FrozenPost).join(
            FrozenPost, col(FrozenPost.id) == col(Operation.post_id)
        )
        found = [(one, frozen.post()) for one, frozen in (await session.exec(query)).all()]
    await store.close()
    return found


async def _spread(store: Store, planned: Sequence[int], first: datetime, last: datetime) -> None:
    """Let the operations fall due one article after the other."""
    async with store.transaction() as session:
        for place, one in enumerate(planned):
            due = first + (last - first) * (place // CHANNELS * CHANNELS) / len(planned)
            values = {"due_at": due, "next_try_at": due}
            await session.exec(update(Operation).where(col(Operation.id) == one).values(**values))


async def _left(store: Store) -> bool:
    settled = [OperationState.DONE, OperationState.FAILED, OperationState.MISSED]
    async with store.reading() as session:
        query = select(Operation.id).where(col(Operation.state).not_in(settled)).limit(1)
        return (await session.exec(query)).first() is not None


def _pages(outside: Outside) -> Counter[str]:
    """Return the articles that stand in the column, by the hash of their content."""
    pages: Counter[str] = Counter()
    with Index.open(Path(outside.folder) / "site-index" / "index.sqlite3") as index:
        for entry in map(index.require, index.article_ids()):
            page = Path(outside.folder) / "site" / entry.section / entry.slug / "index.html"
            if entry.post is not None and page.exists() and entry.post.html in page.read_text():
                pages[entry.post.sha256] += 1
    return pages


def _identity(post: Post) -> str:
    return post.sha256 if post.channel == PAGE else post.text
