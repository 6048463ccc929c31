"""The clock of one process: APScheduler ticking, on SQLite."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.timetable import Job

log = structlog.get_logger()


class Embedded:
    """Runs the timetable in this process; APScheduler keeps no job anywhere but here."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        for job in jobs:
            self._scheduler.add_job(
                _safely(job.name, job.work),
                "interval",
                seconds=job.every,
                id=job.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin to tick, in the running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)

    def nudge(self, name: str) -> None:
        """Run a job now rather than at its next tick."""
        job = self._scheduler.get_job(name)
        if job is not None:
            job.modify(next_run_time=datetime.now(UTC))


def _safely(name: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await work()
        except Exception:
            log.exception("job_failed", job=name)

    return run
