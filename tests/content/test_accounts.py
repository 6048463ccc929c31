import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bottega.sandbox.server import Sandbox, running
from content import accounts
from content.deliveries import Operation
from content.posts import Post
from content.store import Store
from content.workflow import OperationState
from scheduler.reach import Reach
from tests.clock import Clock
from tests.scheduler.outside import Desk, adapters

LINK = "https://www.laboratori.example/a"


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
async def desk(
    store: Store, cast: SimpleNamespace, clock: Clock, served: Sandbox, tmp_path: Path
) -> AsyncIterator[Desk]:
    served.reset()
    served.x.now = served.facebook.now = clock
    one = Desk(store, cast, clock, served)
    one.publishers |= adapters(served, tmp_path)
    yield one
    await one.dispatch.finish()


def cap(desk: Desk, tmp_path: Path, dollars: str) -> None:
    """Start anew with a cap in X_MONTHLY_CAP."""
    desk.publishers |= {"x": adapters(desk.sandbox, tmp_path, monthly_cap=dollars)["x"]}


async def spent(desk: Desk) -> Decimal:
    x = desk.publishers["x"]
    async with desk.store.reading() as session:
        return await accounts.spent(session, "x", x.prices, now=desk.clock())


async def test_a_month_costs_what_its_posts_cost(desk: Desk) -> None:
    for text in ("Uno", f"Due {LINK}", f"Tre {LINK}"):
        await desk.dispatch.perform(await desk.approve("x", text))
    await desk.approve("x", "Quattro, che non è uscito")

    assert await spent(desk) == Decimal("0.415")


async def test_what_may_be_out_counts_and_what_is_not_does_not(desk: Desk) -> None:
    doubtful, absent = await desk.approve("x", "Uno"), await desk.approve("x", "Due")
    desk.order("x", "lost")
    await desk.dispatch.perform(doubtful)
    desk.order("x", "throttle", seconds=60)
    await desk.dispatch.perform(absent)

    assert await spent(desk) == Decimal("0.015")


async def test_a_month_begins_at_midnight_in_rome(desk: Desk, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    await desk.dispatch.perform(await desk.approve("x", "A novembre"))
    assert await spent(desk) == Decimal("0.015")

    clock.now = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert await spent(desk) == 0


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 7, 15, tzinfo=UTC), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_a_month_begins_by_the_clock_of_its_first_day(now: datetime, begins: datetime) -> None:
    assert accounts.month_begins(now) == begins


async def test_the_cap_pauses_the_channel_before_more_is_spent_with_one_alert(
    desk: Desk, tmp_path: Path
) -> None:
    cap(desk, tmp_path, "0.45")
    operations = [await desk.approve("x", f"{n} {LINK}") for n in range(5)]

    for one in operations:
        await desk.dispatch.perform(one)

    assert len(desk.posts("x")) == 2
    channel = await desk.channel("x")
    assert "tetto di spesa del mese (0,45 $)" in (channel.paused_reason or "")
    assert "X_MONTHLY_CAP" in (channel.paused_reason or "")
    assert await desk.told() == ["published", "published", "paused"]
    states = [(await desk.operation(one)).state for one in operations]
    assert states == [OperationState.DONE] * 2 + [OperationState.SCHEDULED] * 3


async def test_a_cap_that_is_met_exactly_is_kept(desk: Desk, tmp_path: Path) -> None:
    cap(desk, tmp_path, "0.40")
    for number in range(2):
        await desk.dispatch.perform(await desk.approve("x", f"{number} {LINK}"))

    assert len(desk.posts("x")) == 2
    assert (await desk.channel("x")).paused_at is None


async def test_figures_that_were_read_cost_too(desk: Desk, tmp_path: Path, clock: Clock) -> None:
    reads_figures(desk, tmp_path)
    await desk.dispatch.perform(await desk.approve("x", "Uno"))
    clock.forward(days=1)
    await Reach(desk.store, desk.publishers, clock).sweep()

    assert await spent(desk) == Decimal("0.016")


