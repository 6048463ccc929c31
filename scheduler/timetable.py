"""Every recurring job of the newsroom, in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from content import sending
from content.store import Store
from scheduler.dispatch import Dispatch
from scheduler.drafts import Drafts
from scheduler.reconcile import Reconcile


@dataclass(frozen=True, slots=True)
class Job:
    """One thing done again and again, `every` so many seconds."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


def timetable(
    store: Store,
    dispatch: Dispatch,
    reconcile: Reconcile,
    drafts: Drafts,
    clock: Callable[[], datetime],
) -> tuple[Job, ...]:
    """Return the jobs; each may be run again at any moment without harm."""

    async def miss_late() -> None:
        async with store.transaction() as session:
            await sending.miss_late(session, now=clock())

    return (
        Job("send what is due", 0.5, dispatch.sweep),
        Job("draft what came in", 1, drafts.sweep),
        Job("resolve what is unconfirmed", 2, reconcile.sweep),
        Job("mark what is too late to be news", 60, miss_late),
    )
