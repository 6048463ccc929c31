"""Workers as they are in a process of their own, several of them in this one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from content.deliveries import Operation
from content.drafting import TemplateAssistant
from content.store import Store
from scheduler.dispatch import AT_ONCE, Dispatch
from scheduler.distributed import Distributed
from scheduler.drafts import Drafts
from scheduler.embedded import Embedded
from scheduler.reconcile import Reconcile
from scheduler.timetable import Engine, Job, timetable
from tests import stories
from tests.fakes import FakePublisher

SECONDS = 20
"""How long anything may take before its test fails."""

OTHERS = (
    "keep_no_longer", "seal", "tell_programme", "remind_of_waiting", "keep_books", "read_figures",
    "make_ready", "tell_reach",
)  # fmt: skip
"""The jobs of the timetable that send nothing."""


class Worker:
    """One worker: an engine of the store's kind, with all that it drives."""

    def __init__(
        self,
        store: Store,
        url: str,
        publishers: Mapping[str, FakePublisher],
        hands: int = AT_ONCE,
    ) -> None:
        self.store = store
        self.dispatch = Dispatch(store, publishers, now, "test", lambda: None, hands)
        self.engine: Engine
        self.engine = Embedded(self.dispatch) if store.embedded else Distributed(url, self.dispatch)
        reconcile = Reconcile(store, publishers, now, lambda: self.engine.nudge("send what is due"))
        drafts = Drafts(store, TemplateAssistant([]), now, lambda: None)
        self.jobs: Sequence[Job] = timetable(
            store, self.engine.send_due, reconcile, drafts, now, **dict.fromkeys(OTHERS, nothing)
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Worker"]:
        try:
            await self.engine.open()
            await self.engine.start(self.jobs)
            yield self
        finally:
            await self.engine.stop()


def now() -> datetime:
    return datetime.now(UTC)


async def nothing() -> None:
    """Stands for a job that a test has no use for."""


@pytest.fixture
def url(store: Store, request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if store.embedded else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def channels() -> dict[str, FakePublisher]:
    """The page and two channels that link to it."""
    return {name: FakePublisher(name) for name in stories.CHANNELS}


async def approved(store: Store, cast: SimpleNamespace, articles: int = 1) -> list[Operation]:
    """Return the operations of articles approved for now, each on three channels."""
    planned = []
    for _ in range(articles):
        async with store.transaction() as session:
            planned += await stories.approved(session, cast, now())
    return planned


async def until(true: Callable[[], Awaitable[bool]], seconds: float = SECONDS) -> timedelta:
    """Wait until something is true and return how long that took."""
    begun = now()
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.02)
    return now() - begun
