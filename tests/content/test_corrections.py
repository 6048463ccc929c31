"""What is out is put right: everywhere, once, and after whatever is on its way."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, doubts, editing, review, sending
from content.corrections import Remedy
from content.deliveries import Action, Operation
from content.history import Actor, NotAllowed
from content.planning import NoPage, cancel, resend
from content.posts import FrozenPost
from content.store import Store
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock
from tests.content.pieces import (
    BLUE,
    CANCELLED,
    PAGE,
    RED,
    SCHEDULED,
    approved_again,
    case_of,
    claimed,
    edited,
    operations,
    out,
    said,
    sent,
    taken_down,
    told,
    verbs,
)


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
