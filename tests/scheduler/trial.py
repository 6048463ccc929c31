"""One operation carried to its end in a process of its own, which may be killed before a line."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import IO, Any
from unittest.mock import patch

import structlog
from sqlmodel import col, select

from benchmarks.newsroom import Outside, utc_now
from content import channels
from content.deliveries import Operation
from content.history import NEWSROOM
from content.store import Store
from content.workflow import OperationState
from publishers import films
from scheduler import dispatch as dispatching
from scheduler import reconcile as reconciling

Line = tuple[str, int]
"""A traced file's name and a line's number in it."""
_OPEN = (OperationState.SCHEDULED, OperationState.SENDING, OperationState.UNCONFIRMED)
_SOON = timedelta(milliseconds=20)


class Forge:
    """Makes processes that carry out what is open, by forking one that has done it before.

    The first thing to be carried out is done by that one itself, so that all others start warm.
    """

    def __init__(self, root: Path) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def carry(self, outside: Outside, traced: Iterable[str] = (), last: Line | None = None) -> Any:
        """Return how the process ended and, if it ended well, which lines it executed.

        It traces some files, and is killed just before the line `last`.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([asdict(outside), list(traced), last]) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def close(self) -> None:
        """Make no more."""
        self._server.communicate()


def serve() -> None:
    """Carry out the first order, and fork for each of the others."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    outside, *_ = json.loads(sys.stdin.readline())
    asyncio.run(_carry(Outside(**outside)))
    _answer(0, "[]")
    for order in iter(sys.stdin.readline, ""):
        assert threading.active_count() == 1  # or the fork would not be a whole process
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            outside, traced, last = json.loads(order)
            with os.fdopen(writing, "w") as pipe:
                carry(Outside(**outside), traced, last and tuple(last), pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _answer(code, said or "[]")


def _answer(code: int, lines: str) -> None:
    sys.stdout.write(f"[{code}, {lines}]\n")
    sys.stdout.flush()


def carry(outside: Outside, traced: Iterable[str], last: Line | None, said: IO[str]) -> None:
    """Carry out all that is open and say which lines of the traced files were executed."""
    trace = Trace(traced, last)
    if trace.files:
        threading.settrace(trace.enter)
        sys.settrace(trace.enter)
    with (
        patch.object(dispatching, "SHORTEST_WAIT", _SOON / 2),
        patch.object(reconciling, "_SHORTEST_LOOK", _SOON),
        patch.object(films, "_SHORTEST_WAIT", 0.0),
        patch.object(films, "_LONGEST_WAIT", 0.0),
    ):
        asyncio.run(_carry(outside))
    sys.settrace(None)
    said.write(json.dumps(list(trace.seen)))


class Trace:
    """Notes each line of some files when it is executed first, or kills this process before it."""

    def __init__(self, files: Iterable[str], last: Line | None) -> None:
        self.files = {path: Path(path).name for path in files}
        self.last = last
        self.seen: dict[Line, None] = {}

    def enter(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        """Trace a function if it is in one of the files."""
        return self.step if frame.f_code.co_filename in self.files else None

    def step(self, frame: FrameType, event: str, _arg: Any) -> Any:
        """Note a line that is about to be executed."""
        if event == "line":
            line = (self.files[frame.f_code.co_filename], frame.f_lineno)
            if line == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.seen[line] = None
        return self.step


async def _carry(outside: Outside) -> None:
    store, publishers = Store(outside.database), outside.publishers()
    dispatch = dispatching.Dispatch(store, publishers, utc_now, "trial", lambda: None)
    reconcile = reconciling.Reconcile(store, publishers, utc_now, lambda: None)
    await reconcile.sweep(alone=True)
    while await _open(store):
        async with store.transaction() as session:  # what people do once the trouble is over
            for name in publishers:
                await channels.resume(session, name, by=NEWSROOM, now=utc_now())
        await dispatch.sweep()
        await asyncio.gather(*dispatch._under_way.values())
        await reconcile.sweep()
        await asyncio.sleep(0.01)
    await dispatch.finish()
    await store.close()


async def _open(store: Store) -> bool:
    async with store.reading() as session:
        query = select(Operation.id).where(col(Operation.state).in_(_OPEN)).limit(1)
        return (await session.exec(query)).first() is not None


if __name__ == "__main__":
    serve()
