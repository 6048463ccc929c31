"""The clock of many machines: a queue of hints in PostgreSQL, by Procrastinate.

A job of the queue says "operation 7 may be due" or "look at what came in", and no more: the rows
know. A hint that is lost is given again within a second, one that is doubled finds nothing to
claim, and the whole queue may be thrown away. https://procrastinate.readthedocs.io
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.types import TimeDeltaParams

from scheduler import hints
from scheduler.dispatch import Dispatch
from scheduler.timetable import SEND, Engine, Job

log = structlog.get_logger()
AHEAD: Final = timedelta(seconds=5)
"""Hints are given this long before their time, so that few wait in the queue."""
POLL_SECONDS: Final = 0.25
HEARTBEAT_SECONDS: Final = 2.0
DEAD_SECONDS: Final = 10.0
"""A worker whose heart has not beaten for so long is dead; what it had in hand is let go."""
_AGAIN_SECONDS: Final = 1.0
_MILLISECOND: Final = timedelta(milliseconds=1)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_HAPPENED: Final = "bottega_happened"
_JOBS: Final = "jobs"


class Distributed(Engine):
    """One process among many that give hints, take them, and hear what the others did."""

    def __init__(self, url: str, dispatch: Dispatch) -> None:
        """Take the store's URL, and what sends."""
        self._connector = hints.connector(url)
        self._app = App(connector=self._connector)
        self._dispatch = dispatch
        self._operation = self._app.task(name="operation", queue=_JOBS)(self._perform)
        self._running: list[asyncio.Task[None]] = []
        self._rounds: set[asyncio.Task[Any]] = set()
        self._sayings: set[asyncio.Task[None]] = set()
        self._to_say: set[str] = set()
        self._stopping = False

    async def open(self, heard: Callable[[], None] | None = None) -> None:
        """Open the queue, making it where there is none; `heard` is called when others `tell`."""
        await self._app.open_async()
        await hints.make(self._connector)
        if heard is not None:
            self._begin(lambda: self._listen(heard))

    async def start(self, jobs: Sequence[Job]) -> None:
        """Begin to take hints, and to run the jobs in turn with the other workers."""
        for job in jobs:
            self._put_on_timetable(job)
        self._app.periodic(cron=cron(HEARTBEAT_SECONDS))(
            self._app.task(name="let go", queue=_JOBS, queueing_lock="let go", priority=1)(
                self._let_go
            )
        )
        queues = [_JOBS, *map(_queue, self._dispatch.channels)]
        concurrency = self._dispatch.hands + len(jobs) + 1
        self._begin(
            lambda: self._app.run_worker_async(
                queues=queues,
                concurrency=concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_SECONDS,
                delete_jobs="always",
            )
        )

    async def stop(self) -> None:
        """Take no more hints, wait for what is being sent, and close the queue."""
        self._stopping = True
        for task in (*self._running, *self._rounds):
            task.cancel()
        await asyncio.gather(*self._running, *self._sayings, return_exceptions=True)
        await self._dispatch.finish()
        await self._app.close_async()

    def nudge(self, name: str) -> None:
        """Have a worker, any, run a job now."""
        self._say(name, lambda: self._ask_for(name))

    def tell(self) -> None:
        """Let the processes that listen hear that something happened."""
        self._say(_HAPPENED, lambda: self._connector.execute_query_async(f"NOTIFY {_HAPPENED}"))

    async def send_due(self) -> None:
        """Give a hint for everything due soon that has none."""
        await self._hint(await self._dispatch.soon(AHEAD))

    async def _perform(self, operation_id: int) -> None:
        """Carry out an operation if it may be, then hint at what waited for it."""
        if await self._dispatch.perform(operation_id):
            await self._hint(await self._dispatch.soon(AHEAD, after=operation_id))

    async def _hint(self, soon: Sequence[tuple[int, str, timedelta]]) -> None:
        if not soon:
            return
        rows = await self._connector.execute_query_all_async(
            "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo'"
        )
        waiting = {row["queueing_lock"] for row in rows}
        new = [hint for hint in map(self._hint_at, soon) if hint.queueing_lock not in waiting]
        if not new:
            return
        try:
            await self._app.job_manager.batch_defer_jobs_async(new)
        except AlreadyEnqueued:  # another process gives the same hints just now
            for hint in new:
                with suppress(AlreadyEnqueued):
                    await self._app.job_manager.defer_job_async(hint)

    def _hint_at(self, due: tuple[int, str, timedelta]) -> QueuedJob:
        operation_id, channel, wait = due
        return self._operation.configure(
            queue=_queue(channel),
            queueing_lock=f"delivery:{operation_id}",
            schedule_in=TimeDeltaParams(milliseconds=wait // _MILLISECOND) if wait else None,
            task_kwargs={"operation_id": operation_id},
        ).job

    async def _ask_for(self, name: str) -> None:
        asked = self._app.configure_task(name, **_settings(name))
        with suppress(AlreadyEnqueued):
            await asked.defer_async(timestamp=0)

    def _put_on_timetable(self, job: Job) -> None:
        async def run(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells which turn
            task = asyncio.current_task()
            assert task is not None
            self._rounds.add(task)
            try:
                await job.work()
            finally:
                self._rounds.discard(task)

        task = self._app.task(name=job.name)(run)
        self._app.periodic(cron=cron(job.every), **_settings(job.name))(task)

    async def _let_go(self, timestamp: int) -> None:  # noqa: ARG002 - Procrastinate tells which turn
        """Drop what dead workers had in hand: the rows know what is to be done about it."""
        dead = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_SECONDS)
        for job in dead:
            log.warning("worker_died", job=job.task_name)
            with suppress(ConnectorException):  # another worker let it go first
                await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    async def _listen(self, heard: Callable[[], None]) -> None:
        async def on_notification(*, channel: str, payload: str) -> None:  # noqa: ARG001
            heard()

        heard()  # what was told while nobody listened
        await self._connector.listen_notify(on_notification, [_HAPPENED])

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Keep a thing going until we stop: a database that goes away comes back."""

        async def keep() -> None:
            while not self._stopping:
                try:
                    await work()
                except Exception:
                    log.exception("queue_lost")
                    await asyncio.sleep(_AGAIN_SECONDS)

        self._running.append(asyncio.create_task(keep()))

    def _say(self, what: str, saying: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Say a thing to the others, soon; what is about to be said is not said twice."""
        if self._stopping or what in self._to_say:
            return
        self._to_say.add(what)

        async def say() -> None:
            self._to_say.discard(what)
            try:
                await saying()
            except Exception as error:  # noqa: BLE001 - the next turn of the timetable makes up
                log.warning("nudge_lost", what=what, error=type(error).__name__)

        task = asyncio.create_task(say())
        self._sayings.add(task)
        task.add_done_callback(self._sayings.discard)


def cron(every: float) -> str:
    """Return a six-field cron, seconds last, that comes round every so many seconds, or nearly."""
    seconds = max(1, round(every))
    if seconds < _MINUTE:
        return f"* * * * * */{seconds}"
    if seconds < _HOUR:
        return f"*/{seconds // _MINUTE} * * * * 0"
    if seconds < _DAY:
        return f"0 */{seconds // _HOUR} * * * 0"
    return "0 0 * * * 0"


def _settings(name: str) -> dict[str, Any]:
    """Return how a job of the timetable is queued.

    One waits and one runs at most, wherever; but nothing waits for one that sends.
    """
    lock = None if name == SEND else name
    return {"queue": _JOBS, "queueing_lock": name, "lock": lock, "priority": 1}


def _queue(channel: str) -> str:
    """Return the queue of a channel: only workers with its keys take from it."""
    return f"send {channel}"
