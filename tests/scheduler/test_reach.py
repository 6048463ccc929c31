"""How far posts went is read back a few times each, by one worker, within what may be spent."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from content import channels, reach, sending
from content.history import NEWSROOM
from content.posts import Post
from content.reach import Figures, Reading
from content.store import Store
from publishers.base import ChannelDown, Unavailable
from scheduler.reach import Reach
from tests import stories
from tests.clock import Clock
from tests.fakes import FakePublisher


class Counting(FakePublisher):
    """A channel that tells figures, or what a test tells it to raise."""

    figures_at_once = 2

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.asked: list[list[str]] = []
        self.trouble: Exception | None = None
        self.told: dict[str, Figures] = {}

    def cost(self, post: Post) -> Decimal:
        return Decimal("0.20")

    def figures(self, remote_ids: Sequence[str]) -> Mapping[str, Figures]:
        self.asked.append(list(remote_ids))
        if self.trouble is not None:
            raise self.trouble
        return self.told or {one: Figures(views=10) for one in remote_ids}


async def published(store: Store, cast: SimpleNamespace, clock: Clock, articles: int = 1) -> None:
    """Have articles out on the page and two channels, now."""
    for _ in range(articles):
        async with store.transaction() as session:
            planned = await stories.approved(session, cast, clock())
        for one in planned:
            async with store.transaction() as session:
                claimed = await sending.claim_due(session, one.id, "worker", now=clock())
            assert claimed is not None
            async with store.transaction() as session:
                remote = f"{one.channel}-{one.id}"
                await sending.settle(
                    session, claimed, remote, f"https://a.example/{remote}", now=clock()
                )


async def readings(store: Store) -> list[Reading]:
    async with store.reading() as session:
        return list((await session.exec(select(Reading).order_by(col(Reading.id)))).all())


@pytest.fixture
def red() -> Counting:
    return Counting("red")


@pytest.fixture
def job(store: Store, red: Counting, clock: Clock) -> Reach:
    return Reach(store, {"page": FakePublisher("page"), "red": red}, clock)


async def test_a_post_is_read_after_a_day_a_week_and_a_month_and_no_more(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)

    for _ in range(60):
        await job.sweep()
        await job.sweep()
        clock.forward(days=1)

    assert [one.age for one in await readings(store)] == [1, 7, 30]
    assert len(red.asked) == 3
    assert {one.views for one in await readings(store)} == {10}


async def test_of_an_old_post_only_the_age_it_has_is_read(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)
    clock.forward(days=8)
    await published(store, cast, clock)
    clock.forward(days=40)

    await job.sweep()

    assert [one.age for one in await readings(store)] == [30]  # the older one is too old


async def test_workers_share_what_is_due(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting
) -> None:
    await published(store, cast, clock, articles=4)
    clock.forward(days=1)
    workers = [Reach(store, {"red": red}, clock) for _ in range(4)]

    await asyncio.gather(*(one.sweep() for one in workers))
    await asyncio.gather(*(one.sweep() for one in workers))

    asked = [one for some in red.asked for one in some]
    assert len(asked) == len(set(asked)) == 4
    assert max(map(len, red.asked)) <= 2


async def test_a_run_is_bounded(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock, articles=3)
    clock.forward(days=1)

    await job.sweep()

    assert list(map(len, red.asked)) == [2]


async def test_what_a_crash_or_a_refusal_loses_is_read_later_but_not_for_ever(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)
    clock.forward(days=1)
    red.trouble = ChannelDown("no right")

    for _ in range(48):
        await job.sweep()
        clock.forward(hours=2)

    assert len(red.asked) == 3
    [left] = await readings(store)
    assert (left.read_at, left.tries) == (None, 3)
    async with store.reading() as session:
        assert (await session.get_one(channels.Channel, "red")).paused_at is None


async def test_a_channel_that_asks_to_wait_is_left_alone_until_then(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock, articles=3)
    clock.forward(days=1)
    red.trouble = Unavailable("later", clock() + timedelta(hours=3))

    await job.sweep()
    clock.forward(hours=2)
    red.trouble = None
    await job.sweep()
    assert len(red.asked) == 1

    clock.forward(hours=1)
    await job.sweep()
    assert len(red.asked) == 2


async def test_a_paused_channel_is_not_asked(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)
    clock.forward(days=1)
    async with store.transaction() as session:
        await channels.pause(session, "red", "no token", by=NEWSROOM, now=clock())

    await job.sweep()

    assert red.asked == []


async def test_readings_never_spend_more_than_is_left_of_the_cap(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    red.price_of_figures = Decimal("0.01")
    await published(store, cast, clock, articles=3)  # 0.60 $ this month
    clock.forward(days=1)
    red.monthly_cap = Decimal("0.615")

    for _ in range(3):
        await job.sweep()

    assert list(map(len, red.asked)) == [1]


async def test_a_post_unknown_to_the_channel_has_nothing_to_tell(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)
    clock.forward(days=1)
    red.told = {"another": Figures(views=3)}

    await job.sweep()
    await job.sweep()

    [one] = await readings(store)
    assert one.read_at == clock()
    assert not one.figures.tell
    assert len(red.asked) == 1


async def test_the_newest_figures_of_a_post_are_the_ones_shown(
    store: Store, cast: SimpleNamespace, clock: Clock, red: Counting, job: Reach
) -> None:
    await published(store, cast, clock)
    clock.forward(days=1)
    await job.sweep()
    clock.forward(days=7)
    red.told = {red.asked[0][0]: Figures(views=50, reactions=2)}
    await job.sweep()

    async with store.reading() as session:
        number = (await readings(store))[0].operation_id
        assert await reach.of_posts(session, [number, 999]) == {number: Figures(50, 2)}


def test_what_is_not_known_is_not_nothing() -> None:
    assert Figures(1) + Figures(None, 2) == Figures(1, 2)
    assert Figures() + Figures() == Figures()
    assert not Figures(0, 0).tell
