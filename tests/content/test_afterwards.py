"""What may happen to a case after it was sent: other words, talk, being taken back."""

from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from content import articles, cases, channels, review, sending, submissions, talk, withdrawals
from content.decisions import Verdict
from content.deliveries import Operation
from content.history import Actor, History, NotAllowed
from content.media import Medium
from content.review import StaleView
from content.store import Store
from content.submissions import Revision
from content.workflow import ArticleState, OperationState, SubmissionState
from tests import stories
from tests.clock import Clock
from tests.content import pieces

HOLD = "the author asks for it back"


async def test_other_words_take_the_place_of_those_that_wait(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        submission, article = await stories.drafted(session, cast.ada, clock())
        fresh = await submissions.revise(session, submission, by=by, now=clock())
        assert await articles.undrafted(session, limit=9) == []

        await submissions.receive(session, submission, fresh, by=by, now=clock.forward(hours=1))

        assert submission.state is SubmissionState.SUBMITTED
        assert submission.submitted_at == clock()
        assert await articles.undrafted(session, limit=9) == [fresh.id]
        posts = stories.posts_of(article)
        with pytest.raises(StaleView):
            await review.approve(
                session, submission, cast.bruno, posts, version=article.version,
                seen=review.view_hash(posts), page_channel=None, immediately=True, now=clock(),
            )  # fmt: skip


async def test_other_words_take_a_case_back_from_whoever_reads_it(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        submission, _ = await stories.drafted(session, cast.ada, clock())
        await review.claim(session, submission, cast.bruno, now=clock())
        fresh = await submissions.revise(session, submission, by=by, now=clock())

        await submissions.receive(session, submission, fresh, by=by, now=clock())

    assert submission.state is SubmissionState.SUBMITTED


async def test_other_words_come_too_late_once_it_is_decided(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
        revision = (await session.exec(select(Revision))).one()
        submission = await session.get_one(submissions.Submission, revision.submission_id)
        fresh = await submissions.revise(session, submission, by=by, now=clock())
        with pytest.raises(NotAllowed):
            await submissions.receive(session, submission, fresh, by=by, now=clock())


async def test_what_is_said_stays_in_order_and_out_of_the_history_and_the_revisions(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    picture = Medium(sha256="0" * 64, mime="image/jpeg", width=10, height=10)
    async with store.transaction() as session:
        submission, revision = await stories.submitted(session, cast.ada, clock())
        await talk.ask(session, submission, cast.bruno, "Quando apre?", now=clock())
        await talk.answer(session, submission, "Lunedì.", [picture], now=clock())
        said = await talk.said(session, submission)
        rows = (await session.exec(select(History))).all()
        revisions = (await session.exec(select(Revision))).all()

    assert [(one.moderator_id, one.text) for one in said] == [
        (cast.bruno.id, "Quando apre?"), (None, "Lunedì."),
    ]  # fmt: skip
    assert [Medium.model_validate(one) for one in said[1].media] == [picture]
    assert not any("apre?" in str(row.data) or "Lunedì" in str(row.data) for row in rows)
    assert [one.id for one in revisions] == [revision.id]
    assert submission.state is SubmissionState.SUBMITTED


async def test_what_is_planned_is_withdrawn_with_all_its_plans(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock(), immediately=False)
        submission = (await session.exec(select(submissions.Submission))).one()

        assert await withdrawals.withdraw(session, submission, now=clock())

        article = await articles.of_submission(session, submission.id)
        states = {one.state for one in (await session.exec(select(Operation))).all()}
    assert submission.state is SubmissionState.WITHDRAWN
    assert article is not None
    assert article.state is ArticleState.RETRACTED
    assert planned
    assert states == {OperationState.CANCELLED}


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_words_sent_while_the_case_is_decided_stay_as_they_were(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        revision = await submissions.revise(session, submission, by=by, now=clock())
    async with store.transaction() as session:
        seen = await session.get_one(submissions.Submission, submission.id)
        fresh = await session.get_one(Revision, revision.id)
        async with store.transaction() as other:
            case = await other.get_one(submissions.Submission, submission.id)
            await review.decide(
                other, case, cast.bruno, Verdict.REJECTED,
                reason="No", seen=stories.SEEN, now=clock(),
            )  # fmt: skip

        with pytest.raises(NotAllowed):
            await submissions.receive(session, seen, fresh, by=by, now=clock())

    async with store.reading() as session:
        assert (await session.get_one(Revision, revision.id)).sent_at is None


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_what_is_approved_while_its_author_withdraws_it_is_withdrawn_as_a_whole(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, article = await stories.drafted(session, cast.ada, clock())
        await channels.open_channels(session, stories.CHANNELS)
    async with store.transaction() as session:
        seen = await session.get_one(submissions.Submission, submission.id)
        async with store.transaction() as other:
            case = await other.get_one(submissions.Submission, submission.id)
            posts = stories.posts_of(article)
            await review.approve(
                other, case, cast.bruno, posts, version=1, seen=review.view_hash(posts),
                page_channel=stories.FIRST, immediately=True, now=clock(),
            )  # fmt: skip

        assert await withdrawals.withdraw(session, seen, now=clock())

    async with store.reading() as session:
        case = await session.get_one(submissions.Submission, submission.id)
        states = {one.state for one in (await session.exec(select(Operation))).all()}
    assert (case.state, states) == (SubmissionState.WITHDRAWN, {OperationState.CANCELLED})


async def test_what_is_on_its_way_cannot_be_withdrawn_but_asked_back_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        first, *_ = await stories.approved(session, cast, clock())
    async with store.transaction() as session:
        assert await sending.claim_due(session, first.id, "worker", now=clock())
    async with store.transaction() as session:
        submission = (await session.exec(select(submissions.Submission))).one()
        assert not await withdrawals.withdraw(session, submission, now=clock())
        assert submission.state is SubmissionState.ACCEPTED

        asked = await withdrawals.ask_retraction(session, submission, "Errore", HOLD, now=clock())
        again = await withdrawals.ask_retraction(session, submission, "Errore", HOLD, now=clock())

        operations = (await session.exec(select(Operation).order_by(col(Operation.id)))).all()
    assert asked is not None
    assert again is None
    assert [one.hold_reason for one in operations] == [None, HOLD, HOLD]


async def test_what_was_taken_down_everywhere_is_withdrawn_without_asking_anybody(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await pieces.out(session, cast, clock)
        for one in await pieces.taken_down(session, cast, clock):
            submission, _ = await pieces.case_of(session)
            assert not await withdrawals.withdraw(session, submission, now=clock())
            await pieces.sent(session, one, clock)

        assert await withdrawals.withdraw(session, submission, now=clock())

    assert submission.state is SubmissionState.WITHDRAWN


async def test_the_story_leaves_out_what_is_no_step(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
        submission = (await session.exec(select(submissions.Submission))).one()
        told = [one.verb for one in await cases.story(session, submission)]

    assert told == ["received", "accepted"]


async def test_a_list_leaves_out_the_drafts_that_were_thrown_away(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        sent, _ = await stories.submitted(session, cast.ada, clock())
        thrown, _ = await submissions.begin(session, cast.ada, now=clock())
        await submissions.withdraw(session, thrown, by=by, now=clock())
        kept, _ = await submissions.begin(session, cast.ada, now=clock())
        await submissions.begin(session, cast.carla, now=clock())
        page, count = await cases.of_person(session, cast.ada, offset=0, limit=1)
        rest, _ = await cases.of_person(session, cast.ada, offset=1, limit=5)

    assert count == 2
    assert [one.id for one in (*page, *rest)] == [kept.id, sent.id]
