"""A post that is deleted for the correct one to come instead: never both, never neither unseen."""

from types import SimpleNamespace

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from content import doubts, lapses, privacy, sending
from content.corrections import Remedy
from content.deliveries import Action, Operation
from content.history import NEWSROOM, Actor
from content.planning import cancel, resend
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock
from tests.content.pieces import (
    CANCELLED,
    DONE,
    FAILED,
    PAGE,
    RED,
    SCHEDULED,
    UNCONFIRMED,
    approved_again,
    claimed,
    edited,
    operations,
    out,
    said,
    sent,
    taken_down,
    verbs,
)


async def test_what_replaces_a_post_goes_out_when_somebody_saw_to_the_old_one(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        old, new = (one for one in planned if one.channel == RED)
        assert (old.action, new.action) == (Action.DELETE, Action.CREATE)

        await cancel(session, old.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert new.state is SCHEDULED
        assert await said(session, new, clock) == "Con la data giusta"


async def test_who_annuls_what_replaces_a_post_keeps_the_post(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        old, new = (one for one in planned if one.channel == RED)

        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert [one.state for one in (old, new)] == [CANCELLED, CANCELLED]
        assert await sending.claim_due(session, old.id, "worker", now=clock()) is None


async def test_what_was_annulled_does_not_come_instead_of_what_proves_not_to_be_there(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        page, first, _ = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        taken = await claimed(session, first, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        new = next(one for one in planned if (one.channel, one.action) == (RED, Action.CREATE))
        await cancel(session, new.id, by=by, now=clock())

        await doubts.deny(session, first.id, by=by, now=clock())

        assert {one.state for one in await operations(session, RED)} == {CANCELLED}


async def test_who_annuls_a_replacement_leaves_the_deletion_that_is_on_its_way(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        old, new = (one for one in planned if one.channel == RED)
        taken = await claimed(session, old, clock)

        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert (old.state, new.state) == (OperationState.SENDING, CANCELLED)
        await sending.settle(session, taken, str(taken.remote_id), "", now=clock())
        assert old.state is DONE


async def replaced(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock
) -> tuple[Operation, Operation]:
    """Have a post in the place of another planned; return the old one's deletion, and it."""
    await out(session, cast, clock)
    await edited(session, cast, clock, "Con la data giusta")
    planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
    old, new = (one for one in planned if one.channel == RED)
    return old, new


@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_deletion_to_be_made_again_is_in_doubt_where_its_replacement_is_annulled(
    store: Store, cast: SimpleNamespace, clock: Clock, *, is_gone: bool
) -> None:
    """It may have been made: its post is not taken to stand before a person looked."""
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await doubts.deny(session, old.id, by=NEWSROOM, now=clock())
        assert old.state is OperationState.SCHEDULED

        await cancel(session, new.id, by=by, now=clock())

        assert (old.state, new.state) == (OperationState.UNCONFIRMED, CANCELLED)
        (doubt,) = await doubts.waiting(session, [RED], now=clock(), limit=9)
        assert not doubt.is_wanted
        await doubts.ask_people(session, old.id, now=clock())
        if is_gone:
            await doubts.confirm(session, old.id, "", "", by=by, now=clock())
        else:
            await doubts.not_seen(session, old.id, tries=old.tries, by=by, now=clock())
        assert old.state is (DONE if is_gone else CANCELLED)


async def tried(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock, then: OperationState
) -> tuple[Operation, Operation]:
    """Have a deletion of which nobody knows made again, or refused as it was; as `replaced`."""
    old, new = await replaced(session, cast, clock)
    taken = await claimed(session, old, clock)
    await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
    await doubts.deny(session, old.id, by=NEWSROOM, now=clock())
    if then is FAILED:
        await sending.fail(session, await claimed(session, old, clock), "non si può", now=clock())
    assert old.state is then
    return old, new


@pytest.mark.parametrize("remedy", [Remedy.LEAVE, Remedy.EDIT, Remedy.REPLACE])
async def test_an_edit_leaves_a_deletion_that_may_have_been_made_and_the_new_version_waits_for_it(
    store: Store, cast: SimpleNamespace, clock: Clock, remedy: Remedy
) -> None:
    """The post may be gone: it is taken away for certain, and what is approved comes instead."""
    async with store.transaction() as session:
        old, new = await tried(session, cast, clock, SCHEDULED)

        await edited(session, cast, clock, "Con la data ancora più giusta")
        assert (old.state, new.state) == (SCHEDULED, CANCELLED)
        planned = await approved_again(session, cast, clock, {RED: remedy})

        (instead,) = (one for one in planned if one.channel == RED)
        assert instead.action is Action.CREATE
        assert await sending.claim_due(session, instead.id, "worker", now=clock()) is None
        await sent(session, old, clock)
        assert await said(session, instead, clock) == "Con la data ancora più giusta"


async def test_a_deletion_put_back_after_an_edit_goes_before_what_is_approved(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        old, _ = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await edited(session, cast, clock, "Con la data ancora più giusta")
        await doubts.deny(session, old.id, by=NEWSROOM, now=clock())

        planned = await approved_again(session, cast, clock, {})

        (instead,) = (one for one in planned if one.channel == RED)
        assert (instead.action, instead.after_id) == (Action.CREATE, old.id)


async def test_what_is_approved_waits_for_a_person_where_a_deletion_in_doubt_was_refused(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """Nobody knows whether the post is there: a person sends its deletion again, or sees to it."""
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        old, _ = await tried(session, cast, clock, FAILED)
        await edited(session, cast, clock, "Con la data ancora più giusta")
        assert old.state is FAILED
        planned = await approved_again(session, cast, clock, {})
        (instead,) = (one for one in planned if one.channel == RED)
        assert await sending.claim_due(session, instead.id, "worker", now=clock()) is None

        await resend(session, old.id, by=by, now=clock())
        await sent(session, old, clock)

        assert await said(session, instead, clock) == "Con la data ancora più giusta"


async def test_an_edit_drops_a_deletion_that_was_certainly_not_made(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        old, _ = await replaced(session, cast, clock)
        await sending.fail(session, await claimed(session, old, clock), "non si può", now=clock())

        await edited(session, cast, clock, "Con la data ancora più giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.EDIT})

        assert old.state is CANCELLED
        assert [one.action for one in planned if one.channel == RED] == [Action.EDIT]


async def test_a_deletion_in_doubt_and_refused_is_asked_about_where_its_replacement_is_annulled(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        old, new = await tried(session, cast, clock, FAILED)

        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert (old.state, new.state) == (UNCONFIRMED, CANCELLED)
        (doubt,) = await doubts.waiting(session, [RED], now=clock(), limit=9)
        assert not doubt.is_wanted


@pytest.mark.parametrize("late", ["unconfirmed", "failed"])
async def test_what_a_sender_says_too_late_of_a_deletion_counts_where_its_replacement_is_annulled(
    store: Store, cast: SimpleNamespace, clock: Clock, late: str
) -> None:
    """Its lease had ended: that it does not know leaves the doubt, a refusal takes it away."""
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        clock.forward(minutes=6)
        assert await lapses.expire_leases(session, now=clock()) == 1
        await doubts.deny(session, old.id, by=NEWSROOM, now=clock())
        if late == "failed":
            await sending.fail(session, taken, "non si può", now=clock())
        else:
            await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert old.state is (CANCELLED if late == "failed" else UNCONFIRMED)


@pytest.mark.parametrize("then", [SCHEDULED, FAILED])
async def test_who_takes_all_of_it_down_has_a_deletion_in_doubt_planned_anew(
    store: Store, cast: SimpleNamespace, clock: Clock, then: OperationState
) -> None:
    async with store.transaction() as session:
        old, _ = await tried(session, cast, clock, then)

        planned = await taken_down(session, cast, clock)

        (away,) = (one for one in planned if one.channel == RED)
        assert (old.state, away.state, away.after_id) == (CANCELLED, SCHEDULED, None)
        await sent(session, away, clock)
        assert "retracted" not in await verbs(session)  # two are out still


async def test_a_deletion_that_was_certainly_not_made_goes_with_its_replacement(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await sending.postpone(session, taken, clock(), "troppe chiamate", now=clock())

        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert (old.state, new.state) == (CANCELLED, CANCELLED)


async def test_a_deletion_in_doubt_whose_replacement_was_annulled_is_no_longer_wanted(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """Done again, it would take away what its editor chose to keep: a person looks first."""
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        (doubt,) = await doubts.waiting(session, [RED], now=clock(), limit=9)
        assert doubt.is_wanted

        by = Actor("moderator", cast.bruno.id)
        await cancel(session, new.id, by=by, now=clock())

        (doubt,) = await doubts.waiting(session, [RED], now=clock(), limit=9)
        assert not doubt.is_wanted
        await doubts.deny(session, old.id, by=by, now=clock())
        assert old.state is CANCELLED
        assert "retracted" not in await verbs(session)


@pytest.mark.parametrize("end", ["postponed", "refused"])
async def test_a_deletion_on_its_way_as_its_replacement_is_annulled_is_not_tried_again(
    store: Store, cast: SimpleNamespace, clock: Clock, end: str
) -> None:
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        if end == "refused":
            await sending.fail(session, taken, "No", now=clock())
        else:
            await sending.postpone(session, taken, clock(), "busy", now=clock())

        assert old.state is CANCELLED


async def test_who_takes_all_of_it_down_has_it_deleted_though_its_replacement_was_annulled(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        old, new = await replaced(session, cast, clock)
        taken = await claimed(session, old, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await cancel(session, new.id, by=Actor("moderator", cast.bruno.id), now=clock())

        await taken_down(session, cast, clock)
        await doubts.deny(session, old.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert old.state is SCHEDULED


async def test_a_consent_taken_back_drops_the_replacement_and_not_its_deletion(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        old, new = (one for one in planned if one.channel == RED)

        await privacy.withhold(session, cast.ada, RED, PAGE, now=clock())

        assert (old.state, new.state) == (SCHEDULED, CANCELLED)


async def test_what_was_to_replace_a_post_is_sent_again_once_somebody_saw_to_the_old_one(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        old, new = (one for one in planned if one.channel == RED)
        new.state = OperationState.MISSED
        session.add(new)
        by = Actor("moderator", cast.bruno.id)
        await cancel(session, old.id, by=by, now=clock())

        await resend(session, new.id, by=by, now=clock())

        assert await said(session, new, clock) == "Con la data giusta"
