"""A worker without Telegram, in a process of its own: sends what is due until it is killed."""

import asyncio
import logging
import multiprocessing
import os
from contextlib import ExitStack
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from typing import Any
from unittest.mock import patch

import structlog

from benchmarks.newsroom import Outside, utc_now
from content import lapses, sending
from content.store import Store
from publishers import films, mastodon_media
from scheduler import dispatch as dispatching
from scheduler import reconcile as reconciling
from scheduler.distributed import Distributed
from scheduler.embedded import Embedded
from scheduler.reconcile import Reconcile
from scheduler.timetable import SEND, Engine, Job

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["benchmarks.worker"])
_BREATH = 1.0
"""Seconds before what was certainly not performed is tried again."""
_LOOK = 0.05
"""Seconds between two looks at a film, or a picture, that is being processed."""


def start(outside: Outside, lease: float, *, alone: bool) -> ForkServerProcess:
    """Start a worker; `alone` says that no other one works on the database.

    `lease` is in seconds: the newsroom's own is minutes, longer than a benchmark should last.
    """
    process = FORKS.Process(target=work, args=(outside, lease, alone), daemon=True)
    process.start()
    return process


def work(outside: Outside, lease: float, alone: bool) -> None:
    """Work until killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.ERROR)
    with ExitStack() as sooner:
        for module, name, wait in _waits(outside, lease):
            sooner.enter_context(patch.object(module, name, wait))
        asyncio.run(_work(outside, alone))


def _waits(outside: Outside, lease: float) -> list[tuple[Any, str, Any]]:
    """Return every wait of the newsroom that is longer than a benchmark should last, as it is here.

    What is waited for, and in which order, stays as it is.
    """
    return [
        (sending, "LEASE", timedelta(seconds=lease)),
        (dispatching, "LONGEST_CALL", timedelta(seconds=lease / 2)),
        (dispatching, "SHORTEST_WAIT", timedelta(seconds=_BREATH)),
        (dispatching, "LONGEST_WAIT", timedelta(seconds=2 * _BREATH)),
        (reconciling, "_BEFORE_MENDING_AGAIN", timedelta(seconds=outside.settling)),
        (films, "_SHORTEST_WAIT", _LOOK),
        (films, "_LONGEST_WAIT", _LOOK),
        (mastodon_media, "_BETWEEN_LOOKS", _LOOK),
    ]


async def _work(outside: Outside, alone: bool) -> None:
    store, publishers = Store(outside.database), outside.publishers()

    def nudge() -> None:
        engine.nudge(SEND)

    async def miss_late() -> None:
        async with store.transaction() as session:
            await lapses.miss_late(session, now=utc_now())

    name = f"worker-{os.getpid()}"
    dispatch = dispatching.Dispatch(store, publishers, utc_now, name, nudge, outside.hands)
    reconcile = Reconcile(store, publishers, utc_now, nudge)
    engine: Engine = (
        Embedded(dispatch) if store.embedded else Distributed(outside.database, dispatch)
    )
    await engine.open()
    if alone:
        await reconcile.sweep(alone=True)
    await engine.start(
        [
            Job(SEND, 0.5, engine.send_due),
            Job("resolve", 1, reconcile.sweep),
            Job("miss", 1, miss_late),
        ]
    )
    nudge()
    parent = multiprocessing.parent_process()
    assert parent is not None
    asyncio.get_running_loop().add_reader(parent.sentinel, os._exit, 0)  # do not outlive it
    await asyncio.Event().wait()
