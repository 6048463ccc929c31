"""Five channels under kill -9, a quarter of their calls late or lost, while people change things.

What comes out is of every kind there is; a fair share of it is corrected, once or twice, and
retracted, also while nobody knows yet whether it came out. Some is refused, some comes too late,
some is moved, held or let go; and people press twice, late, and on what they saw before.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.context import ForkServerProcess
from random import Random
from typing import Any, Final

from sqlmodel import col, select, update

from benchmarks import kinds, worker
from benchmarks.database import Mode, lent
from benchmarks.editors import Editors, wishes
from benchmarks.judgement import Asked, Known, Tally, judge, known
from benchmarks.minding import Minders
from benchmarks.newsroom import PAGE, Outside, approve, utc_now
from benchmarks.outlets import seen
from benchmarks.pressing import Hand
from bottega.sandbox import Exchange, Mood, Sandbox, Trouble, running
from content.deliveries import Operation
from content.store import Store
from content.workflow import OperationState
from tests import postgres

NETWORKS: Final = ("facebook", "x", "mastodon", "telegram_channel")
CHANNELS: Final = (PAGE, *NETWORKS)
WORKERS: Final = {"embedded": 1, "postgresql": 4}
BAD_WEATHER: Final = 0.25
MOODS: Final[tuple[Mood, ...]] = ("late", "lost", "stalled", "created_then_500")
REFUSED: Final = 0.03
"""How often a channel refuses for good what would change it; people try it again."""
OLD_SOON: Final = 0.1
"""Of how many deliveries nobody wants to know after NEWS_SECONDS; people send them all the same."""
NEWS_SECONDS: Final = 1.5
MINDERS: Final = 2
MEDDLERS: Final = 2
LATE_SECONDS: Final = (0.1, 1.5)
SETTLING_SECONDS: Final = 3.0
LEASE_SECONDS: Final = 12.0
SECONDS_A_DELIVERY: Final = 0.09
"""Over how long the deliveries fall due: there must be something to kill from first to last."""
SHORTEST_SPAN: Final = 10.0
KILL_EVERY: Final = (0.3, 1.1)
PATIENCE: Final = 300.0


@dataclass(slots=True)
class Result:
    """What a storm left behind; `asked` are the doubts that people answered who went to look.

    `presses` are all of people's, `refused` those that the newsroom refused as it should, `faults`
    those that went wrong otherwise.
    """

    mode: str
    deliveries: int
    channels: dict[str, Tally] = field(default_factory=dict)
    corrections: int = 0
    retractions: int = 0
    let_go: int = 0
    asked: int = 0
    presses: int = 0
    refused: int = 0
    faults: int = 0
    kills: int = 0
    calls: int = 0
    bad_calls: int = 0
    seconds: float = 0.0

    @property
    def twice(self) -> int:
        """How many articles came out more than once on a channel."""
        return sum(one.twice for one in self.channels.values())

    @property
    def missing(self) -> int:
        """How many are not where they should be."""
        return sum(one.missing for one in self.channels.values())

    @property
    def wrong(self) -> int:
        """How many are there otherwise than they should be, or should not be there."""
        return sum(one.wrong for one in self.channels.values())

    @property
    def clean(self) -> bool:
        """Whether all that was asked for, and nothing else, is there, and no press went wrong."""
        return not (self.twice or self.missing or self.wrong or self.faults)

    def told(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        sums = {"twice": self.twice, "missing": self.missing, "wrong": self.wrong}
        return {**asdict(self), **sums}


class Weather:
    """Makes a quarter of the channels' calls late, lost on either way, or done and answered 500.

    A few others are refused, of those that change something.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a storm, not a secret
        self.calls = self.bad = 0

    def __call__(self, exchange: Exchange, operation: str) -> Trouble | None:
        """Return the trouble for one call, if it is to have one."""
        self.calls += 1
        drawn = self._random.random()
        if exchange.method != "GET" and drawn > 1 - REFUSED:
            return Trouble("rejected", exchange.service, operation)
        if drawn >= BAD_WEATHER:
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
        table(results[-1])
    names = (
        "deliveries", "corrections", "retractions", "let_go", "presses", "refused", "kills",
        "twice", "missing", "wrong", "faults",
    )  # fmt: skip
    sums = {name: sum(getattr(one, name) for one in results) for name in names}
    print(json.dumps({"name": "chaos", **sums, "modes": [one.told() for one in results]}))
    return 0 if all(one.clean for one in results) else 1


