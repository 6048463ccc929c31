"""How fast deliveries are, against what the newsroom promises."""

import asyncio
import json
import logging
import statistics
from collections.abc import Iterator

import structlog

from benchmarks import crowd, press, single
from benchmarks.measure import Measure, shown
from tests import postgres


def main() -> int:
    """Measure everything; 1 when a target is missed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    measures = list(shown(_measures()))
    worst = max(measures, key=lambda one: one.ratio)
    print(
        json.dumps(
            {
                "name": "delivery",
                "value": round(worst.value, 2),
                "unit": worst.unit,
                "ratio": round(worst.ratio, 2),
                "to": f"the target of the tightest, {worst.name}: {worst.target:g}",
                "measures": {one.name: round(one.value, 2) for one in measures},
            }
        )
    )
    return 0 if worst.ratio <= 1 else 1


def _measures() -> Iterator[Measure]:
    own = asyncio.run(single.own_work())
    yield Measure("our own work for a delivery, median", statistics.median(own), "ms", 25)
    few, many = map(statistics.median, asyncio.run(single.claims(1_000, 100_000)))
    yield Measure("a claim among 100,000, to one among 1,000", many / few, "times", 1.5)
    late = sorted(asyncio.run(crowd.lateness(10_000)))
    yield Measure("lateness among 10,000, p99", late[int(len(late) * 0.99)], "s", 1)
    out = asyncio.run(crowd.burst("embedded", 100, crowd.Slowness(0.2, 0.8)))
    yield Measure("100 due at once, all out", out, "s", 15)
    pressed = asyncio.run(press.presses(12))
    page, networks = (statistics.median(column) for column in zip(*pressed, strict=True))
    yield Measure("from the press to the web column, median", page, "ms", 60)
    yield Measure("from the press to Facebook and X, median", networks, "ms", 150)
    if postgres.programs() is None:
        print("PostgreSQL is not installed: what many workers do was not measured.")
        return
    slow = crowd.Slowness(0.2, 0.2)
    one, four = (
        asyncio.run(crowd.burst("postgresql", 160, slow, workers=n, hands=4)) for n in (1, 4)
    )
    yield Measure("throughput of 4 workers, to one", one / four, "times", 2.5, least=True)
