"""What moderators are told of the day: once, by whichever process, and only where it matters."""

import asyncio
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import morning, once
from bot.turn import Newsroom
from content import people, planning, review
from content.decisions import Verdict
from content.history import NEWSROOM, Actor
from content.slots import ROME
from content.store import Store
from content.submissions import Submission
from tests import stories
from tests.bot.test_reminders import newsroom_of, said
from tests.clock import Clock
from tests.fakes import FakePublisher

DESK = -100
TUESDAY = datetime(2026, 11, 24, tzinfo=ROME)


@pytest.fixture
async def newsroom(store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path) -> Newsroom:
    made = newsroom_of(store, clock, tmp_path)
    made.publishers = {name: FakePublisher(name) for name in stories.CHANNELS}
    async with store.transaction() as session:
        await people.tie_desk(session, DESK, "Redazione", by=NEWSROOM, now=clock())
    return made


async def approved(newsroom: Newsroom, cast: SimpleNamespace, clock: Clock) -> list[int]:
    async with newsroom.store.transaction() as session:
        planned = await stories.approved(session, cast, clock(), immediately=False)
    return [one.id for one in planned]


async def at(newsroom: Newsroom, clock: Clock, hour: str, processes: int = 1) -> list[str]:
    """Have some processes look at an hour of Tuesday; return all that was said so far."""
    clock.now = datetime.combine(TUESDAY, time.fromisoformat(hour), tzinfo=ROME)
    await asyncio.gather(*(morning.tell_programme(newsroom, "08:00") for _ in range(processes)))
    return [one.payload["text"] for one in await said(newsroom.store)]


async def test_what_goes_out_today_is_told_once_whoever_looks_and_starts_again(
    newsroom: Newsroom, cast: SimpleNamespace, clock: Clock
) -> None:
    clock.now = TUESDAY - timedelta(hours=5)  # Monday evening: Tuesday's places are next
    await approved(newsroom, cast, clock)

    assert await at(newsroom, clock, "07:59") == []
    [told] = await at(newsroom, clock, "08:00", processes=8)
    assert await at(newsroom, clock, "08:01") == [told]
    assert await at(newsroom, clock, "11:59", processes=2) == [told]

    assert told.splitlines()[0] == "📅 <b>Oggi, martedì 24 novembre</b>"
    assert "09:00 page, red, blue · «A Tirano apre" in told


async def test_a_morning_when_nothing_goes_out_is_silent_all_day(
    newsroom: Newsroom, cast: SimpleNamespace, clock: Clock
) -> None:
    assert await at(newsroom, clock, "08:00") == []
    await approved(newsroom, cast, clock)  # for 09:00 today, after the morning's look

    assert await at(newsroom, clock, "08:30") == []


async def test_a_process_that_starts_too_late_says_nothing(
    newsroom: Newsroom, cast: SimpleNamespace, clock: Clock
) -> None:
    clock.now = TUESDAY - timedelta(hours=5)
    numbers = await approved(newsroom, cast, clock)
    assert await at(newsroom, clock, "12:00") == []

    by = Actor("moderator", cast.bruno.id)
    async with newsroom.store.transaction() as session:
        await planning.cancel(session, numbers[0], by=by, now=clock())  # and all that links to it

    assert await at(newsroom, clock, "08:00") == []  # cancelled: nothing goes out


async def test_without_a_desk_nobody_is_told_and_the_day_is_not_lost(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    newsroom = newsroom_of(store, clock, tmp_path)
    newsroom.publishers = {name: FakePublisher(name) for name in stories.CHANNELS}
    clock.now = TUESDAY - timedelta(hours=5)
    await approved(newsroom, cast, clock)
    assert await at(newsroom, clock, "08:00") == []

    async with store.transaction() as session:
        await people.tie_desk(session, DESK, "Redazione", by=NEWSROOM, now=clock())

    assert len(await at(newsroom, clock, "08:05")) == 1


async def test_what_waited_a_day_is_named_once_a_day_with_its_button(
    newsroom: Newsroom, cast: SimpleNamespace, clock: Clock
) -> None:
    store = newsroom.store
    async with store.transaction() as session:
        case, _ = await stories.drafted(session, cast.ada, clock())  # Monday 9:00 in Rome
        await stories.submitted(session, cast.ada, clock())  # no draft yet: nothing to judge
        held, _ = await stories.drafted(session, cast.ada, clock() + timedelta(hours=2))
        await review.claim(session, held, cast.gaia, now=clock())

    async def reminded(hours: float, processes: int = 1) -> list[list[str]]:
        clock.forward(hours=hours)
        looks = (morning.remind_of_waiting(newsroom) for _ in range(processes))
        await asyncio.gather(*looks)
        rows = await said(store)
        return [[b[1] for row in one.payload["keyboard"] for b in row] for one in rows]

    first = [f"d:open:{case.id}"]
    assert await reminded(23.9) == []
    assert await reminded(0.2, processes=8) == [first]
    assert await reminded(2) == [first, [f"d:open:{held.id}"]]
    assert await reminded(8) == [first, [f"d:open:{held.id}"]]
    assert await reminded(6) == [first, [f"d:open:{held.id}"]]  # one in the morning
    both = [f"d:open:{case.id}", f"d:open:{held.id}"]
    assert await reminded(8) == [first, [f"d:open:{held.id}"], both]

    last = (await said(store))[-1].payload["text"]
    assert "da 2 giorni" in last
    assert "in lettura: Gaia Monti" in last

    async with store.transaction() as session:
        for one in (case, held):
            await review.decide(
                session, await session.get_one(Submission, one.id), cast.bruno, Verdict.REJECTED,
                reason="Fuori tema", seen=stories.SEEN, now=clock(),
            )  # fmt: skip
    assert len(await reminded(24)) == 3


async def test_a_long_wait_of_many_is_one_message(
    newsroom: Newsroom, cast: SimpleNamespace, clock: Clock
) -> None:
    async with newsroom.store.transaction() as session:
        for _ in range(13):
            await stories.drafted(session, cast.ada, clock())
    clock.forward(days=1)

    await morning.remind_of_waiting(newsroom)

    [told] = await said(newsroom.store)
    assert len([b for row in told.payload["keyboard"] for b in row]) == 10
    assert "…e altre 3" in told.payload["text"]


async def test_names_are_written_down_once_and_forgotten(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        assert await once.first(session, "a", now=clock())
        assert not await once.first(session, "a", now=clock())
    clock.forward(days=2)
    async with store.transaction() as session:
        assert await once.first(session, "b", now=clock())
        await once.forget_old(session, clock() - timedelta(days=1))
        assert await once.known(session, "a", "b") == {"b"}
