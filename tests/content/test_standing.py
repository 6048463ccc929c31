"""What is decided of a case while its posts are sent: one waits for the other, neither fails."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import doubts, editing, planning, privacy, review, sending
from content.articles import Article, of_submission
from content.deliveries import Action, Operation
from content.history import NEWSROOM, Actor, NotAllowed
from content.retractions import retract
from content.slots import at_once
from content.store import Store, locked
from content.submissions import Submission
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock

PAGE, RED, _ = stories.CHANNELS
SCHEDULED, DONE, CANCELLED = (
    OperationState.SCHEDULED, OperationState.DONE, OperationState.CANCELLED,
)  # fmt: skip
WHILE_THE_OTHER_GETS_THERE = 0.3


async def test_an_edit_waits_for_what_is_being_settled(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock())
        page = await sending.claim_due(session, planned[0].id, "worker", now=clock())
        assert page is not None

    async with store.transaction() as session:
        assert await sending.settle(session, page, "page-1", "https://page.it/1", now=clock())
        editing_it = asyncio.create_task(edited(store, cast, clock))
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
    await editing_it

    assert list(await states(store)) == [DONE, CANCELLED, CANCELLED]


async def test_an_edit_and_a_move_wait_for_each_other_in_no_circle(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """The page that a post waits for may be younger than the post: one comes before the other."""
    async with store.transaction() as session:
        first, *_ = await stories.approved(session, cast, clock())
        page = await sending.claim_due(session, first.id, "worker", now=clock())
        assert page is not None
        await sending.leave_unconfirmed(session, page, "timeout", now=clock())
    async with store.transaction() as session:
        await approved_again(session, cast, clock)
        await doubts.deny(session, first.id, by=NEWSROOM, now=clock())
        query = select(Operation).where(Operation.channel == RED, Operation.state == SCHEDULED)
        red = (await session.exec(query)).one()
        assert red.after_id is not None
        assert red.after_id > red.id

    async def moved() -> None:
        async with store.transaction() as session:
            later = at_once(clock() + timedelta(hours=1))
            await planning.reschedule(session, red.id, later, by=NEWSROOM, now=clock())

    async with store.transaction() as session:
        await session.get_one(Operation, red.id, with_for_update=True)  # as who claims it
        both = [asyncio.create_task(edited(store, cast, clock))]
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
        both.append(asyncio.create_task(moved()))
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
    ends = await asyncio.gather(*both, return_exceptions=True)

    assert [type(end) for end in ends] in ([type(None), NotAllowed], [type(None), type(None)])
    assert set(await states(store)) == {CANCELLED}


async def test_a_consent_taken_back_and_a_sender_wait_for_each_other_in_no_circle(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock())
        page = await sending.claim_due(session, planned[0].id, "worker", now=clock())
        assert page is not None

    async def put_back() -> None:
        async with store.transaction() as session:
            await sending.postpone(session, page, clock(), "busy", now=clock())

    async def withheld() -> None:
        async with store.transaction() as session:
            await privacy.withhold(session, cast.ada, RED, PAGE, now=clock())

    async with store.transaction() as session:
        await session.exec(select(Article).with_for_update())  # as who edits it
        both = [asyncio.create_task(put_back())]
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
        both.append(asyncio.create_task(withheld()))
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
    await asyncio.gather(*both)

    assert list(await states(store)) == [SCHEDULED, CANCELLED, SCHEDULED]


async def test_a_retraction_has_in_hand_also_what_was_planned_while_it_waited(
    store: Store, cast: SimpleNamespace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From then on no sender can have it, and wait for the article."""
    async with store.transaction() as session:
        red = await out_but_red_in_doubt(session, cast, clock)
        await approved_again(session, cast, clock)
    reached = asyncio.Event()

    async def slowly(session: AsyncSession, row: SQLModel) -> None:
        await locked(session, row)
        if isinstance(row, Article):
            reached.set()
            await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)

    async def taken_down() -> None:
        async with store.transaction() as session:
            case = (await session.exec(select(Submission))).one()
            by = Actor("moderator", cast.bruno.id)
            await retract(session, case, "Errore", by=by, now=clock())

    async def sent() -> None:
        await reached.wait()
        async with store.transaction() as session:
            query = select(Operation.id).order_by(col(Operation.id).desc())
            newest = (await session.exec(query)).first()
            assert newest is not None
            taken = await sending.claim_due(session, newest, "worker", now=clock())
            if taken is not None:
                await sending.settle(session, taken, "red-2", "https://red.it/2", now=clock())

    monkeypatch.setattr("content.retractions.locked", slowly)
    async with store.transaction() as session:
        await doubts.deny(session, red, by=NEWSROOM, now=clock())  # plans what is approved now
        both = [asyncio.create_task(one()) for one in (taken_down, sent)]
        await asyncio.sleep(WHILE_THE_OTHER_GETS_THERE)
    await asyncio.gather(*both)

    async with store.reading() as session:
        query = select(Operation.action, Operation.state).where(Operation.channel == RED)
        there = (await session.exec(query.order_by(col(Operation.id)))).all()
    dropped = [(Action.CREATE, OperationState.CANCELLED), (Action.CREATE, OperationState.CANCELLED)]
    taken_away = [dropped[0], (Action.CREATE, OperationState.DONE),
                  (Action.DELETE, OperationState.SCHEDULED)]  # fmt: skip
    assert list(there) in (dropped, taken_away)


async def out_but_red_in_doubt(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> int:
    """Have a piece out, but for red, of which nobody knows; return red's operation."""
    page, red, blue = await stories.approved(session, cast, clock())
    for one in (page, blue):
        taken = await sending.claim_due(session, one.id, "worker", now=clock())
        assert taken is not None
        await sending.settle(session, taken, one.channel, f"https://{one.channel}.it/", now=clock())
    taken = await sending.claim_due(session, red.id, "worker", now=clock())
    assert taken is not None
    await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
    return red.id


async def approved_again(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> None:
    case = (await session.exec(select(Submission))).one()
    article = await of_submission(session, case.id)
    assert article is not None
    by = Actor("moderator", cast.gaia.id)
    await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
    posts = stories.posts_of(article)
    await review.approve(
        session, case, cast.bruno, posts, version=article.version, seen=review.view_hash(posts),
        page_channel=PAGE, immediately=True, now=clock(),
    )  # fmt: skip


async def edited(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    async with store.transaction() as session:
        case = (await session.exec(select(Submission))).one()
        article = await of_submission(session, case.id)
        assert article is not None
        by = Actor("moderator", cast.gaia.id)
        await editing.edit(session, article, {"title": "Ancora altro"}, by=by, now=clock())


async def states(store: Store) -> Sequence[str]:
    async with store.reading() as session:
        return (await session.exec(select(Operation.state).order_by(col(Operation.id)))).all()
