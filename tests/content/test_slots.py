from datetime import UTC, datetime

import pytest

from content import channels, slots
from content.deliveries import next_free
from content.slots import NoFreeSlot, Slot, places
from content.store import Store
from tests.clock import MONDAY, Clock


def week(*hours: str, weekday: int = 0) -> list[Slot]:
    return [Slot(id=n, channel="red", weekday=weekday, hour=hour) for n, hour in enumerate(hours)]


def test_a_place_is_the_same_hour_in_rome_in_winter_and_summer() -> None:
    winter = next(places(week("09:00"), datetime(2026, 1, 4, tzinfo=UTC)))
    summer = next(places(week("09:00"), datetime(2026, 7, 5, tzinfo=UTC)))

    assert (winter.due_at.hour, summer.due_at.hour) == (8, 7)
    assert winter.local_time.endswith("T09:00")
    assert summer.local_time.endswith("T09:00")


def test_places_come_in_order_and_only_after_the_moment() -> None:
    found = [place.local_time for place, _ in zip(places(week("09:00", "17:30"), MONDAY), "abc")]  # noqa: B905

    assert found == ["2026-11-23T17:30", "2026-11-30T09:00", "2026-11-30T17:30"]


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
def test_no_place_lies_in_the_hour_that_the_clock_change_skips_or_doubles(night: datetime) -> None:
    sundays = [place.local_time[11:] for place in places(week("02:30", "03:30", weekday=6), night)]

    assert set(sundays) == {"03:30"}


async def test_a_channel_without_a_week_has_no_place(store: Store, clock: Clock) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, ["red"])
        with pytest.raises(NoFreeSlot):
            await next_free(session, "red", clock())


async def test_furnishing_twice_changes_nothing(store: Store) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, ["red"])
        await slots.furnish(session, "red")
        before = len(await slots.week(session, "red"))
        await slots.furnish(session, "red")
        assert len(await slots.week(session, "red")) == before == 15
