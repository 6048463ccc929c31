from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import attachments, submissions
from content.attachments import MAX_PHOTOS
from content.history import Actor, History, NotAllowed
from content.media import Medium
from content.store import Store
from content.workflow import SubmissionState
from tests import stories
from tests.clock import Clock


def medium(n: int) -> Medium:
    return Medium(sha256=f"{n:064x}", mime="image/jpeg", width=10, height=10)


async def test_a_sent_submission_has_a_receipt_and_its_revision_a_hash(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, revision = await stories.submitted(session, cast.ada, clock())

    assert submission.state is SubmissionState.SUBMITTED
    assert submission.receipt == f"26-{submission.id:04d}"
    assert revision.sent_at == clock()
    assert len(revision.sha256 or "") == 64


async def test_sending_twice_is_refused(store: Store, cast: SimpleNamespace, clock: Clock) -> None:
    async with store.transaction() as session:
        submission, revision = await stories.submitted(session, cast.ada, clock())
        by = Actor("participant", cast.ada.id)
        with pytest.raises(NotAllowed):
            await submissions.receive(session, submission, revision, by=by, now=clock())


async def test_a_new_revision_leaves_the_one_before_as_it_was(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        submission, first = await stories.submitted(session, cast.ada, clock())
        second = await submissions.revise(session, submission, by=by, now=clock())
        await submissions.write(session, second, {"title": "Altro"}, by=by, now=clock())

    assert (first.number, first.title) == (1, stories.DRAFT.title)
    assert (second.number, second.title, second.sent_at) == (2, "Altro", None)
    assert second.text == first.text


async def test_pictures_keep_their_order_count_once_and_stop_at_ten(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with store.transaction() as session:
        _, revision = await submissions.begin(session, cast.ada, now=clock())
        counts = [
            await submissions.attach(
                session, revision, medium(n), f"file{n}", f"unique{n}", by=by, now=clock()
            )
            for n in [1, 2, 2, *range(3, MAX_PHOTOS + 2)]
        ]
        kept = await attachments.of(session, revision.id)

    assert counts == [1, 2, 2, *range(3, MAX_PHOTOS + 1), None]
    assert [one.medium["sha256"] for one in kept] == [f"{n:064x}" for n in range(1, 11)]


async def test_every_step_is_in_the_history(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        by = Actor("participant", cast.ada.id)
        await submissions.withdraw(session, submission, by=by, now=clock())
        rows = await session.exec(
            select(History.verb).where(
                History.noun == "submission", History.noun_id == submission.id
            )
        )

    assert list(rows.all()) == ["begun", "written", "received", "withdrawn"]
