"""The proof that a post is out, when the newsroom no longer waits for it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import NoResultFound
from sqlmodel import select

from content import doubts, lapses, planning, sending, strays
from content.deliveries import Action, Attempt, Operation
from content.history import NEWSROOM, Actor, History, NotAllowed
from content.sending import Claimed
from content.standing import operations_of, standing
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


async def being_sent_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> tuple[Claimed, Claimed]:
    """Have a post that was held for absent be on its way again; return both tries."""
    first = await denied(store, cast, clock)
    async with store.transaction() as session:
        second = await sending.claim_due(session, first.operation_id, "worker", now=clock())
    assert second is not None
    return first, second


async def proved(store: Store, claimed: Claimed, clock: Clock) -> tuple[Operation, list[History]]:
    """Have a try's proof arrive; return its operation, and what people are told of it."""
    async with store.transaction() as session:
        await sending.settle(session, claimed, "7", LINK, now=clock())
        told = await session.exec(select(History).where(History.verb == "stray"))
        operation = await session.get_one(Operation, claimed.operation_id, populate_existing=True)
        return operation, list(told.all())


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

    operation, told = await proved(store, claimed, clock)

    assert (operation.state, operation.remote_id) == (OperationState.DONE, "7")
    assert told == []
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
    assert (stray.noun_id, stray.data) == (
        operation.id,
        {"channel": "page", "remote_id": "7", "link": LINK},
    )


async def test_what_is_being_sent_again_and_is_out_already_is_told_with_its_link(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second = await being_sent_again(store, cast, clock)

    operation, [stray] = await proved(store, first, clock)

    assert operation.state is OperationState.SENDING
    assert stray.data["link"] == LINK
    assert len((await proved(store, second, clock))[1]) == 1


async def test_the_same_post_proved_twice_is_no_stray(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    first, second = await being_sent_again(store, cast, clock)
    await proved(store, second, clock)

    operation, told = await proved(store, first, clock)

    assert (operation.state, told) == (OperationState.DONE, [])


async def test_a_post_that_a_person_gave_the_address_of_is_no_stray(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """An address tells less than the channel's own proof: not in which channel a number counts."""
    first, second = await being_sent_again(store, cast, clock)
    async with store.transaction() as session:
        await sending.leave_unconfirmed(session, second, "timeout", now=clock())
        bruno = Actor("moderator", cast.bruno.id)
        await doubts.confirm(
            session, second.operation_id, "of a channel:7", LINK, by=bruno, now=clock()
        )

    operation, told = await proved(store, first, clock)

    assert (operation.state, told) == (OperationState.DONE, [])


async def annulled_and_out(store: Store, cast: SimpleNamespace, clock: Clock) -> History:
    """Have a post out though it was annulled; return what people are told of it."""
    claimed = await denied(store, cast, clock)
    async with store.transaction() as session:
        await planning.cancel(session, claimed.operation_id, by=NEWSROOM, now=clock())
    _, [stray] = await proved(store, claimed, clock)
    return stray


async def test_a_stray_is_taken_away_as_any_post_and_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    stray, bruno = await annulled_and_out(store, cast, clock), Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        away = await strays.take_away(session, stray.id, by=bruno, now=clock())
        with pytest.raises(NotAllowed):
            await strays.take_away(session, stray.id, by=bruno, now=clock())
        [there] = standing(await operations_of(session, 1))
        assert (there.remote_id, there.made.permalink) == ("7", LINK)
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, away.id, "worker", now=clock())
        assert claimed is not None
        assert (claimed.action, claimed.remote_id) == (Action.DELETE, "7")
        await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())
        [doubt] = await doubts.waiting(session, ["page"], now=clock(), limit=9)
        assert (doubt.mends, doubt.is_wanted) == (True, True)
        await doubts.deny(session, away.id, by=NEWSROOM, now=clock())
        claimed = await sending.claim_due(session, away.id, "worker", now=clock())
        assert claimed is not None
        await sending.settle(session, claimed, "7", LINK, now=clock())
        assert standing(await operations_of(session, 1)) == []


async def test_a_stray_waits_for_what_may_prove_to_be_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """What is being sent again may be found by reading, and be this very post."""
    bruno = Actor("moderator", cast.bruno.id)
    first, second = await being_sent_again(store, cast, clock)
    _, [stray] = await proved(store, first, clock)

    async with store.transaction() as session:
        with pytest.raises(strays.OnItsWay):
            await strays.take_away(session, stray.id, by=bruno, now=clock())
        await sending.settle(session, second, "8", "https://a.example/8", now=clock())
        away = await strays.take_away(session, stray.id, by=bruno, now=clock())

        assert away.remote_id == "7"
        kept = [one for one in standing(await operations_of(session, 1)) if not one.is_leaving]
        assert "8" in {one.remote_id for one in kept}


async def test_what_proved_to_be_the_post_itself_is_no_stray_to_take_away(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    bruno = Actor("moderator", cast.bruno.id)
    first, second = await being_sent_again(store, cast, clock)
    _, [stray] = await proved(store, first, clock)
    async with store.transaction() as session:
        await sending.leave_unconfirmed(session, second, "timeout", now=clock())
        await doubts.confirm(session, second.operation_id, "7", LINK, by=NEWSROOM, now=clock())

        with pytest.raises(NotAllowed):
            await strays.take_away(session, stray.id, by=bruno, now=clock())


async def test_of_what_was_no_stray_nothing_is_taken_away(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
        event = (await session.exec(select(History).where(History.verb == "planned"))).first()
        assert event is not None
        with pytest.raises(NoResultFound):
            await strays.take_away(session, event.id, by=NEWSROOM, now=clock())
