"""What is out is put right or taken down: everywhere, once, and after whatever is on its way."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import (
    articles,
    deliveries,
    doubts,
    editing,
    privacy,
    review,
    sending,
    silence,
    withdrawals,
)
from content.articles import Article, of_submission
from content.corrections import Remedies, Remedy
from content.deliveries import Action, Operation
from content.history import Actor, History, NotAllowed
from content.people import Participant
from content.planning import NoPage, cancel, resend
from content.posts import FrozenPost
from content.retractions import NothingOut, retract
from content.sending import Claimed
from content.store import Store
from content.submissions import Submission
from content.workflow import ArticleState, OperationState
from tests import stories
from tests.clock import Clock

DONE, SCHEDULED = OperationState.DONE, OperationState.SCHEDULED
CANCELLED, UNCONFIRMED = OperationState.CANCELLED, OperationState.UNCONFIRMED
FAILED = OperationState.FAILED
PAGE, RED, BLUE = stories.CHANNELS


async def case_of(session: AsyncSession) -> tuple[Submission, Article]:
    submission = (await session.exec(select(Submission))).one()
    article = await of_submission(session, submission.id)
    assert article is not None
    return submission, article


async def operations(session: AsyncSession, *channels: str) -> list[Operation]:
    query = select(Operation).where(col(Operation.channel).in_(channels or stories.CHANNELS))
    return list((await session.exec(query.order_by(col(Operation.id)))).all())


async def claimed(session: AsyncSession, operation: Operation, clock: Clock) -> Claimed:
    found = await sending.claim_due(session, operation.id, "worker", now=clock())
    assert found is not None
    return found


async def sent(session: AsyncSession, operation: Operation, clock: Clock) -> Claimed:
    """Have an operation done, and return how it was claimed."""
    taken = await claimed(session, operation, clock)
    remote = taken.remote_id or f"{operation.channel}-{operation.id}"
    await sending.settle(session, taken, remote, f"https://{remote}.it/", now=clock())
    return taken


async def said(session: AsyncSession, operation: Operation, clock: Clock) -> str:
    """Have an operation done, and return the title that it sent."""
    post = (await sent(session, operation, clock)).post
    assert post is not None
    return post.title


async def out(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    """Have a piece out on all three channels."""
    planned = await stories.approved(session, cast, clock())
    for one in planned:
        await sent(session, one, clock)
    return planned


async def edited(session: AsyncSession, cast: SimpleNamespace, clock: Clock, title: str) -> None:
    _, article = await case_of(session)
    by = Actor("moderator", cast.gaia.id)
    await editing.edit(session, article, {"title": title}, by=by, now=clock())


async def approved_again(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock, remedies: Remedies
) -> list[Operation]:
    submission, article = await case_of(session)
    posts = stories.posts_of(article)
    return await review.approve(
        session, submission, cast.bruno, posts, version=article.version,
        seen=review.view_hash(posts), page_channel=PAGE, immediately=True, remedies=remedies,
        now=clock(),
    )  # fmt: skip


async def taken_down(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    submission, _ = await case_of(session)
    by = Actor("moderator", cast.bruno.id)
    return await retract(session, submission, "Chiesto dal Comune", by=by, now=clock())


async def verbs(session: AsyncSession) -> list[str]:
    query = select(History.verb).where(History.noun == "article").order_by(col(History.id))
    return list((await session.exec(query)).all())


def told(planned: list[Operation]) -> list[tuple[str, Action, str | None]]:
    return [(one.channel, one.action, one.remote_id) for one in planned]


# ---------------------------------------------------------------- Ritira


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


# ---------------------------------------------------------------- Correggi


async def test_each_channel_is_put_right_as_the_editor_chose(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, blue = await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        planned = await approved_again(
            session, cast, clock, {RED: Remedy.REPLY, BLUE: Remedy.REPLACE}
        )

        assert told(planned) == [
            (PAGE, Action.EDIT, page.remote_id),
            (RED, Action.REPLY, red.remote_id),
            (BLUE, Action.DELETE, blue.remote_id),
            (BLUE, Action.CREATE, None),
        ]
        gone, instead = planned[2:]
        assert await sending.claim_due(session, instead.id, "worker", now=clock()) is None
        for one in (*planned[:3], instead):
            assert await said(session, one, clock) == "Altro" or one is gone
        assert (await verbs(session))[-1] == "corrected"

        down = await taken_down(session, cast, clock)
        assert sorted(one.remote_id or "" for one in down) == sorted(
            one.remote_id or "" for one in (page, red, planned[1], instead)
        )


async def test_what_says_already_what_it_should_is_left_alone(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        _, article = await case_of(session)
        title = article.title
        await edited(session, cast, clock, "Altro")
        await edited(session, cast, clock, title)

        assert await approved_again(session, cast, clock, {RED: Remedy.EDIT}) == []


@pytest.mark.parametrize("remedy", Remedy)
async def test_a_correction_waits_for_a_post_in_doubt(
    store: Store, cast: SimpleNamespace, clock: Clock, remedy: Remedy
) -> None:
    """It goes once the post is there; if it never came out, the right one comes out instead."""
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        await sent(session, blue, clock)
        taken = await claimed(session, red, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await edited(session, cast, clock, "Altro")
        planned = await approved_again(session, cast, clock, {RED: remedy})
        waiting = [one for one in planned if one.channel == RED]
        for one in waiting:
            assert await sending.claim_due(session, one.id, "worker", now=clock()) is None

        await doubts.deny(session, red.id, by=Actor("newsroom"), now=clock())

        left = [one for one in await operations(session, RED) if one.state is not CANCELLED]
        assert [(one.action, one.state) for one in left] == [(Action.CREATE, SCHEDULED)]
        await session.refresh(left[0])
        assert await said(session, left[0], clock) == "Altro"


@pytest.mark.parametrize("remedy", [Remedy.EDIT, Remedy.REPLY, Remedy.REPLACE])
async def test_a_correction_behind_a_post_in_doubt_goes_once_it_is_there(
    store: Store, cast: SimpleNamespace, clock: Clock, remedy: Remedy
) -> None:
    async with store.transaction() as session:
        page, red, _ = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        taken = await claimed(session, red, clock)
        await edited(session, cast, clock, "Altro")
        planned = await approved_again(session, cast, clock, {RED: remedy})
        await sending.settle(session, taken, "red-7", "https://red.it/7", now=clock())

        waiting = [one for one in planned if one.channel == RED]
        for one in waiting:
            await session.refresh(one)
            found = await sent(session, one, clock)
            assert found.remote_id == (None if found.action is Action.CREATE else "red-7")


async def test_of_two_corrections_at_once_one_wins_and_the_other_is_told(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
    async with store.transaction() as session:
        await approved_again(session, cast, clock, {})
    async with store.transaction() as session:
        with pytest.raises(NotAllowed):
            await approved_again(session, cast, clock, {})


async def test_a_second_correction_follows_the_first(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        first = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})
        gone = next(one for one in first if one.action is Action.DELETE)
        taken = await claimed(session, gone, clock)
        await edited(session, cast, clock, "Altro ancora")

        again = await approved_again(session, cast, clock, {RED: Remedy.REPLACE})

        fresh = next(one for one in again if one.channel == RED)
        assert (fresh.action, fresh.after_id) == (Action.CREATE, gone.id)
        await sending.settle(session, taken, str(gone.remote_id), "", now=clock())
        await session.refresh(fresh)
        assert await said(session, fresh, clock) == "Altro ancora"


# ---------------------------------------------------------------- what must not be undone by halves


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


@pytest.mark.parametrize("ends", [sending.settle, sending.fail])
async def test_a_reply_behind_an_edit_goes_on_when_that_ended_and_answers_the_post(
    store: Store, cast: SimpleNamespace, clock: Clock, ends: object
) -> None:
    async with store.transaction() as session:
        page, red, _ = await stories.approved(session, cast, clock())
        await sent(session, page, clock)
        taken = await claimed(session, red, clock)
        await edited(session, cast, clock, "Altro")
        first = await approved_again(session, cast, clock, {RED: Remedy.EDIT})
        edit = next(one for one in first if one.channel == RED)
        reply = Operation(
            delivery_id=edit.delivery_id, channel=RED, post_id=edit.post_id, action=Action.REPLY,
            state=SCHEDULED, due_at=clock(), local_time=edit.local_time, next_try_at=clock(),
            after_id=edit.id,
        )  # fmt: skip
        session.add(reply)
        await session.flush()
        await sending.settle(session, taken, "red-7", "https://red.it/7", now=clock())
        await session.refresh(edit)
        mending = await claimed(session, edit, clock)
        assert mending.remote_id == "red-7"
        if ends is sending.settle:
            await sending.settle(session, mending, "red-7", "https://red.it/7", now=clock())
        else:
            await sending.fail(session, mending, "no", now=clock())

        await session.refresh(reply)
        assert (await sent(session, reply, clock)).remote_id == "red-7"


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


# ---------------------------------------------------------------- the page that all link to


async def page_in_doubt(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock
) -> tuple[Operation, list[Operation]]:
    """Have a page in doubt, then approve the piece again; return it and what was planned."""
    page, *_ = await stories.approved(session, cast, clock())
    taken = await claimed(session, page, clock)
    await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
    await edited(session, cast, clock, "Altro")
    return page, await approved_again(session, cast, clock, {})


async def test_new_posts_wait_for_a_page_in_doubt_and_go_once_it_is_there(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, planned = await page_in_doubt(session, cast, clock)
        red = next(one for one in planned if one.channel == RED)
        assert await sending.claim_due(session, red.id, "worker", now=clock()) is None

        by = Actor("newsroom")
        await doubts.confirm(session, page.id, "page-1", "https://p.it/1", by=by, now=clock())

        assert await said(session, red, clock) == "Altro"


async def test_new_posts_wait_for_the_page_that_comes_instead_of_one_in_doubt(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, planned = await page_in_doubt(session, cast, clock)
        red = next(one for one in planned if one.channel == RED)

        await doubts.deny(session, page.id, by=Actor("newsroom"), now=clock())

        await session.refresh(red)
        assert await sending.claim_due(session, red.id, "worker", now=clock()) is None
        instead = (await operations(session, PAGE))[-1]
        assert await said(session, instead, clock) == "Altro"
        assert await said(session, red, clock) == "Altro"


async def test_a_post_whose_page_was_dropped_is_not_sent_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        page, red, _blue = await stories.approved(session, cast, clock())
        by = Actor("moderator", cast.bruno.id)
        red.state = OperationState.MISSED  # before the page was dropped
        session.add(red)
        await cancel(session, page.id, by=by, now=clock())

        with pytest.raises(NoPage):
            await resend(session, red.id, by=by, now=clock())

        assert red.state is OperationState.MISSED


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


# ---------------------------------------------------------------- what the author is told


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


async def test_a_post_that_is_corrected_twice_alike_is_answered_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        for one in await approved_again(session, cast, clock, {RED: Remedy.REPLY}):
            await sent(session, one, clock)
        await edited(session, cast, clock, "Altro ancora")
        await edited(session, cast, clock, "Altro")

        again = await approved_again(session, cast, clock, {RED: Remedy.REPLY})

        assert [one for one in again if one.channel == RED] == []


async def test_a_correction_taken_back_is_answered_though_the_first_post_says_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        _, article = await case_of(session)
        title = article.title
        await edited(session, cast, clock, "Altro")
        for one in await approved_again(session, cast, clock, {RED: Remedy.REPLY}):
            await sent(session, one, clock)
        await edited(session, cast, clock, title)

        again = await approved_again(session, cast, clock, {RED: Remedy.REPLY})

        assert [one.action for one in again if one.channel == RED] == [Action.REPLY]


@pytest.mark.parametrize("when", ["before the next approval", "after it"])
async def test_what_an_edit_in_doubt_may_have_changed_is_put_back_though_the_words_are_the_same(
    store: Store, cast: SimpleNamespace, clock: Clock, when: str
) -> None:
    """What nobody wants any more is dropped, but nobody knows that it was not done."""
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        await out(session, cast, clock)
        title = (await case_of(session))[1].title
        await edited(session, cast, clock, "Altro")
        planned = await approved_again(session, cast, clock, {RED: Remedy.EDIT})
        edit = next(one for one in planned if one.channel == RED)
        taken = await claimed(session, edit, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
        await edited(session, cast, clock, title)
        if when.startswith("before"):
            await doubts.deny(session, edit.id, by=by, now=clock())
        again = await approved_again(session, cast, clock, {RED: Remedy.EDIT})
        if when.startswith("after"):
            await doubts.deny(session, edit.id, by=by, now=clock())

        assert edit.state is CANCELLED
        (back,) = (one for one in again if one.channel == RED)
        assert (back.action, await said(session, back, clock)) == (Action.EDIT, title)

        await edited(session, cast, clock, "Altro ancora")
        await edited(session, cast, clock, title)
        again = await approved_again(session, cast, clock, {RED: Remedy.EDIT})
        assert [one for one in again if one.channel == RED] == []


@pytest.mark.parametrize(
    ("remedy", "planned"), [(Remedy.REPLACE, []), (Remedy.EDIT, []), (Remedy.REPLY, ["reply"])]
)
async def test_a_note_alone_is_said_by_an_answer_and_takes_no_post_away(
    store: Store, cast: SimpleNamespace, clock: Clock, remedy: Remedy, planned: list[str]
) -> None:
    """The post that would come instead says the very same: a channel may refuse it as repeated."""
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        await edited(session, cast, clock, "Lo sportello di Tirano")
        submission, article = await case_of(session)
        first = (await session.exec(select(FrozenPost).where(FrozenPost.channel == RED))).one()
        noted = first.post().model_copy(update={"facts": {"reply": "Correzione: è di lunedì."}})

        again = await review.approve(
            session, submission, cast.bruno, [noted], version=article.version,
            seen=review.view_hash([noted]), page_channel=PAGE, immediately=True,
            remedies={RED: remedy}, now=clock(),
        )  # fmt: skip

        assert [one.action.value for one in again] == planned


# ---------------------------------------------------------------- who asks to be forgotten


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


# ---------------------------------------------------------------- what was corrected, in a sentence


async def test_an_answer_says_what_was_corrected_and_is_looked_for_as_such(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        await edited(session, cast, clock, "Altro")
        submission, article = await case_of(session)
        facts: dict[str, Any] = {"reply": "Correzione: è un altro."}
        posts = [
            one.model_copy(update={"facts": facts}) if one.channel == RED else one
            for one in stories.posts_of(article)
        ]
        planned = await review.approve(
            session, submission, cast.bruno, posts, version=article.version,
            seen=review.view_hash(posts), page_channel=PAGE, immediately=True,
            remedies={RED: Remedy.REPLY}, now=clock(),
        )  # fmt: skip
        reply = next(one for one in planned if one.action is Action.REPLY)

        taken = await claimed(session, reply, clock)
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

        (doubt,) = await doubts.waiting(session, [RED], now=clock(), limit=9)
        assert taken.post is not None
        assert doubt.post.text == taken.post.text == "Correzione: è un altro."


async def test_the_note_of_a_correction_is_not_said_of_the_next_one(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await out(session, cast, clock)
        by = Actor("moderator", cast.gaia.id)
        _, article = await case_of(session)
        change = {"title": "Altro", "correction": "È un altro."}
        await editing.edit(session, article, change, by=by, now=clock())
        await edited(session, cast, clock, "Un altro")
        assert article.correction == "È un altro."
        assert (await articles.piece(session, article, "https://a.it")).correction == "È un altro."
        await approved_again(session, cast, clock, {})

        await edited(session, cast, clock, "Altro ancora")

        assert article.correction is None
