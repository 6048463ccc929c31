import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import channels, doubts, lapses, planning, sending
from content.deliveries import Attempt, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed
from content.sending import Claimed
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock


async def claim(store: Store, operation_id: int, clock: Clock) -> Claimed | None:
    async with store.transaction() as session:
        return await sending.claim_due(session, operation_id, "worker", now=clock())


async def plan(store: Store, cast: SimpleNamespace, clock: Clock) -> list[int]:
    """Return the ids of the page's operation and of the two that wait for it."""
    async with store.transaction() as session:
        return [one.id for one in await stories.approved(session, cast, clock())]


async def done(store: Store, operation_id: int, clock: Clock) -> None:
    claimed = await claim(store, operation_id, clock)
    assert claimed is not None
    async with store.transaction() as session:
        assert await sending.settle(session, claimed, "7", "https://a.example/7", now=clock())


async def state(store: Store, operation_id: int) -> OperationState:
    async with store.reading() as session:
        return (await session.get_one(Operation, operation_id)).state


async def test_a_claim_writes_the_attempt_before_anything_is_sent(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)

    claimed = await claim(store, page, clock)

    assert claimed is not None
    assert await state(store, page) is OperationState.SENDING
    async with store.reading() as session:
        attempt = (await session.exec(select(Attempt))).one()
        assert (attempt.number, attempt.started_at, attempt.outcome) == (1, clock(), None)


async def test_many_at_once_claim_it_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)

    claims = await asyncio.gather(*(claim(store, page, clock) for _ in range(8)))

    assert sum(one is not None for one in claims) == 1


