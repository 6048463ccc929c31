"""The newsroom's week in numbers."""

from datetime import timedelta
from types import SimpleNamespace

from content import editing, review, sending, tally
from content.articles import Article
from content.decisions import Verdict
from content.history import Actor
from content.store import Store
from content.submissions import Submission
from tests import stories
from tests.clock import Clock


async def test_the_week_is_counted_and_each_sending_decided_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.submitted(session, cast.ada, clock() - timedelta(days=9))  # still waits
        quick, _ = await stories.submitted(session, cast.ada, clock())
        slow, _ = await stories.submitted(session, cast.ada, clock())
        operations = await stories.approved(session, cast, clock())  # in no time
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, operations[0].id, "worker", now=clock())
        assert claimed is not None
        await sending.settle(session, claimed, "7", "https://a.example/7", now=clock())
    for case, hours in ((quick, 2), (slow, 4)):
        clock.forward(hours=hours)
        await declined(store, cast, case, clock)
    await edited_and_approved_again(store, cast, clock)

    async with store.reading() as session:
        counted = await tally.since(session, clock() - timedelta(days=7), now=clock())
        nothing = await tally.since(session, clock() + timedelta(days=1), now=clock())

    assert counted.waiting == 1
    assert counted.oldest == clock.now - timedelta(days=9, hours=6)
    assert counted.came == 3
    assert counted.decided == {Verdict.ACCEPTED: 1, Verdict.REJECTED: 2}
    assert counted.out == {"page": 1}
    assert counted.median_wait == timedelta(hours=2)
    assert (nothing.came, nothing.decided, nothing.median_wait) == (0, {}, None)


async def declined(store: Store, cast: SimpleNamespace, case: Submission, clock: Clock) -> None:
    async with store.transaction() as session:
        case = await session.get_one(Submission, case.id)
        await review.decide(
            session, case, cast.bruno, Verdict.REJECTED,
            reason="Fuori tema", seen=stories.SEEN, now=clock(),
        )  # fmt: skip


async def edited_and_approved_again(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    async with store.transaction() as session:
        article = await session.get_one(Article, 1)
        by = Actor("moderator", cast.bruno.id)
        await editing.edit(session, article, {"title": "Apre davvero"}, by=by, now=clock())
        case = await session.get_one(Submission, article.submission_id)
        posts = stories.posts_of(article)
        await review.approve(
            session, case, cast.bruno, posts, version=article.version,
            seen=review.view_hash(posts), page_channel=stories.FIRST, immediately=False,
            now=clock(),
        )  # fmt: skip
