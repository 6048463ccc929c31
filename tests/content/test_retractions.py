"""What is taken down: everywhere, once, and after whatever is on its way."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import deliveries, doubts, privacy, sending, silence, withdrawals
from content.corrections import Remedy
from content.deliveries import Action
from content.history import Actor, History, NotAllowed
from content.people import Participant
from content.planning import cancel, resend
from content.posts import FrozenPost
from content.retractions import NothingOut
from content.store import Store
from content.workflow import ArticleState
from tests import stories
from tests.clock import Clock
from tests.content.pieces import (
    CANCELLED,
    DONE,
    PAGE,
    RED,
    SCHEDULED,
    approved_again,
    case_of,
    claimed,
    edited,
    operations,
    out,
    sent,
    taken_down,
    told,
    verbs,
)


async def test_what_is_out_is_deleted_everywhere_and_then_it_is_retracted(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        there = await out(session, cast, clock)
        planned = await taken_down(session, cast, clock)

        assert told(planned) == [(one.channel, Action.DELETE, one.remote_id) for one in there]
        assert (await case_of(session))[1].state is ArticleState.RETRACTED
        for one in planned[:-1]:
            assert (await sent(session, one, clock)).action is Action.DELETE
        assert "retracted" not in await verbs(session)
        await sent(session, planned[-1], clock)

        assert (await verbs(session))[-2:] == ["taken_down", "retracted"]
        _, article = await case_of(session)
        assert deliveries.links(await deliveries.outlets(session, article.id)) == {}


async def test_it_is_taken_down_in_quiet_hours_without_the_author_s_consent(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        _, red, _ = await taken_down(session, cast, clock)

        assert red.slot_id is None
        assert await claimed(session, red, clock)


async def test_nobody_takes_down_twice_or_what_is_not_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)
        with pytest.raises(NothingOut):
            await taken_down(session, cast, clock)
        assert (await case_of(session))[1].state is ArticleState.APPROVED
        page = (await operations(session, PAGE))[0]
        clock.now = page.due_at
        await sent(session, page, clock)

        await taken_down(session, cast, clock)

        states = [one.state for one in await operations(session)]
        assert states == [DONE, CANCELLED, CANCELLED, SCHEDULED]
        with pytest.raises(NotAllowed):
            await taken_down(session, cast, clock)
        with pytest.raises(NotAllowed):
            await edited(session, cast, clock, "Altro")


async def test_a_deletion_waits_for_a_post_in_doubt_and_learns_its_name(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        await sent(session, blue, clock)
        taken = await claimed(session, red, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        planned = await taken_down(session, cast, clock)
        waits = next(one for one in planned if one.channel == RED)
        assert (waits.after_id, waits.remote_id) == (red.id, None)
        assert await sending.claim_due(session, waits.id, "worker", now=clock()) is None

        by = Actor("moderator", cast.bruno.id)
        await doubts.confirm(session, red.id, "red-7", "https://red.it/7", by=by, now=clock())
        assert (await claimed(session, waits, clock)).remote_id == "red-7"


async def test_a_deletion_is_dropped_with_the_post_that_never_came_out(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        await sent(session, blue, clock)
        taken = await claimed(session, red, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        planned = await taken_down(session, cast, clock)
        for one in planned:
            if one.channel != RED:
                await sent(session, one, clock)
        assert "retracted" not in await verbs(session)

        await doubts.deny(session, red.id, by=Actor("newsroom"), now=clock())

        assert [one.state for one in await operations(session, RED)] == [CANCELLED, CANCELLED]
        assert (await verbs(session))[-1] == "retracted"


async def test_a_deletion_that_is_refused_stays_until_somebody_closes_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        page, red, blue = await taken_down(session, cast, clock)
        await sent(session, page, clock)
        await sent(session, blue, clock)
        await sending.fail(session, await claimed(session, red, clock), "No", now=clock())

        assert "retracted" not in await verbs(session)
        shown = await deliveries.troubles(session, RED, limit=9)
        assert [(one.operation_id, one.problem) for one in shown] == [(red.id, "No")]
        await cancel(session, red.id, by=Actor("moderator", cast.bruno.id), now=clock())

        assert (await verbs(session))[-1] == "retracted"
        assert await deliveries.troubles(session, RED, limit=9) == []


async def test_an_edit_on_its_way_does_not_bring_the_post_back(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        (edit,) = await approved_again(session, cast, clock, {})
        taken = await claimed(session, edit, clock)

        planned = await taken_down(session, cast, clock)
        page = next(one for one in planned if one.channel == PAGE)
        assert page.after_id == edit.id
        assert await sending.claim_due(session, page.id, "worker", now=clock()) is None
        await sending.fail(session, taken, "No", now=clock())

        await session.refresh(page)
        assert (await claimed(session, page, clock)).remote_id == edit.remote_id


async def test_a_consent_taken_back_calls_off_no_deletion(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        planned = await taken_down(session, cast, clock)

        await privacy.withhold(session, cast.ada, RED, PAGE, now=clock())

        assert {one.state for one in planned} == {SCHEDULED}
        assert "retracted" not in await verbs(session)


async def test_a_reply_on_its_way_is_deleted_by_its_own_name(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Con la data giusta")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLY})
        reply = next(one for one in planned if one.action is Action.REPLY)
        taken = await claimed(session, reply, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        deletions = [one for one in await taken_down(session, cast, clock) if one.channel == RED]
        by = Actor("newsroom")
        await doubts.confirm(session, reply.id, "red-reply", "https://r.it/2", by=by, now=clock())

        names = [(await claimed(session, one, clock)).remote_id for one in deletions]
        assert names[1] == "red-reply"
        assert len(set(names)) == 2


async def test_the_newsroom_s_silence_keeps_nothing_from_being_taken_down(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        _, red, _ = await taken_down(session, cast, clock)
        taken = await claimed(session, red, clock)
        await sending.fail(session, taken, "no", now=clock())
        hour = timedelta(hours=1)
        by = Actor("moderator", cast.bruno.id)
        await silence.declare(session, clock(), clock() + hour, "Voto", by=by, now=clock())

        await resend(session, red.id, by=by, now=clock())

        assert red.state is SCHEDULED


async def test_who_confirms_a_deletion_by_hand_leaves_the_post_s_own_name(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        there = await out(session, cast, clock)
        _, red, _ = await taken_down(session, cast, clock)
        taken = await claimed(session, red, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        by = Actor("moderator", cast.bruno.id)
        await doubts.confirm(session, red.id, "by hand", "", by=by, now=clock())

        assert red.remote_id == there[1].remote_id


async def test_a_wish_to_take_down_holds_no_deletion_up(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        planned = await taken_down(session, cast, clock)
        submission, _ = await case_of(session)

        await withdrawals.ask_retraction(session, submission, "Per favore", "attesa", now=clock())

        assert [one.hold_reason for one in planned] == [None, None, None]


async def test_a_deletion_that_ends_after_another_edit_is_no_retraction(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        planned = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        await sent(session, next(one for one in planned if one.channel == PAGE), clock)
        gone = next(one for one in planned if one.action is Action.DELETE)
        taken = await claimed(session, gone, clock)
        await edited(session, cast, clock, "Altro ancora")

        await sending.settle(session, taken, str(gone.remote_id), "", now=clock())

        assert "retracted" not in await verbs(session)


async def forgotten(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> list[str]:
    ada = await session.get_one(Participant, cast.ada.id)
    return await privacy.erase(session, ada, now=clock())


async def is_emptied(session: AsyncSession) -> bool:
    """Whether no word of the case is left, and its emptying is on record once."""
    submission, article = await case_of(session)
    await session.refresh(article)
    posts = (await session.exec(select(FrozenPost.body))).all()
    told = select(History).where(History.verb == "emptied", History.noun_id == submission.id)
    count = len((await session.exec(told)).all())
    return (article.title, article.text, set(posts), count) == ("", "", {""}, 1)


async def test_nothing_more_goes_out_of_who_is_forgotten(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        taken = await claimed(session, blue, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        assert len(await forgotten(session, cast, clock)) == 1

        assert (page.state, red.state) == (DONE, CANCELLED)
        await doubts.deny(session, blue.id, by=Actor("newsroom"), now=clock())
        assert blue.state is CANCELLED


async def test_the_case_of_who_is_forgotten_is_emptied_once_nothing_of_it_stands(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await forgotten(session, cast, clock)
        planned = await taken_down(session, cast, clock)
        for one in planned[:-1]:
            await sent(session, one, clock)
        await sending.fail(session, await claimed(session, planned[-1], clock), "No", now=clock())
        assert not await is_emptied(session)

        by = Actor("moderator", cast.bruno.id)
        await cancel(session, planned[-1].id, by=by, now=clock())

        assert await is_emptied(session)
        assert (await verbs(session))[-1] == "retracted"


async def test_a_post_that_never_came_out_empties_the_case_of_who_is_forgotten(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, *_ = await stories.approved(session, cast, clock())
        taken = await claimed(session, page, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        assert len(await forgotten(session, cast, clock)) == 1

        await doubts.deny(session, page.id, by=Actor("newsroom"), now=clock())

        assert await is_emptied(session)


async def test_a_case_taken_down_before_is_emptied_with_its_author(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        for one in await taken_down(session, cast, clock):
            await sent(session, one, clock)
        assert not await is_emptied(session)

        assert await forgotten(session, cast, clock) == []

        assert await is_emptied(session)
