"""Each person's updates in order, many people's at once, whatever the handler does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from telegram import Bot, Update

from bot import clerk as room
from bot.clerk import Clerk
from bot.inbox import Inbox, InboxState, Received, give_up, take_up, waiting
from content.store import Store
from tests.bot.test_inbox import row, update
from tests.clock import MONDAY, Clock

BOT = Bot("1:token")


async def handled(store: Store, item: Update) -> None:
    async with store.transaction() as session:
        await take_up(session, item.update_id, now=MONDAY)


@asynccontextmanager
async def at_work(
    store: Store,
    clock: Clock,
    handle: Callable[[Update], Awaitable[None]],
    turns: room.Turns | None = None,
) -> AsyncIterator[Clerk]:
    clerk = Clerk(store, BOT, handle, clock, turns)
    running = asyncio.create_task(clerk.run())
    yield clerk
    clerk.stop()
    await running


async def until_nothing_waits(store: Store) -> None:
    async with asyncio.timeout(20):
        while True:
            async with store.reading() as session:
                if not await waiting(session, 1):
                    return
            await asyncio.sleep(0.01)


async def test_one_person_is_served_in_order_and_many_at_once(store: Store, clock: Clock) -> None:
    carla_came = asyncio.Event()
    said: list[int] = []

    async def handle(item: Update) -> None:
        said.append(item.update_id)
        if item.update_id == 1:  # Ada's first takes until Carla's is done
            await carla_came.wait()
        if item.update_id == 4:
            carla_came.set()
        await handled(store, item)
        said.append(-item.update_id)

    await Inbox(store, clock).take([update(n, person=1) for n in (1, 2, 3)] + [update(4, 2)])
    async with at_work(store, clock, handle):
        await until_nothing_waits(store)

    assert [n for n in said if abs(n) < 4] == [1, -1, 2, -2, 3, -3]
    assert said.index(4) < said.index(-1)


async def test_memory_holds_no_more_than_is_at_work(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 5)
    now, most = set(), 0

    async def handle(item: Update) -> None:
        nonlocal most
        now.add(item.update_id)
        most = max(most, len(now))
        await asyncio.sleep(0)
        await handled(store, item)
        now.discard(item.update_id)

    await Inbox(store, clock).take([update(n, person=n) for n in range(40)])
    async with at_work(store, clock, handle) as clerk:
        await until_nothing_waits(store)
        await asyncio.sleep(0.05)
        assert not clerk._tasks
        assert not clerk._busy

    assert most == 5


async def test_what_fails_in_passing_is_tried_again_before_the_next(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRY_AGAIN_SECONDS", 0.01)
    tried: list[int] = []

    async def handle(item: Update) -> None:
        tried.append(item.update_id)
        if tried.count(1) < 3:
            async with store.transaction() as session:
                await give_up(session, item.update_id, "TimedOut", final=False, now=clock())
        else:
            await handled(store, item)

    await Inbox(store, clock).take([update(1), update(2)])
    async with at_work(store, clock, handle):
        await until_nothing_waits(store)

    assert tried == [1, 1, 1, 2]
    assert (await row(store, 1)).tries == 2


async def test_what_is_neither_handled_nor_given_up_is_not_tried_for_ever(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRY_AGAIN_SECONDS", 0.01)
    tried: list[int] = []

    async def handle(item: Update) -> None:
        tried.append(item.update_id)

    await Inbox(store, clock).take([update(1)])
    async with at_work(store, clock, handle):
        await until_nothing_waits(store)

    kept = await row(store, 1)
    assert (kept.state, kept.problem) == (InboxState.FAILED, "NotSettled")
    assert len(tried) == 4


async def test_what_cannot_be_read_is_kept_as_failed_and_holds_up_nobody(
    store: Store, clock: Clock
) -> None:
    strange = update(1)
    del strange["message"]["from"]["is_bot"]  # the library insists on it
    seen: list[int] = []

    async def handle(item: Update) -> None:
        seen.append(item.update_id)
        await handled(store, item)

    await Inbox(store, clock).take([strange, update(2)])
    async with at_work(store, clock, handle):
        await until_nothing_waits(store)

    kept = await row(store, 1)
    assert (kept.state, kept.problem) == (InboxState.FAILED, "unreadable: TypeError")
    assert seen == [2]


async def test_stopping_ends_what_is_at_work_and_begins_nothing(store: Store, clock: Clock) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handle(item: Update) -> None:
        begun.set()
        await go_on.wait()
        await handled(store, item)

    await Inbox(store, clock).take([update(1), update(2)])
    clerk = Clerk(store, BOT, handle, clock)
    running = asyncio.create_task(clerk.run())
    await begun.wait()
    clerk.stop()
    go_on.set()
    await running

    states = [(await row(store, number)).state for number in (1, 2)]
    assert states == [InboxState.HANDLED, InboxState.WAITING]


async def test_whom_another_process_serves_is_left_to_it(store: Store, clock: Clock) -> None:
    class Others:
        """Serve Ada, until they are told to let her go."""

        def __init__(self) -> None:
            self.theirs, self.ours = {1}, set[int]()

        async def claim(self, people: Sequence[int]) -> set[int]:
            self.ours |= (mine := set(people) - self.theirs)
            return mine

        async def release(self, people: Sequence[int]) -> None:
            self.ours -= set(people)

    seen: list[int] = []

    async def handle(item: Update) -> None:
        assert item.effective_user is not None
        assert item.effective_user.id in others.ours
        seen.append(item.update_id)
        await handled(store, item)

    others = Others()
    await Inbox(store, clock).take([update(1, 1), update(2, 2), update(3, 1)])
    async with at_work(store, clock, handle, others) as clerk:
        async with asyncio.timeout(10):
            while not seen:  # noqa: ASYNC110 - what is looked at is no event
                await asyncio.sleep(0.01)
        assert seen == [2]
        await handled(store, Update(1))  # another process did it meanwhile
        others.theirs.clear()
        clerk.nudge()
        await until_nothing_waits(store)

    assert seen == [2, 3]
    assert others.ours == set()
    assert isinstance(await row(store, 1), Received)
