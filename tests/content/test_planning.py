"""The calendar: where posts are planned, how they move, and what nobody may plan."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from content import availability, channels, lapses, planning, sending, silence, slots
from content.deliveries import Operation
from content.history import NEWSROOM, History, NotAllowed
from content.posts import freeze
from content.silence import InBlackout
from content.slots import ROME, NoFreeSlot, at_once, midnight
from content.store import Store
from content.submissions import Kind
from content.workflow import OperationState
from tests import stories
from tests.clock import MONDAY, Clock

HOUR = timedelta(hours=1)


async def plan(
    store: Store, cast: SimpleNamespace, clock: Clock, *, immediately: bool = False
) -> list[int]:
    """Return the ids of the page's operation and of the two that wait for it."""
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock(), immediately=immediately)
        return [one.id for one in planned]


async def read(store: Store, operation_id: int) -> Operation:
    async with store.reading() as session:
        return await session.get_one(Operation, operation_id)


async def furnished(store: Store) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, stories.CHANNELS)
        for name in stories.CHANNELS[1:]:
            await slots.furnish(session, name)


async def free(store: Store, after: datetime, channel: str = "red") -> str:
    async with store.reading() as session:
        return (await availability.next_free(session, channel, after)).local_time


# ---------------------------------------------------------------- where the next free place is


