"""What may be claimed when: quiet hours, gaps, blackouts, and clocks that sleep or jump."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Select
from sqlmodel import col, select

from content import channels, lapses, planning, sending, silence, slots
from content.channels import Channel
from content.deliveries import Action, Attempt, Operation
from content.history import NEWSROOM
from content.readiness import claimable, missed
from content.sending import Claimed
from content.slots import ROME, at_once
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import MONDAY, Clock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def plan(
    store: Store, cast: SimpleNamespace, clock: Clock, *, immediately: bool = True
) -> list[int]:
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock(), immediately=immediately)
        return [one.id for one in planned]


async def lone_posts(
    store: Store, cast: SimpleNamespace, clock: Clock, *, apart: timedelta, count: int
) -> list[int]:
    """Return `count` posts for red, due one after the other, that wait for no page."""
    ids = []
    for n in range(count):
        _, red, blue = await plan(store, cast, clock)
        async with store.transaction() as session:
            await planning.cancel(session, blue, by=NEWSROOM, now=clock())
            place = at_once(MONDAY + n * apart)
            await planning.reschedule(session, red, place, by=NEWSROOM, now=clock())
            operation = await session.get_one(Operation, red)
            operation.after_id = None
            session.add(operation)
        ids.append(red)
    return ids


async def claim(store: Store, operation_id: int, clock: Clock) -> Claimed | None:
    async with store.transaction() as session:
        return await sending.claim_due(session, operation_id, "worker", now=clock())


async def settle(store: Store, claimed: Claimed, clock: Clock) -> None:
    async with store.transaction() as session:
        assert await sending.settle(session, claimed, "7", "https://a.example/7", now=clock())


async def waiting(store: Store, clock: Clock, channel: str = "red") -> Sequence[int]:
    async with store.reading() as session:
        return await sending.due(session, [channel], now=clock(), limit=16)


async def sweep(store: Store, clock: Clock) -> list[int]:
    """Send all that is due on red, as a worker does; return what went out, in order."""
    sent = []
    while ids := await waiting(store, clock):
        for one in ids:
            claimed = await claim(store, one, clock)
            assert claimed is not None
            await settle(store, claimed, clock)
            sent.append(one)
    return sent


async def give_up_late(store: Store, clock: Clock) -> int:
    async with store.transaction() as session:
        return await lapses.miss_late(session, now=clock())


async def set_gap(store: Store, minutes: int, clock: Clock) -> None:
    async with store.transaction() as session:
        await channels.set_gap(session, "red", minutes, by=NEWSROOM, now=clock())


async def black_out(store: Store, begins: datetime, ends: datetime, clock: Clock) -> None:
    async with store.transaction() as session:
        await silence.declare(session, begins, ends, "Lutto", by=NEWSROOM, now=clock())


async def states(store: Store, ids: Sequence[int]) -> list[str]:
    async with store.reading() as session:
        return [(await session.get_one(Operation, one)).state.value for one in ids]


# ---------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [
        (("09:00", "09:01"), True),
        (("08:59", "09:00"), False),
        (("22:00", "09:01"), True),
        (("22:00", "09:00"), False),
        (("09:00", "07:00"), True),
        (("09:00", "09:00"), False),
    ],
)
async def test_quiet_hours_declared_later_stop_what_was_planned_but_not_what_a_person_chose(
    store: Store, cast: SimpleNamespace, clock: Clock, hours: tuple[str, str], quiet: bool
) -> None:
    """It is 09:00; `claimable` in SQL and `Channel.is_quiet` in Python agree."""
    chosen, planned = await lone_posts(store, cast, clock, apart=timedelta(0), count=2)
    async with store.transaction() as session:
        operation = await session.get_one(Operation, planned)
        operation.slot_id, operation.slot_day = 1, MONDAY.date()
        session.add(operation)
        await channels.set_quiet_hours(session, "red", hours, by=NEWSROOM, now=clock())
        assert (await session.get_one(Channel, "red")).is_quiet(clock()) is quiet

    assert await waiting(store, clock) == ([chosen] if quiet else [chosen, planned])
    assert (await claim(store, planned, clock) is None) is quiet
    assert await claim(store, chosen, clock) is not None


# ---------------------------------------------------------------- the gap


async def test_between_two_posts_of_a_channel_passes_its_gap(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second = await lone_posts(store, cast, clock, apart=MINUTE, count=2)
    await set_gap(store, 30, clock)
    assert await claim(store, first, clock) is not None

    clock.forward(minutes=29)
    assert await waiting(store, clock) == []
    assert await claim(store, second, clock) is None
    assert await states(store, [second]) == ["scheduled"]

    clock.forward(minutes=1)
    assert await waiting(store, clock) == [second]
    claimed = await claim(store, second, clock)
    assert claimed is not None
    assert claimed.number == 1


async def test_of_many_workers_on_many_posts_one_gets_the_turn(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    ids = await lone_posts(store, cast, clock, apart=timedelta(0), count=6)
    await set_gap(store, 10, clock)

    claims = await asyncio.gather(*(claim(store, one, clock) for one in ids for _ in range(2)))

    assert sum(one is not None for one in claims) == 1
    assert sorted(await states(store, ids)) == ["scheduled"] * 5 + ["sending"]
    async with store.reading() as session:
        assert len((await session.exec(select(Attempt))).all()) == 1


async def test_a_turn_in_which_certainly_nothing_went_out_is_given_back(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second = await lone_posts(store, cast, clock, apart=timedelta(0), count=2)
    await set_gap(store, 10, clock)
    claimed = await claim(store, first, clock)
    assert claimed is not None
    async with store.transaction() as session:
        until = clock() + MINUTE
        assert await sending.postpone(session, claimed, until, "refused", now=clock())

    assert await claim(store, second, clock) is not None


async def test_a_shorter_gap_holds_from_the_last_post_on(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second = await lone_posts(store, cast, clock, apart=timedelta(0), count=2)
    await set_gap(store, 60, clock)
    assert await claim(store, first, clock) is not None
    await set_gap(store, 5, clock)

    clock.forward(minutes=4)
    assert await claim(store, second, clock) is None
    clock.forward(minutes=1)
    assert await claim(store, second, clock) is not None


async def test_corrections_and_replies_need_no_turn(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, edit, reply = await lone_posts(store, cast, clock, apart=timedelta(0), count=3)
    await set_gap(store, 60, clock)
    async with store.transaction() as session:
        for one, action in ((edit, Action.EDIT), (reply, Action.REPLY)):
            operation = await session.get_one(Operation, one)
            operation.action = action
            session.add(operation)

    assert await waiting(store, clock) == [first, edit, reply]
    assert await claim(store, first, clock) is not None
    assert await waiting(store, clock) == [edit, reply]
    assert await claim(store, edit, clock) is not None
    assert await claim(store, reply, clock) is not None


# ---------------------------------------------------------------- blackouts


async def test_a_blackout_declared_later_stops_what_was_planned_but_no_correction(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    post, edit, delete = await lone_posts(store, cast, clock, apart=timedelta(0), count=3)
    async with store.transaction() as session:
        for one, action in ((edit, Action.EDIT), (delete, Action.DELETE)):
            operation = await session.get_one(Operation, one)
            operation.action = action
            session.add(operation)
    await black_out(store, MONDAY, MONDAY + HOUR, clock)

    assert await waiting(store, clock) == [edit, delete]
    assert await claim(store, post, clock) is None
    assert await claim(store, edit, clock) is not None
    assert await claim(store, delete, clock) is not None

    clock.forward(hours=1)
    assert await claim(store, post, clock) is not None


async def test_after_a_blackout_what_is_still_news_goes_with_the_gap_and_the_rest_is_missed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    ids = await lone_posts(store, cast, clock, apart=2 * HOUR, count=5)  # 9, 11, 13, 15, 17
    await set_gap(store, 20, clock)
    await black_out(store, MONDAY, MONDAY + 8 * HOUR, clock)

    clock.now = MONDAY + 8 * HOUR - MINUTE
    assert await waiting(store, clock) == []
    assert await give_up_late(store, clock) == 0

    clock.now = MONDAY + 8 * HOUR  # 17:00; nobody has given anything up yet
    gone = {}
    for _ in range(5):
        for one in await sweep(store, clock):
            gone[one] = clock()
        clock.forward(minutes=10)
    page_and_posts = await give_up_late(store, clock)

    assert list(gone) == ids[2:]
    assert [int((at - MONDAY) / MINUTE) for at in gone.values()] == [480, 500, 520]
    assert await states(store, ids) == ["missed"] * 2 + ["done"] * 3
    assert page_and_posts >= 2


async def test_a_lifted_blackout_stops_nothing(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    [post] = await lone_posts(store, cast, clock, apart=timedelta(0), count=1)
    await black_out(store, MONDAY, MONDAY + HOUR, clock)
    async with store.transaction() as session:
        await silence.lift(session, by=NEWSROOM, now=clock())

    assert await claim(store, post, clock) is not None


# ---------------------------------------------------------------- clocks


async def test_what_is_too_late_is_not_sent_even_before_it_is_marked_as_missed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    [post] = await lone_posts(store, cast, clock, apart=timedelta(0), count=1)

    clock.now = MONDAY + channels.TOO_LATE
    assert await claim(store, post, clock) is None

    clock.now -= timedelta(seconds=1)
    assert await claim(store, post, clock) is not None


async def test_a_correction_is_never_too_late(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    [edit] = await lone_posts(store, cast, clock, apart=timedelta(0), count=1)
    async with store.transaction() as session:
        operation = await session.get_one(Operation, edit)
        operation.action = Action.EDIT
        session.add(operation)
    clock.now = MONDAY + timedelta(days=3)

    await give_up_late(store, clock)
    assert await states(store, [edit]) == ["scheduled"]
    assert await claim(store, edit, clock) is not None


async def test_a_machine_asleep_for_three_hours_sends_what_is_due_once_in_order_with_the_gap(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    ids = await lone_posts(store, cast, clock, apart=HOUR, count=5)  # 9, 10, 11, 12, 13
    await set_gap(store, 15, clock)
    clock.forward(hours=3)

    gone = []
    for _ in range(5):
        gone += [(one, clock() - MONDAY) for one in await sweep(store, clock)]
        clock.forward(minutes=5)
        gone += [(one, clock() - MONDAY) for one in await sweep(store, clock)]
        clock.forward(minutes=10)

    assert [one for one, _ in gone] == ids
    assert [int(at / MINUTE) for _, at in gone] == [180, 195, 210, 225, 240]


async def test_a_machine_asleep_for_longer_than_news_lasts_asks_people(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    ids = await lone_posts(store, cast, clock, apart=4 * HOUR, count=2)
    clock.forward(hours=7)

    assert await sweep(store, clock) == [ids[1]]
    await give_up_late(store, clock)
    assert await states(store, ids) == ["missed", "done"]


async def test_a_clock_that_jumps_back_sends_nothing_twice_and_lets_go_what_is_due_at_its_hour(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """The clock was an hour ahead: 9 and 10 went out, then it is 9 again."""
    ids = await lone_posts(store, cast, clock, apart=HOUR, count=3)
    await set_gap(store, 30, clock)
    gone = await sweep(store, clock)
    clock.forward(hours=1)
    gone += await sweep(store, clock)
    clock.forward(hours=-1)
    assert await sweep(store, clock) == []

    clock.now = MONDAY + 2 * HOUR
    gone += await sweep(store, clock)

    assert gone == ids


@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2027, 3, 28)])
async def test_on_both_nights_of_clock_change_each_post_goes_out_once_at_its_hour_on_the_wall(
    store: Store, cast: SimpleNamespace, clock: Clock, sunday: date
) -> None:
    hours = ["01:30", "03:00", "03:30", "08:00"]
    clock.now = datetime.combine(sunday, time(0, 15), tzinfo=ROME).astimezone(UTC)
    planned = []
    async with store.transaction() as session:
        await channels.open_channels(session, stories.CHANNELS)
        for hour in hours:
            await slots.add(session, "red", 6, hour, by=NEWSROOM, now=clock())
        await channels.set_quiet_hours(session, "red", ("22:00", "01:30"), by=NEWSROOM, now=clock())
        for _ in hours:
            _, red, _ = await stories.approved(session, cast, clock(), immediately=False)
            red.after_id = None
            session.add(red)
            planned.append(red.id)

    gone: dict[int, datetime] = {}
    while clock() < datetime.combine(sunday, time(12), tzinfo=ROME):
        gone |= dict.fromkeys(await sweep(store, clock), clock())
        clock.forward(minutes=15)

    assert list(gone) == planned
    assert [f"{at.astimezone(ROME):%d %H:%M}" for at in gone.values()] == [
        f"{sunday.day} {hour}" for hour in hours
    ]


async def test_after_a_jump_back_the_gap_holds_nobody_up_for_longer_than_itself(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second, third = await lone_posts(store, cast, clock, apart=timedelta(0), count=3)
    await set_gap(store, 30, clock)
    clock.forward(hours=5)
    assert await claim(store, first, clock) is not None
    clock.forward(hours=-4)

    assert await claim(store, second, clock) is not None
    assert await claim(store, third, clock) is None
    clock.forward(minutes=30)
    assert await claim(store, third, clock) is not None


async def test_after_a_jump_back_a_lease_and_a_wait_last_the_jump_longer_and_no_more(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    frozen, refused = await lone_posts(store, cast, clock, apart=timedelta(0), count=2)
    clock.forward(hours=1)
    assert await claim(store, frozen, clock) is not None
    tried = await claim(store, refused, clock)
    assert tried is not None
    async with store.transaction() as session:
        await sending.postpone(session, tried, clock() + 5 * MINUTE, "refused", now=clock())
    clock.forward(hours=-1)

    async with store.transaction() as session:
        assert await lapses.expire_leases(session, now=clock()) == 0
    assert await claim(store, frozen, clock) is None
    assert await claim(store, refused, clock) is None

    clock.now = MONDAY + HOUR + 5 * MINUTE
    assert await claim(store, refused, clock) is not None
    clock.now += timedelta(seconds=1)
    async with store.transaction() as session:
        assert await lapses.expire_leases(session, now=clock()) == 1
    assert await states(store, [frozen]) == [OperationState.UNCONFIRMED.value]


# ---------------------------------------------------------------- what it costs


async def explained(store: Store, query: Select[Any]) -> str:
    """Return the database's plan for a query."""
    async with store.reading() as session:
        connection = await session.connection()
        said = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if store.embedded else "EXPLAIN"
        rows = await connection.exec_driver_sql(f"{explain} {said}")
        return "\n".join(" ".join(map(str, row)) for row in rows.all())


