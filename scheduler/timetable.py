"""Every recurring job of the newsroom, in one table."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from content import lapses
from content.store import Store
from scheduler.drafts import Drafts
from scheduler.reconcile import Reconcile

SEND: Final = "send what is due"
DRAFT: Final = "draft what came in"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing done again and again, `every` so many seconds."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


class Engine(Protocol):
    """What makes the jobs run: one process's ticker, or a queue that many machines share."""

    async def send_due(self) -> None:
        """See to it that what is due is sent, here or elsewhere."""

    async def open(self, heard: Callable[[], None] | None = None) -> None:
        """Make ready to nudge and to be told; `heard` is called when another process `tell`s."""

    async def start(self, jobs: Sequence[Job]) -> None:
        """Begin to run the jobs."""

    async def stop(self) -> None:
        """Start nothing more, and end when what is being sent is settled."""

    def nudge(self, name: str) -> None:
        """Have a job run now rather than at its next time."""

    def tell(self) -> None:
        """Let the other processes hear that something happened."""


def timetable(
    store: Store,
    send_due: Callable[[], Awaitable[None]],
    reconcile: Reconcile,
    drafts: Drafts,
    clock: Callable[[], datetime],
    *,
    keep_no_longer: Callable[[], Awaitable[None]],
    seal: Callable[[], Awaitable[None]],
    tell_programme: Callable[[], Awaitable[None]],
    remind_of_waiting: Callable[[], Awaitable[None]],
    keep_books: Callable[[], Awaitable[None]],
    read_figures: Callable[[], Awaitable[None]],
    make_ready: Callable[[], Awaitable[None]],
    tell_reach: Callable[[], Awaitable[None]],
) -> tuple[Job, ...]:
    """Return the jobs; each may be run again at any moment without harm."""

    async def miss_late() -> None:
        async with store.transaction() as session:
            await lapses.miss_late(session, now=clock())

    return (
        Job(SEND, 0.5, send_due),
        Job(DRAFT, 1, drafts.sweep),
        Job("resolve what is unconfirmed", 2, reconcile.sweep),
        Job("make ready what is planned", 2, make_ready),
        Job("mark what is too late to be news", 60, miss_late),
        Job("seal the record", 60, seal),
        Job("tell what goes out today", 60, tell_programme),
        Job("remind of what waits for a decision", 300, remind_of_waiting),
        Job("keep the e-books true", 30, keep_books),
        Job("read how far posts went", 600, read_figures),
        Job("tell authors how far their piece went", 600, tell_reach),
        Job("keep nothing longer than needed", 3600, keep_no_longer),
    )