async def test_quiet_hours_have_no_free_place_over_midnight_too(store: Store, clock: Clock) -> None:
    await furnished(store)
    assert await free(store, MONDAY) == "2026-11-23T12:30"

    async with store.transaction() as session:
        await channels.set_quiet_hours(session, "red", ("17:30", "12:31"), by=NEWSROOM, now=clock())
    with pytest.raises(NoFreeSlot):
        await free(store, MONDAY)

    async with store.transaction() as session:
        await channels.set_quiet_hours(session, "red", ("12:00", "14:00"), by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-23T17:30"
    assert await free(store, MONDAY, "blue") == "2026-11-23T12:30"

    async with store.transaction() as session:
        await channels.set_quiet_hours(session, "red", None, by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-23T12:30"


async def test_a_place_too_near_to_another_post_is_not_free(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await plan(store, cast, clock)  # 12:30
    async with store.transaction() as session:
        await channels.set_gap(session, "red", 5 * 60, by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-23T17:30"

    async with store.transaction() as session:
        await channels.set_gap(session, "red", 5 * 60 + 1, by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-24T09:00"


async def test_a_place_too_near_to_any_of_the_posts_around_it_is_not_free(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    for hour in (8, 3, 6):  # 17:00, 12:00 and 15:00 in Rome, whichever was planned first
        _, red, _ = await plan(store, cast, clock)
        async with store.transaction() as session:
            place = at_once(MONDAY + hour * HOUR)
            await planning.reschedule(session, red, place, by=NEWSROOM, now=clock())
    async with store.transaction() as session:
        await channels.set_gap(session, "red", 30, by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-23T12:30"

    async with store.transaction() as session:
        await channels.set_gap(session, "red", 31, by=NEWSROOM, now=clock())
    assert await free(store, MONDAY) == "2026-11-24T09:00"


async def test_a_post_sent_at_once_keeps_the_next_place_at_its_distance(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await plan(store, cast, clock, immediately=True)  # 09:00
    async with store.transaction() as session:
        await channels.set_gap(session, "red", 4 * 60, by=NEWSROOM, now=clock())

    assert await free(store, MONDAY) == "2026-11-23T17:30"


async def test_a_blackout_has_no_free_place_on_any_channel(store: Store, clock: Clock) -> None:
    await furnished(store)
    async with store.transaction() as session:
        ends = MONDAY + timedelta(days=1)  # Tuesday, 09:00: the end is not in it any more
        await silence.declare(session, MONDAY, ends, "Lutto", by=NEWSROOM, now=clock())

    assert await free(store, MONDAY) == "2026-11-24T09:00"
    assert await free(store, MONDAY, "blue") == "2026-11-24T09:00"

    async with store.transaction() as session:
        [lifted] = await silence.lift(session, by=NEWSROOM, now=clock())
    assert lifted.reason == "Lutto"
    assert await free(store, MONDAY) == "2026-11-23T12:30"


async def test_a_blackout_must_end_after_it_begins_and_after_now(
    store: Store, clock: Clock
) -> None:
    async with store.transaction() as session:
        for begins, ends in ((MONDAY, MONDAY), (MONDAY - 2 * HOUR, MONDAY - HOUR)):
            with pytest.raises(ValueError, match="a blackout ends"):
                await silence.declare(session, begins, ends, "Lutto", by=NEWSROOM, now=clock())


async def test_lifting_ends_what_is_in_force_and_leaves_what_is_to_come(
    store: Store, clock: Clock
) -> None:
    async with store.transaction() as session:
        for n, reason in enumerate(("Ora", "Domani", "Dopo")):
            begins = MONDAY + timedelta(days=n)
            await silence.declare(session, begins, begins + HOUR, reason, by=NEWSROOM, now=clock())

        assert [one.reason for one in await silence.lift(session, by=NEWSROOM, now=clock())] == [
            "Ora"
        ]
        assert [one.reason for one in await silence.lift(session, by=NEWSROOM, now=clock())] == [
            "Domani"
        ]
        assert [one.reason for one in await silence.ahead(session, now=clock())] == ["Dopo"]


async def test_now_is_allowed_in_quiet_hours_and_refused_in_a_blackout(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await furnished(store)
    async with store.transaction() as session:
        await channels.set_quiet_hours(session, "red", ("08:00", "10:00"), by=NEWSROOM, now=clock())
    _, red, _ = await plan(store, cast, clock, immediately=True)
    assert (await read(store, red)).due_at == MONDAY

    async with store.transaction() as session:
        await silence.declare(
            session, MONDAY, MONDAY + HOUR, "Silenzio elettorale", by=NEWSROOM, now=clock()
        )
    with pytest.raises(InBlackout) as refused:
        await plan(store, cast, clock, immediately=True)
    assert (refused.value.until, refused.value.reason) == (MONDAY + HOUR, "Silenzio elettorale")


async def test_a_page_that_nothing_links_to_waits_for_the_blackouts_to_be_over(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, stories.CHANNELS)
        for begins, ends in ((MONDAY, MONDAY + 9 * HOUR), (MONDAY + 8 * HOUR, MONDAY + 20 * HOUR)):
            await silence.declare(session, begins, ends, "Lutto", by=NEWSROOM, now=clock())
        _, article = await stories.drafted(session, cast.ada, clock())
        page = [one for one in stories.posts_of(article) if one.channel == stories.FIRST]
        frozen = await freeze(session, article.id, article.version, page, now=clock())
        [planned] = await planning.plan(
            session, article, frozen, stories.FIRST, by=NEWSROOM, now=clock(), immediately=False
        )

    assert planned.due_at == MONDAY + 20 * HOUR


# ---------------------------------------------------------------- moving, cancelling, holding


async def test_what_moves_takes_the_next_free_place_and_leaves_its_own(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, _ = await plan(store, cast, clock)

    async with store.transaction() as session:
        await planning.move_on(session, red, by=NEWSROOM, now=clock())

    moved = await read(store, red)
    assert moved.local_time == "2026-11-23T17:30"
    assert moved.next_try_at == moved.due_at
    assert await free(store, MONDAY) == "2026-11-23T12:30"


async def test_the_page_moves_with_the_earliest_of_the_posts_that_link_to_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock)

    async def times() -> list[str]:
        return [(await read(store, one)).local_time[8:] for one in (page, red, blue)]

    async with store.transaction() as session:
        await planning.move_on(session, red, by=NEWSROOM, now=clock())
    assert await times() == ["23T12:30", "23T17:30", "23T12:30"]

    async with store.transaction() as session:
        await planning.move_on(session, blue, by=NEWSROOM, now=clock())
        await planning.move_on(session, blue, by=NEWSROOM, now=clock())
    assert await times() == ["23T17:30", "23T17:30", "24T09:00"]

    async with store.transaction() as session:
        await planning.cancel(session, red, by=NEWSROOM, now=clock())
    assert (await times())[0] == "24T09:00"


async def test_moves_of_one_article_at_once_leave_the_page_with_the_earliest(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock)

    async def move(one: int, hours: int) -> None:
        async with store.transaction() as session:
            place = at_once(MONDAY + timedelta(hours=hours))
            await planning.reschedule(session, one, place, by=NEWSROOM, now=clock())

    for n in range(5):
        await asyncio.gather(move(red, 30 + n), move(blue, 20 + n))

    assert (await read(store, page)).due_at == MONDAY + timedelta(hours=24)


async def test_a_page_that_is_out_stays_where_it_is(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock)
    clock.now = (await read(store, page)).due_at
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, page, "worker", now=clock())
        assert claimed is not None
        await sending.settle(session, claimed, "7", "https://a.example/7", now=clock())
        for one in (red, blue):
            await planning.move_on(session, one, by=NEWSROOM, now=clock())

    assert (await read(store, page)).due_at == clock()
    assert (await read(store, page)).state is OperationState.DONE


async def test_what_is_being_sent_neither_moves_nor_is_held_nor_cancelled(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock, immediately=True)
    async with store.transaction() as session:
        assert await sending.claim_due(session, page, "worker", now=clock())
    before = await read(store, page)

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await planning.reschedule(
                session, page, at_once(MONDAY + HOUR), by=NEWSROOM, now=clock()
            )
        with pytest.raises(NotAllowed):
            await planning.cancel(session, page, by=NEWSROOM, now=clock())
        with pytest.raises(NotAllowed):
            await planning.hold(session, page, "Aspetta", by=NEWSROOM, now=clock())

    assert (await read(store, page)) == before


async def test_moving_against_claiming_has_one_winner(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock, immediately=True)

    async def claim() -> bool:
        async with store.transaction() as session:
            return await sending.claim_due(session, page, "worker", now=clock()) is not None

    async def move() -> bool:
        try:
            async with store.transaction() as session:
                later = at_once(MONDAY + HOUR)
                await planning.reschedule(session, page, later, by=NEWSROOM, now=clock())
        except NotAllowed:
            return False
        return True

    won = await asyncio.gather(claim(), move())

    assert sorted(won) == [False, True]


async def test_a_place_that_somebody_has_is_refused_by_the_database(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, _ = await plan(store, cast, clock)
    async with store.reading() as session:
        place = await availability.next_free(session, "red", MONDAY)
    await plan(store, cast, clock)  # takes it

    with pytest.raises(IntegrityError):
        async with store.transaction() as session:
            await planning.reschedule(session, red, place, by=NEWSROOM, now=clock())


async def test_nothing_moves_into_a_blackout(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, _ = await plan(store, cast, clock)
    async with store.transaction() as session:
        day = timedelta(days=1)
        await silence.declare(
            session, MONDAY + day, MONDAY + 2 * day, "Lutto", by=NEWSROOM, now=clock()
        )
        with pytest.raises(InBlackout):
            place = at_once(MONDAY + day + HOUR)
            await planning.reschedule(session, red, place, by=NEWSROOM, now=clock())


async def test_cancelling_the_page_cancels_the_posts_that_would_link_to_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    planned = await plan(store, cast, clock)

    async with store.transaction() as session:
        await planning.cancel(session, planned[0], by=NEWSROOM, now=clock())

    states = [(await read(store, one)).state for one in planned]
    assert states == [OperationState.CANCELLED] * 3


async def test_every_change_of_the_calendar_is_written_down(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, _ = await plan(store, cast, clock)
    async with store.transaction() as session:
        await planning.hold(session, red, "Da rileggere", by=NEWSROOM, now=clock())
        await planning.hold(session, red, None, by=NEWSROOM, now=clock())
        await planning.move_on(session, red, by=NEWSROOM, now=clock())
        await planning.cancel(session, red, by=NEWSROOM, now=clock())
        query = select(History.verb).where(History.noun == "operation", History.noun_id == red)
        verbs = (await session.exec(query.order_by(col(History.id)))).all()

    assert verbs == ["planned", "held", "let_go", "rescheduled", "cancelled"]


# ---------------------------------------------------------------- for how long it is news


async def test_how_long_a_piece_is_news_depends_on_its_kind_and_channel(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await furnished(store)
    async with store.transaction() as session:
        kind = Kind.INITIATIVE
        await channels.set_shelf_life(session, "red", kind, 2, by=NEWSROOM, now=clock())
        await channels.set_shelf_life(session, "red", Kind.NEWS, 1, by=NEWSROOM, now=clock())
        await channels.set_shelf_life(session, "blue", kind, 30, by=NEWSROOM, now=clock())
        await channels.set_shelf_life(session, "blue", kind, 48, by=NEWSROOM, now=clock())

    planned = await plan(store, cast, clock, immediately=True)

    until = [(await read(store, one)).news_until for one in planned]
    assert until == [MONDAY + 6 * HOUR, MONDAY + 2 * HOUR, MONDAY + 48 * HOUR]


async def test_a_missed_post_sent_anyway_takes_its_missed_page_along_and_is_news_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock, immediately=True)
    async with store.transaction() as session:
        await planning.hold(session, red, "Da rileggere", by=NEWSROOM, now=clock())
        clock.now += channels.TOO_LATE
        assert await lapses.miss_late(session, now=clock()) == 3
        await planning.resend(session, red, by=NEWSROOM, now=clock())

    states = [(await read(store, one)).state for one in (page, red, blue)]
    assert states == [
        OperationState.SCHEDULED, OperationState.SCHEDULED, OperationState.MISSED,
    ]  # fmt: skip
    sent = await read(store, red)
    assert (sent.hold_reason, sent.news_until) == (None, clock() + channels.TOO_LATE)


async def test_sending_a_missed_post_anyway_is_refused_in_a_blackout(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    _, red, _ = await plan(store, cast, clock, immediately=True)
    clock.now += channels.TOO_LATE
    async with store.transaction() as session:
        await lapses.miss_late(session, now=clock())
        await silence.declare(session, clock(), clock() + HOUR, "Lutto", by=NEWSROOM, now=clock())
        with pytest.raises(InBlackout):
            await planning.resend(session, red, by=NEWSROOM, now=clock())


async def test_a_place_is_free_until_somebody_takes_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)
    tomorrow = midnight(clock.now.astimezone(ROME).date() + timedelta(days=1))

    async with store.reading() as session:
        free = await availability.free_between(session, "red", clock(), tomorrow)

    assert [one.local_time for one in free] == ["2026-11-23T17:30"]
