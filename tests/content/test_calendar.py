"""The calendar: what stands on which day, and what is in its way."""

from datetime import date, timedelta
from types import SimpleNamespace

from content import calendar, channels, planning, silence
from content.calendar import Conflict, bounds
from content.history import NEWSROOM, Actor
from content.slots import ROME, at_once, midnight
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import MONDAY, Clock
from tests.content.test_planning import plan

WEEK = bounds(date(2026, 11, 23), 7)


async def conflicts(store: Store, operation_id: int) -> tuple[Conflict, ...]:
    async with store.reading() as session:
        entries = await calendar.between(session, stories.CHANNELS, *WEEK)
    return next(one.conflicts for one in entries if one.operation_id == operation_id)


async def test_a_week_shows_each_operation_with_its_case_in_order(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock)
    async with store.transaction() as session:
        tuesday = at_once(MONDAY + timedelta(days=1))
        await planning.reschedule(session, red, tuesday, by=NEWSROOM, now=clock())

    async with store.reading() as session:
        entries = await calendar.between(session, stories.CHANNELS, *WEEK)
        counts = await calendar.count_by_day(session, stories.CHANNELS, *WEEK)

    assert [one.operation_id for one in entries] == [page, blue, red]
    assert [one.follows for one in entries] == [True, False, False]
    assert {one.title for one in entries} == {stories.DRAFT.title}
    assert [one.day.day for one in entries] == [23, 23, 24]
    assert counts == {date(2026, 11, 23): 2, date(2026, 11, 24): 1}


async def test_a_days_posts_come_by_their_time_and_what_was_cancelled_does_not(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        _, red, blue = await stories.approved(session, cast, clock(), immediately=False)
        await planning.cancel(session, blue.id, by=by, now=clock())
        await planning.hold(session, red.id, "aspetta il sindaco", by=by, now=clock())
    day = clock.now.astimezone(ROME).date()
    begins, ends = midnight(day), midnight(day + timedelta(days=1))

    async with store.reading() as session:
        entries = await calendar.between(session, list(stories.CHANNELS), begins, ends)
        red_alone = await calendar.between(session, ["red"], begins, ends)
        before = await calendar.between(
            session, list(stories.CHANNELS), begins - timedelta(days=1), begins
        )
        first = await calendar.following(session, list(stories.CHANNELS), clock())
        none = await calendar.following(session, list(stories.CHANNELS), ends)

    assert [(one.channel, one.local_time) for one in entries] == [
        ("page", "2026-11-23T12:30"), ("red", "2026-11-23T12:30"),
    ]  # fmt: skip
    assert [one.hold_reason for one in entries] == [None, "aspetta il sindaco"]
    assert {one.state for one in entries} == {OperationState.SCHEDULED}
    assert [one.channel for one in red_alone] == ["red"]
    assert before == []
    assert first == entries[0]
    assert none is None


async def test_what_was_dropped_and_other_channels_are_left_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, blue = await plan(store, cast, clock)
    async with store.transaction() as session:
        await planning.cancel(session, blue, by=NEWSROOM, now=clock())

    async with store.reading() as session:
        entries = await calendar.between(session, ["red", "blue"], *WEEK)

    assert [one.operation_id for one in entries] == [red]


async def test_midnight_is_that_of_rome_on_the_day_the_clocks_change() -> None:
    begins, ends = bounds(date(2026, 10, 25), 1)

    assert ends.timestamp() - begins.timestamp() == timedelta(hours=25).total_seconds()


async def test_what_is_in_the_way_is_said(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, blue = await plan(store, cast, clock)
    assert await conflicts(store, red) == ()

    async with store.transaction() as session:
        due = (await calendar.entry(session, red)).due_at  # type: ignore[union-attr]
        hour = timedelta(hours=1)
        await silence.declare(session, due - hour, due + hour, "Voto", by=NEWSROOM, now=clock())
        await channels.set_quiet_hours(session, "red", ("12:00", "13:00"), by=NEWSROOM, now=clock())
        await channels.pause(session, "red", "Prova", by=NEWSROOM, now=clock())

    assert await conflicts(store, red) == (Conflict.BLACKOUT, Conflict.QUIET, Conflict.PAUSED)
    assert await conflicts(store, blue) == (Conflict.BLACKOUT,)


async def test_a_post_too_near_to_the_one_before_is_marked_and_the_first_is_not(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, first, _ = await plan(store, cast, clock)
    _, second, other = await plan(store, cast, clock)
    async with store.transaction() as session:
        await channels.set_gap(session, "red", 60, by=NEWSROOM, now=clock())
        due = (await calendar.entry(session, first)).due_at  # type: ignore[union-attr]
        near = at_once(due + timedelta(minutes=20))
        await planning.reschedule(session, second, near, by=NEWSROOM, now=clock())

    assert await conflicts(store, first) == ()
    assert await conflicts(store, second) == (Conflict.GAP,)
    assert await conflicts(store, other) == ()