def storm(mode: Mode, deliveries: int, seed: int) -> Result:
    """Let a crew deliver under kills and bad weather; return what came out."""
    articles = -(-deliveries // len(CHANNELS))
    with lent(mode) as (url, folder), running(sandbox := Sandbox()):
        keys = {name: sandbox.keys()[name] for name in NETWORKS}
        outside = Outside(url, str(folder), keys, SETTLING_SECONDS)
        sandbox.board.weather = weather = Weather(seed)
        result = Result(mode, articles * len(CHANNELS))
        started = time.monotonic()
        random = Random(seed)  # noqa: S311 - a storm, not a secret
        asked, believed = asyncio.run(_weather_it(outside, sandbox, result, articles, random))
        result.seconds = round(time.monotonic() - started, 1)
        result.calls, result.bad_calls = weather.calls, weather.bad
        result.channels = judge(asked, believed, seen(sandbox, outside), outside)
    return result


def table(result: Result) -> None:
    """Print what was done, and one row a channel."""
    told = result.told()
    rows = told.pop("channels")
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    print("".join(f"{name:>18}" for name in ("channel", *asdict(Tally()))))
    for channel, tally in rows.items():
        print("".join(f"{value:>18}" for value in (channel, *tally.values())))


async def _weather_it(
    outside: Outside, sandbox: Sandbox, result: Result, articles: int, random: Random
) -> tuple[dict[int, Asked], dict[tuple[int, str], Known]]:
    """Approve, deliver and change things under kills, until all is settled.

    Return what people asked of each article, and what the newsroom says of it on each channel.
    """
    store, publishers = Store(outside.database), outside.publishers()
    someday = utc_now() + timedelta(days=1)
    edits = partial(kinds.edits, outside.media)
    planned = await approve(store, publishers, [someday] * articles, edits)
    hand = Hand(store, random)
    editors = Editors(store, publishers, hand, random)
    each = await editors.arrive()
    minders = Minders(store, publishers, sandbox, hand, random, editors.asked, editors.by)
    span = max(len(planned) * SECONDS_A_DELIVERY, SHORTEST_SPAN)
    first = utc_now() + timedelta(seconds=1)
    await _spread(store, planned, first, first + timedelta(seconds=span), random)
    minding = [asyncio.create_task(minders.mind(span)) for _ in range(MINDERS)]
    changing = [asyncio.create_task(minders.meddle(span)) for _ in range(MEDDLERS)]
    changing += [
        asyncio.create_task(editors.fulfil(wish, 1 + span * each.index(wish.article) / articles))
        for wish in wishes(each, random)
    ]
    result.kills = await _blow(store, outside, span, minding, changing, hand, random)
    for one in minding:
        one.cancel()
    # What was cancelled gives its connection back before the store is closed.
    await asyncio.gather(*minding, *changing, return_exceptions=True)
    result.corrections, result.retractions = editors.corrections, editors.retractions
    result.let_go, result.asked = minders.let_go, minders.out + minders.not_out
    result.presses, result.refused, result.faults = hand.presses, hand.refused, hand.faults
    believed = await known(store)
    await store.close()
    return editors.asked, believed


async def _blow(
    store: Store,
    outside: Outside,
    span: float,
    minding: Sequence[asyncio.Task[None]],
    changing: Sequence[asyncio.Task[None]],
    hand: Hand,
    random: Random,
) -> int:
    """Kill workers for so many seconds, wait until all is settled; return how many were killed.

    Some people mind for as long as there is anything to see to; those who change things end.
    """
    crew, kills = Crew(outside, "embedded" if store.embedded else "postgresql"), 0
    begun = time.monotonic()
    try:
        while time.monotonic() < begun + span + PATIENCE:
            await asyncio.sleep(random.uniform(*KILL_EVERY))
            for one in minding:
                if one.done():
                    one.result()
            if time.monotonic() < begun + span:
                crew.kill(random.randrange(WORKERS["postgresql"]))
                kills += 1
            elif hand.rests and all(one.done() for one in changing) and not await _left(store):
                break
    finally:
        crew.dismiss()
    for one in changing:
        if one.done():
            one.result()
        else:
            one.cancel()
    return kills


async def _spread(
    store: Store, planned: Sequence[int], first: datetime, last: datetime, random: Random
) -> None:
    """Let the operations fall due one article after the other, some of them for a moment only."""
    async with store.transaction() as session:
        for place, one in enumerate(planned):
            turn = place // len(CHANNELS) * len(CHANNELS)
            due = first + (last - first) * turn / len(planned)
            values = {"due_at": due, "next_try_at": due}
            if random.random() < OLD_SOON:
                values["news_until"] = due + timedelta(seconds=NEWS_SECONDS)
            await session.exec(update(Operation).where(col(Operation.id) == one).values(**values))


async def _left(store: Store) -> bool:
    settled = [OperationState.DONE, OperationState.CANCELLED]
    async with store.reading() as session:
        query = select(Operation.id).where(col(Operation.state).not_in(settled)).limit(1)
        return (await session.exec(query)).first() is not None