async def test_social_posts_wait_for_the_page_they_link_to(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, _ = await plan(store, cast, clock)

    assert await claim(store, red, clock) is None
    await done(store, page, clock)
    assert await claim(store, red, clock) is not None


async def test_nothing_is_claimed_before_its_time(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock(), immediately=False)

    assert await claim(store, page.id, clock) is None
    clock.now = page.due_at
    assert await claim(store, page.id, clock) is not None


async def test_what_is_held_or_on_a_paused_channel_waits(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)

    async with store.transaction() as session:
        await planning.hold(session, page, "Da rileggere", by=NEWSROOM, now=clock())
    assert await claim(store, page, clock) is None

    async with store.transaction() as session:
        await planning.hold(session, page, None, by=NEWSROOM, now=clock())
        await channels.pause(session, "page", "Token revocato", by=NEWSROOM, now=clock())
    assert await claim(store, page, clock) is None

    async with store.transaction() as session:
        await channels.resume(session, "page", by=NEWSROOM, now=clock())
        await channels.quiet(session, "page", clock() + timedelta(minutes=1))
    assert await claim(store, page, clock) is None

    clock.forward(minutes=1)
    assert await claim(store, page, clock) is not None


async def test_a_second_pause_says_nothing_new(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await plan(store, cast, clock)
    async with store.transaction() as session:
        first = await channels.pause(session, "page", "Token", by=NEWSROOM, now=clock())
        second = await channels.pause(session, "page", "Token", by=NEWSROOM, now=clock())

    assert (first, second) == (True, False)


async def test_a_sender_that_died_leaves_it_unconfirmed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    await claim(store, page, clock)

    async with store.transaction() as session:
        assert await lapses.expire_leases(session, now=clock()) == 0
        clock.now += sending.LEASE + timedelta(seconds=1)
        assert await lapses.expire_leases(session, now=clock()) == 1
        found = await doubts.waiting(session, ["page"], now=clock(), limit=5)

    assert await state(store, page) is OperationState.UNCONFIRMED
    assert [one.operation_id for one in found] == [page]


async def test_a_proof_that_comes_late_still_counts(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    claimed = await claim(store, page, clock)
    assert claimed is not None
    clock.now += sending.LEASE + timedelta(seconds=1)
    async with store.transaction() as session:
        await lapses.expire_leases(session, now=clock())
        settled = await sending.settle(session, claimed, "7", "https://a.example", now=clock())

    assert settled
    assert await state(store, page) is OperationState.DONE


async def test_a_try_that_was_overtaken_changes_nothing(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    first = await claim(store, page, clock)
    assert first is not None
    clock.now += sending.LEASE + timedelta(seconds=1)
    async with store.transaction() as session:
        await lapses.expire_leases(session, now=clock())
        await doubts.deny(session, page, by=NEWSROOM, now=clock())
    second = await claim(store, page, clock)
    assert second is not None

    async with store.transaction() as session:
        assert not await sending.fail(session, first, "late", now=clock())
        assert await sending.settle(session, second, "8", "https://a.example", now=clock())
        attempts = (await session.exec(select(Attempt).order_by("number"))).all()

    assert [one.outcome for one in attempts] == ["failed, too late", "done"]


async def test_what_is_being_sent_again_is_not_put_back_by_a_second_answer_or_press(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    first = await claim(store, page, clock)
    assert first is not None
    async with store.transaction() as session:
        await sending.leave_unconfirmed(session, first, "timeout", now=clock())
        await doubts.deny(session, page, by=NEWSROOM, now=clock())
    assert await claim(store, page, clock) is not None

    for verb in (doubts.deny, planning.resend):
        async with store.transaction() as session:
            with pytest.raises(NotAllowed):
                await verb(session, page, by=NEWSROOM, now=clock())
    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await doubts.refuse(session, page, "doppione", by=NEWSROOM, now=clock())

    assert await state(store, page) is OperationState.SENDING
    assert await claim(store, page, clock) is None


async def test_a_person_says_that_it_is_not_there_once_they_are_asked_and_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """Before, the channel may not show yet what it has, and the system looks by itself."""
    page, *_ = await plan(store, cast, clock)
    by = Actor("moderator", cast.bruno.id)
    claimed = await claim(store, page, clock)
    assert claimed is not None
    async with store.transaction() as session:
        await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())

    async with store.transaction() as session:
        with pytest.raises(doubts.NotAsked):
            await doubts.not_seen(session, page, tries=1, by=by, now=clock())
    assert await state(store, page) is OperationState.UNCONFIRMED

    async with store.transaction() as session:
        await doubts.ask_people(session, page, now=clock())
        await doubts.not_seen(session, page, tries=1, by=by, now=clock())
        with pytest.raises(NotAllowed):
            await doubts.not_seen(session, page, tries=1, by=by, now=clock())
    assert await state(store, page) is OperationState.SCHEDULED


async def test_who_looked_before_another_try_says_nothing_of_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """Two went to look; the first to answer had it sent again, and that is in doubt, too."""
    page, *_ = await plan(store, cast, clock)
    by = Actor("moderator", cast.bruno.id)
    for _ in range(2):
        claimed = await claim(store, page, clock)
        assert claimed is not None
        async with store.transaction() as session:
            await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())
            await doubts.ask_people(session, page, now=clock())
            if claimed.number == 1:
                await doubts.not_seen(session, page, tries=1, by=by, now=clock())

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await doubts.not_seen(session, page, tries=1, by=by, now=clock())

    assert await state(store, page) is OperationState.UNCONFIRMED


async def test_a_reading_of_before_says_nothing_of_another_try(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    for _ in range(2):
        claimed = await claim(store, page, clock)
        assert claimed is not None
        async with store.transaction() as session:
            await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())
            if claimed.number == 1:
                await doubts.deny(session, page, tries=1, by=NEWSROOM, now=clock())

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await doubts.deny(session, page, tries=1, by=NEWSROOM, now=clock())
        with pytest.raises(NotAllowed):
            await doubts.refuse(session, page, "doppione", tries=1, by=NEWSROOM, now=clock())

    assert await state(store, page) is OperationState.UNCONFIRMED


async def test_what_may_be_out_is_not_sent_again_by_a_press_of_before(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    claimed = await claim(store, page, clock)
    assert claimed is not None
    async with store.transaction() as session:
        await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await planning.resend(session, page, by=NEWSROOM, now=clock())

    assert await state(store, page) is OperationState.UNCONFIRMED
    assert await claim(store, page, clock) is None


async def test_nobody_denies_what_was_refused(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    claimed = await claim(store, page, clock)
    assert claimed is not None
    async with store.transaction() as session:
        await sending.fail(session, claimed, "no", now=clock())

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await doubts.deny(session, page, by=NEWSROOM, now=clock())

    assert await state(store, page) is OperationState.FAILED


async def test_success_needs_the_remote_id(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    await claim(store, page, clock)
    with pytest.raises(Exception, match="success_needs_the_remote_id"):
        async with store.transaction() as session:
            operation = await session.get_one(Operation, page)
            operation.state = OperationState.DONE
            session.add(operation)


async def test_what_is_too_late_to_be_news_is_missed_and_a_person_may_send_it_anyway(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    clock.now += channels.TOO_LATE + timedelta(minutes=1)

    async with store.transaction() as session:
        assert await lapses.miss_late(session, now=clock()) == 3
    assert await claim(store, page, clock) is None
    async with store.transaction() as session:
        await planning.resend(session, page, by=NEWSROOM, now=clock())
    assert await claim(store, page, clock) is not None


async def test_cancelling_what_is_on_its_way_is_refused(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, *_ = await plan(store, cast, clock)
    await claim(store, page, clock)

    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await planning.cancel(session, page, by=NEWSROOM, now=clock())


async def test_an_article_is_published_when_nothing_of_it_is_on_its_way(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page, red, blue = await plan(store, cast, clock)

    async def announced() -> int:
        async with store.reading() as session:
            rows = await session.exec(select(History).where(History.verb == "published"))
            return len(rows.all())

    await done(store, page, clock)
    await done(store, red, clock)
    assert await announced() == 0
    await done(store, blue, clock)
    assert await announced() == 1


async def test_two_articles_never_take_the_same_place(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        first = await stories.approved(session, cast, clock(), immediately=False)
        second = await stories.approved(session, cast, clock(), immediately=False)

    taken = [(one.slot_id, one.slot_day) for one in [*first[1:], *second[1:]]]
    assert len(set(taken)) == 4
    assert first[0].due_at == min(one.due_at for one in first[1:])
