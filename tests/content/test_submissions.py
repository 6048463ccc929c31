from types import SimpleNamespace

import pytest
from sqlmodel import select

from content import attachments, submissions
from content.attachments import MAX_FILES, MAX_PHOTOS
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


async def test_films_and_documents_have_room_of_their_own_beside_the_photos(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    paper = Medium(sha256="a" * 64, mime="application/pdf", name="Delibera.pdf")
    async with store.transaction() as session:
        _, revision = await submissions.begin(session, cast.ada, now=clock())

        async def attach(one: Medium, name: str) -> int | None:
            return await submissions.attach(session, revision, one, "f", name, by=by, now=clock())

        for n in range(MAX_PHOTOS):
            await attach(medium(n), f"photo{n}")
        assert await attach(medium(99), "one more") is None
        counts = [await attach(paper, f"paper{n}") for n in range(MAX_FILES + 1)]

    assert counts == [*range(MAX_PHOTOS + 1, MAX_PHOTOS + MAX_FILES + 1), None]


async def test_captions_are_for_the_last_film_and_words_for_the_first_photo_without(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    films = [Medium(sha256=n * 64, mime="video/mp4", width=1, height=1) for n in "ab"]
    async with store.transaction() as session:
        _, revision = await submissions.begin(session, cast.ada, now=clock())
        assert await attachments.last_video(session, revision.id) is None
        for n, one in enumerate((films[0], medium(1), films[1], medium(2))):
            await submissions.attach(session, revision, one, "f", f"u{n}", by=by, now=clock())

        video = await attachments.last_video(session, revision.id)
        first = await attachments.undescribed(session, revision.id)
        assert video is not None
        assert first is not None
        await attachments.describe(session, first[1], alt="La facciata")
        second = await attachments.undescribed(session, revision.id)

    assert video.medium["sha256"] == films[1].sha256
    assert second is not None
    assert [first[0], second[0]] == [1, 2]
    assert second[1].medium["sha256"] == medium(2).sha256
