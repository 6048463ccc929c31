"""A worker without Telegram, in a process of its own: sends what is due until it is killed."""

import asyncio
import logging
import multiprocessing
import os
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from unittest.mock import patch

import structlog

from benchmarks.newsroom import Outside, utc_now
from content import sending
from content.store import Store
from scheduler import dispatch as dispatching
from scheduler.distributed import Distributed
from scheduler.embedded import Embedded
from scheduler.reconcile import Reconcile
from scheduler.timetable import SEND, Engine, Job

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["benchmarks.worker"])


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
    with (
        patch.object(sending, "LEASE", timedelta(seconds=lease)),
        patch.object(dispatching, "LONGEST_CALL", timedelta(seconds=lease / 2)),
    ):
        asyncio.run(_work(outside, alone))


async def _work(outside: Outside, alone: bool) -> None:
    store, publishers = Store(outside.database), outside.publishers()

    def nudge() -> None:
        engine.nudge(SEND)

    name = f"worker-{os.getpid()}"
    dispatch = dispatching.Dispatch(store, publishers, utc_now, name, nudge, outside.hands)
    reconcile = Reconcile(store, publishers, utc_now, nudge)
    engine: Engine = (
        Embedded(dispatch) if store.embedded else Distributed(outside.database, dispatch)
    )
    await engine.open()
    if alone:
        await reconcile.sweep(alone=True)
    await engine.start([Job(SEND, 0.5, engine.send_due), Job("resolve", 1, reconcile.sweep)])
    nudge()
    parent = multiprocessing.parent_process()
    assert parent is not None
    asyncio.get_running_loop().add_reader(parent.sentinel, os._exit, 0)  # do not outlive it
    await asyncio.Event().wait()
