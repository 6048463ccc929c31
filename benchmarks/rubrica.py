"""The web column: one article into many, and everything at once beside other site generators.

Media and shared images are made at approval, compressed copies follow: neither is timed. Whatever
the peers leave out of their pages (feeds by goal, search, site map of news) counts against us.

Let the disk rest first: an ext4 without a journal looks past every inode that was deleted in the
last five minutes for each file that it makes, for us and for the peers
(https://github.com/torvalds/linux/blob/master/fs/ext4/ialloc.c, RECENTCY_DIRTY).
"""

import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final
from unittest.mock import patch

import psutil

from benchmarks import generators, library
from benchmarks.measure import Measure, shown
from publishers.rubrica import Rubrica, share
from publishers.rubrica.afterwards import Afterwards

_ARTICLES: Final = 10_000
_WARM: Final = 15
_TIMES: Final = 40
_MEGABYTE: Final = 1024 * 1024


def main(articles: int = _ARTICLES) -> int:
    """Measure everything; 1 when a target is missed."""
    with (
        patch.object(Afterwards, "soon", lambda _: None),  # compressed copies follow
        patch.object(share, "draw", lambda drawn: drawn.file_name.encode()),
        tempfile.TemporaryDirectory(prefix="bottega-") as folder,
    ):
        measures = list(shown(_measures(Path(folder), articles)))
    first = measures[0]
    print(
        json.dumps(
            {
                "name": "rubrica",
                "value": round(first.value, 2),
                "unit": first.unit,
                "ratio": round(max(one.ratio for one in measures), 2),
                "to": f"the target of the tightest; {first.name}: {first.target:g} {first.unit}",
                "measures": {one.name: round(one.value, 3) for one in measures},
            }
        )
    )
    return 0 if all(one.ratio <= 1 for one in measures) else 1


def _measures(folder: Path, articles: int) -> Iterator[Measure]:
    # First of all: what other measures leave in this process is no memory of a full build; and
    # to look at memory takes time from a processor.
    megabytes = remembered(folder / "remembered", articles)
    seconds = built(folder / "built", articles)
    rubrica = library.column(folder / "column")
    library.fill(rubrica, articles)
    rubrica.rebuild()
    alone = publications(rubrica, articles)
    yield Measure(f"one article into {articles:,}, median", statistics.median(alone), "ms", 20)
    few, many = _both(folder, 1_000, 10 * articles)
    name = f"one into {10 * articles:,}, to one into 1,000"
    yield Measure(name, many / few, "times", 1.5)
    yield Measure("memory of a full build, all processes", megabytes, "MB", 300)
    print(f"the same folders and files without a word in them: {written(folder / 'built'):.1f} s")
    for peer, most in ((generators.hugo, 0.25), (generators.pelican, 0.08)):
        took = peer(folder / peer.__name__, articles)
        if took is None:
            print(f"{peer.__name__.title()} is not installed: a full build was not compared.")
        else:
            print(f"full build of {articles:,}: {seconds:.1f} s, {peer.__name__} {took:.1f} s")
            yield Measure(f"full build, to {peer.__name__}", seconds / took, "times", most)


def publications(rubrica: Rubrica, count: int) -> list[float]:
    """Return the milliseconds of publications into a column of so many articles."""
    timings = [publication(rubrica, count + one) for one in range(1, _WARM + _TIMES + 1)]
    return timings[_WARM:]


def publication(rubrica: Rubrica, number: int) -> float:
    """Return the milliseconds that an article takes once its files are in place."""
    post = rubrica.render(library.piece(number))
    rubrica.make_ready([post])
    started = time.perf_counter()
    rubrica.publish(post, library.call(number))
    return (time.perf_counter() - started) * 1000


def built(folder: Path, articles: int) -> float:
    """Return the seconds of a full build."""
    rubrica = library.column(folder)
    library.fill(rubrica, articles)
    started = time.perf_counter()
    rubrica.rebuild()
    return time.perf_counter() - started


def remembered(folder: Path, articles: int) -> float:
    """Return the most memory in MB that a full build takes, in all processes."""
    rubrica = library.column(folder)
    library.fill(rubrica, articles)
    beside = multiprocessing.get_context("spawn")  # a thread here would be in the way of a copy
    over, most = beside.Event(), beside.Value("d", 0.0)
    watching = beside.Process(target=_watch, args=(os.getpid(), over, most))
    watching.start()
    while not most.value:
        time.sleep(0.1)
    rubrica.rebuild()
    over.set()
    watching.join()
    return float(most.value)


def written(folder: Path) -> float:
    """Return the seconds in which all processors write a site's files again, as plain zeros.

    No generator can be faster on this disk.
    """
    site, copy = folder / "site", folder / "copy"
    files = sorted(one for one in site.rglob("*") if one.is_file())
    sizes = [(copy / one.relative_to(site), one.stat().st_size) for one in files]
    hands = os.cpu_count() or 1
    share = -(-len(sizes) // hands)
    with ProcessPoolExecutor(hands) as pool:
        list(pool.map(abs, range(hands)))  # they are there before the clock runs
        started = time.perf_counter()
        list(pool.map(_zeros, [sizes[at : at + share] for at in range(0, len(sizes), share)]))
        return time.perf_counter() - started


def _zeros(sizes: list[tuple[Path, int]]) -> None:
    made = set[str]()
    for path, size in sizes:
        folder = os.path.dirname(path)  # noqa: PTH120
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as fast as can be
            made.add(folder)
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123
            file.write(bytes(size))


def _both(folder: Path, few: int, many: int) -> tuple[float, float]:
    """Return the medians for few and for many, taken in turn: the machine is as busy for both."""
    sizes = (few, many)
    columns = [library.column(folder / str(size)) for size in sizes]
    for one, size in zip(columns, sizes, strict=True):
        library.fill(one, size)
    timings: tuple[list[float], list[float]] = ([], [])
    for step in range(1, _WARM + _TIMES + 1):
        for one, size, taken in zip(columns, sizes, timings, strict=True):
            taken.append(publication(one, size + step))
    first, second = (statistics.median(taken[_WARM:]) for taken in timings)
    return first, second


def _watch(pid: int, over: Event, most: "Synchronized[float]") -> None:
    """Note the most memory of a process and those that it started but this one, in MB (PSS)."""
    watched, this = psutil.Process(pid), psutil.Process()
    while not over.wait(0.2):
        total = 0
        for one in (watched, *watched.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_full_info().pss if one != this else 0
        most.value = max(most.value, total / _MEGABYTE)
