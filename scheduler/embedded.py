"""The clock of one process: APScheduler ticking, on SQLite."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.dispatch import Dispatch
from scheduler.timetable import Engine, Job

log = structlog.get_logger()


class Embedded(Engine):
    """Runs the timetable in this process; APScheduler keeps no job anywhere but here."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._ticking: set[asyncio.Task[object]] = set()

    async def send_due(self) -> None:
        """Start on what is due."""
        await self._dispatch.sweep()

    async def open(self, heard: Callable[[], None] | None = None) -> None:
        """Nothing to make ready: there is no other process."""

    async def start(self, jobs: Sequence[Job]) -> None:
        """Begin to tick, in the running loop."""
        for job in jobs:
            self._scheduler.add_job(
                self._safely(job.name, job.work),
                "interval",
                seconds=job.every,
                id=job.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more, and wait for what is being done and sent: nothing is cut off."""
        if self._scheduler.running:
            self._scheduler.pause()
            await asyncio.gather(*self._ticking, return_exceptions=True)
            self._scheduler.shutdown(wait=False)
        await self._dispatch.finish()

    def nudge(self, name: str) -> None:
        """Run a job now rather than at its next tick."""
        job = self._scheduler.get_job(name)
        if job is not None:
            job.modify(next_run_time=datetime.now(UTC))

    def tell(self) -> None:
        """There is nobody to tell."""

    def _safely(
        self, name: str, work: Callable[[], Awaitable[object]]
    ) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._ticking.add(task)
            try:
                await work()
            except Exception:
                log.exception("job_failed", job=name)
            finally:
                self._ticking.discard(task)

        return run
