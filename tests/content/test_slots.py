from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from content import channels, slots
from content.availability import next_free
from content.history import NEWSROOM, History
from content.slots import DAYS_AHEAD, ROME, NoFreeSlot, Place, Slot, places
from content.store import Store
from tests.clock import MONDAY, Clock

AUTUMN, SPRING = date(2026, 10, 25), date(2027, 3, 28)
"""The nights on which Rome's clocks go back, and forward."""
WEEKS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.times().map(lambda at: f"{at:%H:%M}").filter(lambda at: not at.startswith("02")),
    ),
    min_size=1,
    max_size=12,
    unique=True,
).map(sorted)
MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 9, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


def week(*hours: str, weekday: int = 0) -> list[Slot]:
    return [Slot(id=n, channel="red", weekday=weekday, hour=hour) for n, hour in enumerate(hours)]


def week_of(said: list[tuple[int, str]]) -> list[Slot]:
    return [
        Slot(id=n, channel="red", weekday=weekday, hour=hour)
        for n, (weekday, hour) in enumerate(said)
    ]


def local(place: Place) -> tuple[date, str]:
    at = place.due_at.astimezone(ROME)
    return at.date(), f"{at:%H:%M}"


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


@given(said=WEEKS, after=MOMENTS)
def test_every_place_of_the_week_comes_once_a_week_at_its_hour_on_the_wall(
    said: list[tuple[int, str]], after: datetime
) -> None:
    """Over any 60 days of a year with both clock changes: none doubled, none skipped."""
    found = [local(place) for place in places(week_of(said), after)]

    here = after.astimezone(ROME)
    first = here.date()
    wanted = [
        (day, hour)
        for day in (first + timedelta(days=n) for n in range(DAYS_AHEAD))
        for weekday, hour in said
        if weekday == day.weekday() and (day > first or hour > f"{here:%H:%M}")
    ]
    again = f"{here:%H:%M}"  # the very minute may be past or to come, by its seconds
    assert [one for one in found if one != (first, again)] == wanted


@given(said=WEEKS, after=MOMENTS)
def test_places_follow_each_other_and_their_moments_never_repeat(
    said: list[tuple[int, str]], after: datetime
) -> None:
    moments = [place.due_at for place in places(week_of(said), after)]

    assert all(one > after for one in moments)
    assert moments == sorted(set(moments))


@pytest.mark.parametrize(("night", "hours"), [(AUTUMN, 25), (SPRING, 23)])
def test_a_day_of_clock_change_is_longer_or_shorter_but_has_every_place(
    night: date, hours: int
) -> None:
    every_hour = [f"{hour:02}:00" for hour in range(24) if hour != 2]
    slots_of_sunday = week(*every_hour, weekday=6)
    midnight = datetime.combine(night, datetime.min.time(), tzinfo=ROME).astimezone(UTC)

    found = [
        place
        for place in places(slots_of_sunday, midnight - timedelta(seconds=1))
        if place.day == night
    ]

    assert [local(place)[1] for place in found] == every_hour
    length = found[-1].due_at - found[0].due_at
    assert length == timedelta(hours=hours - 1)


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


async def test_a_place_is_added_taken_out_and_put_back_and_each_time_it_is_written_down(
    store: Store, clock: Clock
) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, ["red"])
        sunday = await slots.add(session, "red", 6, "03:00", by=NEWSROOM, now=clock())
        same = await slots.add(session, "red", 6, "03:00", by=NEWSROOM, now=clock())
        await slots.remove(session, sunday.id, by=NEWSROOM, now=clock())
        await slots.remove(session, sunday.id, by=NEWSROOM, now=clock())
        assert await slots.week(session, "red") == []
        back = await slots.add(session, "red", 6, "03:00", by=NEWSROOM, now=clock())
        written = await session.exec(
            select(History).where(History.noun == "slot").order_by(col(History.id))
        )

        assert sunday.id == same.id == back.id
        assert [one.hour for one in await slots.week(session, "red")] == ["03:00"]
        assert [(one.verb, one.data["hour"]) for one in written.all()] == [
            ("added", "03:00"), ("removed", "03:00"), ("added", "03:00"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("weekday", "hour"),
    [
        (6, "02:00"),
        (0, "02:59"),
        (0, "9:00"),
        (0, "24:00"),
        (0, "12:60"),
        (0, "nove"),
        (7, "09:00"),
    ],
)
async def test_a_place_that_cannot_be_is_refused(
    store: Store, clock: Clock, weekday: int, hour: str
) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, ["red"])
        with pytest.raises(ValueError, match=r"no place|not a"):
            await slots.add(session, "red", weekday, hour, by=NEWSROOM, now=clock())


@pytest.mark.parametrize(("weekday", "hour"), [(0, "02:30"), (8, "09:00"), (0, "9:00")])
async def test_the_database_too_refuses_a_place_that_cannot_be(
    store: Store, weekday: int, hour: str
) -> None:
    with pytest.raises(IntegrityError):
        async with store.transaction() as session:
            await channels.open_channels(session, ["red"])
            session.add(Slot(channel="red", weekday=weekday, hour=hour))
