"""The proof that a post is out, when the newsroom no longer waits for it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import doubts, lapses, planning, sending
from content.deliveries import Attempt, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed
from content.sending import Claimed
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock

LINK = "https://a.example/7"


async def denied(store: Store, cast: SimpleNamespace, clock: Clock) -> Claimed:
    """Have the page's sender go silent, and its post be held for absent; return its try."""
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock())
        claimed = await sending.claim_due(session, page.id, "worker", now=clock())
    assert claimed is not None
    clock.now += sending.LEASE + timedelta(seconds=1)
    async with store.transaction() as session:
        await lapses.expire_leases(session, now=clock())
        await doubts.deny(session, claimed.operation_id, by=NEWSROOM, now=clock())
    return claimed


async def proved(store: Store, claimed: Claimed, clock: Clock) -> tuple[Operation, list[History]]:
    """Have a try's proof arrive; return its operation, and what people are told of it."""
    async with store.transaction() as session:
        await sending.settle(session, claimed, "7", LINK, now=clock())
        strays = await session.exec(select(History).where(History.verb == "stray"))
        operation = await session.get_one(Operation, claimed.operation_id, populate_existing=True)
        return operation, list(strays.all())


@pytest.mark.parametrize("since", ["put back", "missed", "refused"])
async def test_what_was_held_for_absent_by_mistake_is_not_sent_a_second_time(
    store: Store, cast: SimpleNamespace, clock: Clock, since: str
) -> None:
    claimed = await denied(store, cast, clock)
    async with store.transaction() as session:
        if since == "missed":
            clock.forward(days=30)
            assert await lapses.miss_late(session, now=clock())
        elif since == "refused":
            again = await sending.claim_due(session, claimed.operation_id, "b", now=clock())
            assert again is not None
            await sending.fail(session, again, "Doppione", now=clock())

    operation, strays = await proved(store, claimed, clock)

    assert (operation.state, operation.remote_id) == (OperationState.DONE, "7")
    assert strays == []
    async with store.transaction() as session:
        assert await sending.claim_due(session, operation.id, "worker", now=clock()) is None
        first, *_ = (await session.exec(select(Attempt).order_by("number"))).all()
    assert first.outcome == "done"


async def test_what_a_reading_found_while_a_person_said_that_it_is_not_there_is_not_sent_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    claimed = await denied(store, cast, clock)
    bruno = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        with pytest.raises(NotAllowed):  # a press on an older message proves nothing
            await doubts.confirm(
                session, claimed.operation_id, "confermato", "", by=bruno, now=clock()
            )
        await doubts.confirm(session, claimed.operation_id, "7", LINK, by=NEWSROOM, now=clock())
        claimed_again = await sending.claim_due(session, claimed.operation_id, "b", now=clock())

    assert claimed_again is None


async def test_what_was_called_off_and_is_out_all_the_same_is_told_with_its_link(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    claimed = await denied(store, cast, clock)
    async with store.transaction() as session:
        await planning.cancel(session, claimed.operation_id, by=NEWSROOM, now=clock())

    operation, [stray] = await proved(store, claimed, clock)

    assert operation.state is OperationState.CANCELLED
    assert (stray.noun_id, stray.data) == (operation.id, {"channel": "page", "link": LINK})


async def test_what_is_being_sent_again_and_is_out_already_is_told_with_its_link(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first = await denied(store, cast, clock)
    async with store.transaction() as session:
        second = await sending.claim_due(session, first.operation_id, "worker", now=clock())
    assert second is not None

    operation, [stray] = await proved(store, first, clock)

    assert operation.state is OperationState.SENDING
    assert stray.data["link"] == LINK
    assert len((await proved(store, second, clock))[1]) == 1


async def test_the_same_post_proved_twice_is_no_stray(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first = await denied(store, cast, clock)
    async with store.transaction() as session:
        second = await sending.claim_due(session, first.operation_id, "worker", now=clock())
    assert second is not None
    await proved(store, second, clock)

    operation, strays = await proved(store, first, clock)

    assert (operation.state, strays) == (OperationState.DONE, [])
