"""How fast the newsroom's pages in the browser are, with few cases and with very many."""

import asyncio
import json
import logging
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette

from benchmarks import cases
from benchmarks.database import Mode, lent
from benchmarks.measure import Measure, shown
from benchmarks.newsroom import PAGE, SITE, Outside
from bottega.runtime import settle
from bottega.serving import words
from bottega.web.console import BASE, Desk, console
from content import entry, people
from content.articles import Article, piece
from content.people import Role
from content.posts import Post
from content.store import Store
from tests import postgres

FEW: Final = 1_000
MANY: Final[Mapping[Mode, int]] = {"embedded": 100_000, "postgresql": 1_000_000}
ROUNDS: Final = 40
_WARM: Final = 5
HERE: Final = "http://127.0.0.1"
KEYED: Final = {
    "Coda": "/coda",
    "Coda, all": "/coda?stato=tutte",
    "Coda, deep": "/coda?stato=tutte&prima={middle}",
    "Coda, of a province": "/coda?stato=tutte&provincia=SO",
    "Coda, with warnings": "/coda?stato=tutte&avvisi=si",
    "Scheda": "/scheda/{middle}",
    "Calendario, a week": "/calendario?da={day}",
    "Calendario, a month": "/calendario?da={day}&vista=mese",
}
SEARCHES: Final = {
    "search, 1,000 found": ("/coda?stato=tutte&cerca=mulino", 50),
    "search, a broad term": ("/coda?stato=tutte&cerca=biblioteca", 300),
}
Timings = dict[str, float]


def main(postgresql: int = 0) -> int:
    """Measure on SQLite, with a number on PostgreSQL too, with so many; 1 for a missed target."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.ERROR)
    ratios: dict[str, float] = {}
    measures = list(shown(_measures("embedded", MANY["embedded"], ratios)))
    if postgresql and postgres.programs() is not None:
        measures += shown(_measures("postgresql", postgresql, {}))
    print(
        json.dumps(
            {
                "name": "desk",
                "value": round(max(one.value for one in measures if one.unit == "ms"), 2),
                "unit": "ms, the slowest p95",
                "ratio": round(ratios["Coda, all"], 2),
                "to": "a keyed queue page with 1,000 submissions, at most 1.5",
                "measures": {one.name: round(one.value, 2) for one in measures},
            }
        )
    )
    return 0 if all(one.ratio <= 1 for one in measures) else 1


def _measures(mode: Mode, many: int, ratios: dict[str, float]) -> Iterator[Measure]:
    few_timed, many_timed = (asyncio.run(_timed(mode, count)) for count in (FEW, many))
    for name in KEYED:
        yield Measure(f"{mode}: {name} among {many:,}, p95", many_timed[name], "ms", 50)
        ratios[name] = many_timed[f"{name} median"] / few_timed[f"{name} median"]
        yield Measure(f"{mode}: {name}, to one among {FEW:,}", ratios[name], "times", 1.5)
    for name, (_, target) in SEARCHES.items():
        yield Measure(f"{mode}: {name} among {many:,}, p95", many_timed[name], "ms", target)


async def _timed(mode: Mode, count: int) -> Timings:
    """Return the milliseconds of each page: the 95th percentile and the median.

    It is the week before the middle of the archive: the calendar's weeks have as much before them.
    """
    with lent(mode) as (url, folder):
        cases.fill(url, count)
        timed: Timings = {}
        middle = cases.day_of(count // 2)
        async with _browser(url, folder, now=middle - timedelta(weeks=1)) as browser:
            paths = KEYED | {name: path for name, (path, _) in SEARCHES.items()}
            for name, path in paths.items():
                times = await _times(
                    browser, path.format(middle=count // 2, day=f"{middle:%Y-%m-%d}")
                )
                timed[name] = times[int(len(times) * 0.95)]
                timed[f"{name} median"] = statistics.median(times)
    return timed


async def _times(browser: httpx.AsyncClient, path: str) -> list[float]:
    times = []
    for number in range(_WARM + ROUNDS):
        if number == _WARM:
            settle()
        start = time.perf_counter()
        answer = await browser.get(f"{BASE}{path}")
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == httpx.codes.OK, answer.text
    return sorted(times[_WARM:])


@asynccontextmanager
async def _browser(url: str, folder: Path, *, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """Enter the console of a database as Bruno, whose clock stands still."""
    store = Store(url)
    async with store.transaction() as session:
        bruno = await people.appoint(session, 2001, "Bruno", Role.MODERATOR, now=now)
        token = await entry.open_session(session, bruno, "bench", "link", now=now)
    app = Starlette(routes=console(_desk(store, folder, now)))
    transport = httpx.ASGITransport(app)
    cookies = {"redazione": token}
    async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as browser:
        yield browser
    await store.close()


def _desk(store: Store, folder: Path, now: datetime) -> Desk:
    publishers = Outside("", str(folder), {PAGE: {}}, 0).publishers()

    async def render(session: AsyncSession, article: Article, *only: str) -> list[Post]:
        whole = await piece(session, article, SITE)
        asked = [one for name, one in publishers.items() if not only or name in only]
        return [one.render(whole) for one in asked]

    return Desk(
        store=store,
        clock=lambda: now,
        token="",
        address=HERE,
        media_root=folder,
        publishers=publishers,
        page_channel=None,
        render=render,
        words=words(),
    )
