import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select, text

from content import articles, channels, editing, minors, review, submissions
from content.decisions import Decision, Verdict
from content.deliveries import Operation
from content.history import Actor, NotAllowed
from content.people import Moderator, Role, appoint
from content.posts import FrozenPost
from content.review import OwnSubmission, StaleView
from content.store import Store
from content.submissions import Revision, Submission
from content.workflow import ArticleState, SubmissionState
from tests import stories
from tests.clock import Clock


async def test_approval_freezes_the_posts_and_plans_them_in_one_go(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        operations = await stories.approved(session, cast, clock())

    async with store.reading() as session:
        frozen = (await session.exec(select(FrozenPost))).all()
        assert {one.channel for one in frozen} == set(stories.CHANNELS)
        for one in frozen:
            assert one.post().sha256 == one.sha256
        assert [one.channel for one in operations] == list(stories.CHANNELS)
        submission = (await session.exec(select(Submission))).one()
        article = (await session.exec(select(articles.Article))).one()
    assert submission.state is SubmissionState.ACCEPTED
    assert article.state is ArticleState.APPROVED


async def test_a_frozen_post_cannot_be_changed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())

    with pytest.raises(DBAPIError, match="append-only"):
        async with store.transaction() as session:
            await (await session.connection()).execute(text("UPDATE post SET body = '{}'"))


async def test_what_changed_after_it_was_seen_is_not_approved(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, article = await stories.drafted(session, cast.ada, clock())
        seen = review.view_hash(stories.posts_of(article))
        by = Actor("moderator", cast.gaia.id)
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        with pytest.raises(StaleView):
            await review.approve(
                session, submission, cast.bruno, stories.posts_of(article), version=1, seen=seen,
                page_channel=None, immediately=True, now=clock(),
            )  # fmt: skip


async def test_what_its_author_sent_since_is_not_declined_unread(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, article = await stories.drafted(session, cast.ada, clock())
        posts = stories.posts_of(article)
        by = Actor("participant", cast.ada.id)
        revision = await submissions.revise(session, submission, by=by, now=clock())
        await submissions.receive(session, submission, revision, by=by, now=clock())
        for verdict in (Verdict.REJECTED, Verdict.CHANGES_REQUESTED):
            with pytest.raises(StaleView):
                await review.decide(
                    session, submission, cast.bruno, verdict, posts,
                    reason="No", seen=review.view_hash(posts), now=clock(),
                )  # fmt: skip
        await articles.draft(session, revision, stories.DRAFT, now=clock())

        await review.decide(
            session, submission, cast.bruno, Verdict.REJECTED, posts,
            reason="No", seen=review.view_hash(posts), now=clock(),
        )  # fmt: skip

    assert submission.state is SubmissionState.REJECTED


async def test_what_was_edited_since_it_was_seen_is_not_declined(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, article = await stories.drafted(session, cast.ada, clock())
        seen = review.view_hash(stories.posts_of(article))
        by = Actor("moderator", cast.gaia.id)
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        with pytest.raises(StaleView):
            await review.decide(
                session, submission, cast.bruno, Verdict.REJECTED, stories.posts_of(article),
                reason="No", seen=seen, now=clock(),
            )  # fmt: skip


async def test_nobody_decides_on_what_they_told(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        ada = await appoint(session, cast.ada.telegram_id, "Ada", Role.MODERATOR, now=clock())
        submission, _ = await stories.drafted(session, cast.ada, clock())
        with pytest.raises(OwnSubmission):
            await review.decide(
                session,
                submission,
                ada,
                Verdict.REJECTED,
                reason="No",
                seen=stories.SEEN,
                now=clock(),
            )


async def test_two_moderators_at_once_leave_one_decision(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.drafted(session, cast.ada, clock())

    async def decide(who: Moderator, verdict: Verdict) -> str:
        try:
            async with store.transaction() as session:
                case = await session.get_one(Submission, submission.id)
                await review.decide(
                    session, case, who, verdict, reason="Così", seen=stories.SEEN, now=clock()
                )
        except NotAllowed:
            return "late"
        return "decided"

    outcomes = await asyncio.gather(
        decide(cast.bruno, Verdict.REJECTED), decide(cast.gaia, Verdict.CHANGES_REQUESTED)
    )

    assert sorted(outcomes) == ["decided", "late"]
    async with store.reading() as session:
        assert (await session.exec(select(func.count()).select_from(Decision))).one() == 1


async def test_an_edit_after_approval_takes_it_back(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        operation, *_ = await stories.approved(session, cast, clock())
        article = (await session.exec(select(articles.Article))).one()
        by = Actor("moderator", cast.bruno.id)
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        assert isinstance(operation, Operation)

    assert article.state is ArticleState.DRAFT
    assert article.version == 2


async def test_minors_without_a_release_are_not_approved(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await channels.open_channels(session, stories.CHANNELS)
        submission, article = await stories.drafted(session, cast.ada, clock())
        revision = await session.get_one(Revision, article.revision_id)
        revision.minors = True
        article.media = [stories.PICTURE]
        posts = stories.posts_of(article)

        async def approve() -> list[Operation]:
            return await review.approve(
                session,
                submission,
                cast.bruno,
                posts,
                version=article.version,
                seen=review.view_hash(posts),
                page_channel=stories.FIRST,
                immediately=True,
                now=clock(),
            )

        with pytest.raises(minors.NoRelease):
            await approve()
        assert await minors.record_release(session, revision, cast.bruno, now=clock())
        assert not await minors.record_release(session, revision, cast.bruno, now=clock())

        assert len(await approve()) == len(stories.CHANNELS)


async def test_an_approved_post_may_be_emptied_but_never_changed(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
    for change in ("body = 'other'", "body = '', sha256 = 'x'", "body = '', channel = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with store.transaction() as session:
                await (await session.connection()).execute(text(f"UPDATE post SET {change}"))  # noqa: S608
    async with store.transaction() as session:
        await (await session.connection()).execute(text("UPDATE post SET body = ''"))
