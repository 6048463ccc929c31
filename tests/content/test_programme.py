"""What goes out when, and where there is room."""

from datetime import timedelta
from types import SimpleNamespace

from content import availability, planning, programme
from content.history import Actor
from content.slots import ROME, midnight
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock

ALL = list(stories.CHANNELS)


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
        entries = await programme.between(session, ALL, begins, ends)
        red_alone = await programme.between(session, ["red"], begins, ends)
        before = await programme.between(session, ALL, begins - timedelta(days=1), begins)
        first = await programme.following(session, ALL, clock())
        none = await programme.following(session, ALL, ends)

    assert [(one.channel, one.local_time) for one in entries] == [
        ("page", "2026-11-23T12:30"), ("red", "2026-11-23T12:30"),
    ]  # fmt: skip
    assert [one.held for one in entries] == [False, True]
    assert {one.state for one in entries} == {OperationState.SCHEDULED}
    assert [one.channel for one in red_alone] == ["red"]
    assert before == []
    assert first == entries[0]
    assert none is None


async def test_a_place_is_free_until_somebody_takes_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)
    tomorrow = midnight(clock.now.astimezone(ROME).date() + timedelta(days=1))

    async with store.reading() as session:
        free = await availability.free_between(session, "red", clock(), tomorrow)

    assert [one.local_time for one in free] == ["2026-11-23T17:30"]
