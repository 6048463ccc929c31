"""What becomes of a page that may be written, where it is harmless to write it again."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import doubts, editing, lapses, review, sending
from content.articles import Article, of_submission
from content.corrections import Remedy
from content.deliveries import Action, Operation
from content.history import NEWSROOM, Actor
from content.planning import cancel
from content.posts import Post
from content.retractions import retract
from content.store import Store
from content.submissions import Submission
from content.workflow import OperationState
from publishers.base import Call, Published
from scheduler.reconcile import Reconcile
from tests import stories
from tests.clock import Clock
from tests.fakes import FakePublisher

DONE, SCHEDULED = OperationState.DONE, OperationState.SCHEDULED
CANCELLED, UNCONFIRMED = OperationState.CANCELLED, OperationState.UNCONFIRMED


class Page(FakePublisher):
    """A channel on which it is harmless to perform an operation again."""

    idempotent = True


async def in_doubt(
    session: AsyncSession, cast: SimpleNamespace, clock: Clock, page: Page, *, written: bool
) -> None:
    """Have a piece's page in the hands of a sender that died, before or after it was written."""
    operation = (await stories.approved(session, cast, clock()))[0]
    claimed = await sending.claim_due(session, operation.id, "worker", now=clock())
    assert claimed is not None
    assert claimed.post is not None
    if written:
        page.publish(claimed.post, Call("operation-1", Action.CREATE, clock(), clock()))
    await lapses.expire_leases(session, now=clock(), all_of_them=True)


async def swept(store: Store, clock: Clock, page: Page) -> list[tuple[Action, OperationState]]:
    """Resolve what is in doubt; return the page's operations."""
    publishers = {name: FakePublisher(name) for name in stories.CHANNELS} | {page.channel: page}
    await Reconcile(store, publishers, clock, lambda: None).sweep()
    async with store.reading() as session:
        query = select(Operation).where(Operation.channel == page.channel)
        found = await session.exec(query.order_by(col(Operation.id)))
        return [(one.action, one.state) for one in found.all()]


async def test_a_page_that_is_not_there_is_written_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    page = Page(stories.FIRST)
    async with store.transaction() as session:
        await in_doubt(session, cast, clock, page, written=False)

    assert await swept(store, clock, page) == [(Action.CREATE, SCHEDULED)]


async def test_a_page_that_is_there_is_out_and_is_taken_down_with_its_article(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """To write it once more would let whatever is decided meanwhile believe that nothing is out."""
    page = Page(stories.FIRST)
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        await in_doubt(session, cast, clock, page, written=True)
    assert await swept(store, clock, page) == [(Action.CREATE, DONE)]

    async with store.transaction() as session:
        case = (await session.exec(select(Submission))).one()
        article = await of_submission(session, case.id)
        assert article is not None
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        await retract(session, case, "Errore", by=by, now=clock())

    assert await swept(store, clock, page) == [(Action.CREATE, DONE), (Action.DELETE, SCHEDULED)]


@pytest.mark.parametrize("written", [True, False])
async def test_a_page_that_was_retracted_in_doubt_is_taken_down_if_it_is_there(
    store: Store, cast: SimpleNamespace, clock: Clock, written: bool
) -> None:
    page = Page(stories.FIRST)
    async with store.transaction() as session:
        await in_doubt(session, cast, clock, page, written=written)
        case = (await session.exec(select(Submission))).one()
        by = Actor("moderator", cast.bruno.id)
        await retract(session, case, "Errore", by=by, now=clock())

    there = await swept(store, clock, page)

    if written:
        assert there == [(Action.CREATE, DONE), (Action.DELETE, SCHEDULED)]
    else:
        assert there == [(Action.CREATE, CANCELLED), (Action.DELETE, CANCELLED)]


async def test_what_was_tried_again_during_a_reading_is_not_denied_by_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    """The reading began before the newer try, and cannot show it."""
    loop = asyncio.get_running_loop()
    async with store.transaction() as session:
        await in_doubt(session, cast, clock, Page(stories.FIRST), written=False)
        number = (await session.exec(select(Operation.id).order_by(col(Operation.id)))).first()
        assert number is not None

    async def tried_again() -> None:
        async with store.transaction() as session:
            await doubts.deny(session, number, by=NEWSROOM, now=clock())
            taken = await sending.claim_due(session, number, "worker", now=clock())
            assert taken is not None
            await sending.leave_unconfirmed(session, taken, "timeout", now=clock())

    class Slow(Page):
        def seek(self, *_: Any) -> Iterator[tuple[Post, Published]]:
            asyncio.run_coroutine_threadsafe(tried_again(), loop).result()
            yield from ()

    assert await swept(store, clock, Slow(stories.FIRST)) == [(Action.CREATE, UNCONFIRMED)]


async def unwanted(store: Store, cast: SimpleNamespace, clock: Clock) -> Operation:
    """Have the deletion in doubt of a post that is to stay: what was to replace it is annulled."""
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        for one in await stories.approved(session, cast, clock()):
            claimed = await sending.claim_due(session, one.id, "worker", now=clock())
            assert claimed is not None
            await sending.settle(session, claimed, f"r-{one.id}", "https://r.it/", now=clock())
        submission = (await session.exec(select(Submission))).one()
        article = await of_submission(session, submission.id)
        assert article is not None
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        posts = stories.posts_of(article)
        planned = await review.approve(
            session, submission, cast.bruno, posts, version=article.version,
            seen=review.view_hash(posts), page_channel=stories.FIRST, immediately=True,
            remedies={"red": Remedy.REPLACE}, now=clock(),
        )  # fmt: skip
        deletion, new = (one for one in planned if one.channel == "red")
        claimed = await sending.claim_due(session, deletion.id, "worker", now=clock())
        assert claimed is not None
        await sending.leave_unconfirmed(session, claimed, "timeout", now=clock())
        await cancel(session, new.id, by=by, now=clock())
    return deletion


async def test_a_deletion_in_doubt_of_a_post_that_is_to_stay_is_asked_of_people_and_not_done_again(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    deletion = await unwanted(store, cast, clock)
    clock.forward(days=1)

    there = await swept(store, clock, Page("red"))

    assert there[1] == (Action.DELETE, UNCONFIRMED)
    async with store.reading() as session:
        asked = await session.get_one(Operation, deletion.id)
        assert asked.asked_at == clock()
        assert "è stato annullato" in str(asked.problem)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_a_look_at_what_is_in_doubt_waits_for_nobody_who_writes_on_its_piece(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    await unwanted(store, cast, clock)
    clock.forward(days=1)

    async with store.transaction() as writing:
        await writing.exec(select(Article).with_for_update())
        async with asyncio.timeout(10), store.transaction() as session:
            found = await doubts.waiting(session, ["red"], now=clock(), limit=9)

    assert [one.is_wanted for one in found] == [False]