async def test_a_post_is_not_sent_with_money_that_figures_took(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    reads_figures(desk, tmp_path, monthly_cap="0.40")
    await desk.dispatch.perform(await desk.approve("x", f"Uno {LINK}"))
    clock.forward(days=1)
    await Reach(desk.store, desk.publishers, clock).sweep()
    await desk.dispatch.perform(await desk.approve("x", f"Due {LINK}"))

    assert desk.posts("x") == [f"Uno {LINK}"]
    assert await spent(desk) == Decimal("0.201")


async def test_figures_leave_the_money_that_planned_posts_will_take(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    reads_figures(desk, tmp_path, monthly_cap="0.40")
    await desk.dispatch.perform(await desk.approve("x", f"Uno {LINK}"))
    clock.forward(days=1)
    planned = await desk.approve("x", f"Due {LINK}")
    await Reach(desk.store, desk.publishers, clock).sweep()
    assert ("x", "tweets.lookup") not in desk.sandbox.board.operations

    await desk.dispatch.perform(planned)
    assert len(desk.posts("x")) == 2


async def test_what_is_planned_for_the_month_after_takes_nothing_of_this_one(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    reads_figures(desk, tmp_path, monthly_cap="0.40")
    clock.now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    await desk.dispatch.perform(await desk.approve("x", f"Uno {LINK}"))
    planned = await desk.approve("x", f"Due {LINK}")
    async with desk.store.transaction() as session:
        operation = await session.get_one(Operation, planned)
        operation.due_at = datetime(2026, 11, 30, 23, tzinfo=UTC)  # midnight in Rome
        session.add(operation)
    clock.forward(days=1)
    await Reach(desk.store, desk.publishers, clock).sweep()

    assert ("x", "tweets.lookup") in desk.sandbox.board.operations


def reads_figures(desk: Desk, tmp_path: Path, **changes: Any) -> None:
    """Start anew with X_FIGURES."""
    desk.publishers |= {"x": adapters(desk.sandbox, tmp_path, figures=True, **changes)["x"]}


async def test_workers_that_claim_at_the_same_time_keep_the_cap_together(
    desk: Desk, tmp_path: Path
) -> None:
    cap(desk, tmp_path, "0.45")
    operations = [await desk.approve("x", f"{n} {LINK}") for n in range(6)]
    others = [desk.worker(name) for name in ("second", "third")]
    workers = [desk.dispatch, *others]

    await asyncio.gather(*(workers[n % 3].perform(one) for n, one in enumerate(operations)))
    for one in others:
        await one.finish()

    assert len(desk.posts("x")) <= 2
    assert (await desk.told()).count("paused") == 1


async def test_a_resumed_channel_that_is_still_over_its_cap_is_paused_again(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    cap(desk, tmp_path, "0.10")
    operation = await desk.approve("x", LINK)
    await desk.dispatch.perform(operation)
    await desk.resume("x")
    await desk.dispatch.perform(operation)
    assert await desk.told() == ["paused", "resumed", "paused"]

    cap(desk, tmp_path, "1")
    await desk.resume("x")
    await desk.dispatch.perform(operation)
    assert desk.posts("x") == [LINK]


async def test_without_a_cap_nothing_is_counted_before_a_post(desk: Desk) -> None:
    operation = await desk.approve("x", LINK)

    assert desk.publishers["x"].monthly_cap == 0
    await desk.dispatch.perform(operation)
    assert desk.posts("x") == [LINK]


def test_a_channel_that_asks_for_nothing_costs_nothing(served: Sandbox, tmp_path: Path) -> None:
    facebook = adapters(served, tmp_path)["facebook"]

    assert facebook.cost(Post(channel="facebook", title="t", text=LINK)) == 0
    assert adapters(served, tmp_path)["x"].cost(Post(channel="x", title="t")) == Decimal("0.015")
