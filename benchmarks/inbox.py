"""A guided conversation on the durable inbox, against python-telegram-bot's own means.

`bare` shows what the library and the disk leave: it keeps each update, reads it and replies, with
no conversation, handler or outbox. On two cores, medians of four rounds in turn, it makes 769
updates a second, ConversationHandler 379 and ours 189: 2.0 times (1.8 to 2.6) and 0.5 times
ConversationHandler's. Twice as many is therefore about what one process reaches that does nothing
else; ours takes four times as long, in SQLAlchemy, the switches to SQLite's thread, and asyncio.
"""

import asyncio
import json
import logging
import statistics
from collections.abc import Callable, Iterator
from typing import Final

import psutil
import structlog

from benchmarks import guided
from benchmarks.database import lent
from benchmarks.measure import Measure, shown
from benchmarks.telegram import Crowd, Told, telegram

LATENCY: Final = 0.05
ROUNDS: Final = 3
_ALL: Final = Crowd(people=100, messages=12)
_FAR: Final = Crowd(people=200, messages=8, latency=LATENCY)
_FAR_ONE_BY_ONE: Final = Crowd(people=20, messages=4, latency=LATENCY)
_CALM: Final = Crowd(people=50, messages=6, rate=10)
_MEMORY_PEOPLE: Final = 200
_WARM: Final = 0.1
_MEGABYTE: Final = 1024 * 1024


def main(updates: int = 100_000) -> int:
    """Measure everything, the memory over so many updates; 1 when a target is missed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.ERROR)
    rates: dict[str, float] = {}
    measures = list(shown(_measures(rates, updates)))
    print(
        json.dumps(
            {
                "name": "inbox",
                "value": round(rates["ours"], 1),
                "unit": "durable updates/s",
                "ratio": round(rates["ours"] / rates["theirs"], 2),
                "to": "ConversationHandler with SQLite flushed at each update, at least 2",
                "bare": round(rates["bare"] / rates["theirs"], 2),
                "measures": {one.name: round(one.value, 2) for one in measures},
            }
        )
    )
    return 0 if all(one.ratio <= 1 for one in measures) else 1


def _measures(rates: dict[str, float], updates: int) -> Iterator[Measure]:
    ways = (theirs, ours, hasty, bare)
    rounds = [[_rate(one, _ALL) for one in ways] for _ in range(ROUNDS)]
    medians = map(statistics.median, zip(*rounds, strict=True))
    rates |= {way.__name__: rate for way, rate in zip(ways, medians, strict=True)}
    for name, rate in rates.items():
        print(f"{name:<60}{rate:>10.2f} updates/s", flush=True)
    yield Measure(
        "durable updates/s, to ConversationHandler's",
        rates["ours"] / rates["theirs"], "times", 2, least=True,
    )  # fmt: skip
    yield Measure(
        "durable updates/s, to our own without waiting for the disk",
        rates["ours"] / rates["hasty"], "times", 0.8, least=True,
    )  # fmt: skip
    far = _rate(ours, _FAR) / _rate(theirs, _FAR_ONE_BY_ONE)
    yield Measure("with 50 ms of latency, to one by one", far, "times", 10, least=True)
    delays = sorted(ours(_CALM).delays)
    p95 = delays[int(len(delays) * 0.95)] * 1000
    yield Measure("from update to answer at 10 a second, p95", p95, "ms", 100)
    yield Measure(f"memory after {updates:,} updates, to a tenth", _growth(updates), "times", 1.1)


def ours(crowd: Crowd, seen: Callable[[], None] = lambda: None) -> Told:
    """Converse on our inbox, on SQLite that waits for the disk; `seen` is called now and then."""
    with lent("embedded") as (url, folder), telegram(crowd) as (api, pipe):
        told: list[Told] = []

        def wait() -> None:
            while not pipe.poll(1):
                seen()
            told.append(pipe.recv())

        asyncio.run(guided.ours(api, url, folder, wait))
    return told[0]


def hasty(crowd: Crowd) -> Told:
    """Converse on our inbox without waiting for the disk."""
    with guided.without_waiting_for_the_disk():
        return ours(crowd)


def theirs(crowd: Crowd) -> Told:
    """Converse by ConversationHandler, one update at a time."""
    told: list[Told] = []
    with lent("embedded") as (_, folder), telegram(crowd) as (api, pipe):
        asyncio.run(guided.theirs(api, folder, lambda: told.append(pipe.recv())))
    return told[0]


def bare(crowd: Crowd) -> Told:
    """Do nothing but keep, read and reply, by the same library."""
    told: list[Told] = []
    with lent("embedded") as (_, folder), telegram(crowd) as (api, pipe):
        asyncio.run(guided.bare(api, folder, lambda: told.append(pipe.recv())))
    return told[0]


def _rate(converse: Callable[[Crowd], Told], crowd: Crowd) -> float:
    told = converse(crowd)
    return told.answers / told.seconds


def _growth(updates: int) -> float:
    """Return the memory at the end, to that after a tenth of the updates."""
    memory: list[float] = []
    process = psutil.Process()
    crowd = Crowd(_MEMORY_PEOPLE, updates // _MEMORY_PEOPLE)
    ours(crowd, lambda: memory.append(process.memory_info().rss / _MEGABYTE))
    return max(memory[-3:]) / memory[int(len(memory) * _WARM)]