async def scheduled(store: Store, like: int, *, thousands: int) -> None:
    """Schedule many thousands of operations like one, in the next 1,000 hours."""
    async with store.transaction() as session:
        row = await session.get_one(Operation, like)
        same = row.model_dump(exclude={"id", "after_id"})
        for n in range(1, 1001):
            at = MONDAY + n * HOUR
            moments = {"due_at": at, "next_try_at": at, "news_until": at + 6 * HOUR}
            session.add(Operation(**same | moments | {"local_time": "many"}))
        await session.flush()
        columns = ", ".join(column for column in Operation.model_fields if column != "id")
        connection = await session.connection()
        await connection.exec_driver_sql(
            f"INSERT INTO operation ({columns}) "  # noqa: S608 - the columns are the model's
            "WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times "
            f"WHERE n < {thousands - 1}) "
            f"SELECT {columns} FROM operation, times WHERE local_time = 'many'"
        )
    async with store.transaction() as session:
        await (await session.connection()).exec_driver_sql("ANALYZE")


async def test_with_100_000_scheduled_rows_what_is_due_and_late_is_found_by_an_index(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    [post] = await lone_posts(store, cast, clock, apart=timedelta(0), count=1)
    await scheduled(store, post, thousands=100)

    due = await explained(
        store,
        select(Operation.id)
        .where(col(Operation.channel).in_(["red"]), *claimable(clock()))
        .order_by(col(Operation.next_try_at), col(Operation.id))
        .limit(16),
    )
    late = await explained(store, select(Operation.id).where(*missed(clock())))

    assert "ix_operation_queue" in due
    assert "ix_operation_late" in late
    for plan_of in (due, late):
        assert "SCAN operation" not in plan_of
        assert "Seq Scan on operation" not in plan_of
    assert await waiting(store, clock) == [post]
