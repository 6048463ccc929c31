"""Links for large files: whose they are, for how long, and where the file ends up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import attachments, privacy, submissions, uploads
from content.history import Actor
from content.media import Medium
from content.store import Store
from content.submissions import Submission
from content.uploads import AT_ONCE, GOOD_FOR, AnotherFile, Outcome, Upload
from tests.clock import Clock
from tests.stories import drafted, submitted

FILM = Medium(sha256="ab" * 32, mime="video/mp4", seconds=61.0, size=40_000_000)
SIZE = 40_000_000


async def begun(session: AsyncSession, cast: SimpleNamespace, clock: Clock) -> Submission:
    draft, _ = await submissions.begin(session, cast.ada, now=clock())
    return draft


async def link(
    session: AsyncSession, cast: SimpleNamespace, case: Submission, clock: Clock
) -> Upload:
    """Return the upload of a new link of Ada's."""
    token = await uploads.issue(session, cast.ada, case, now=clock())
    found = await uploads.find(session, uploads.hash_of(token))
    assert found is not None
    return found


async def arrived(
    session: AsyncSession, cast: SimpleNamespace, case: Submission, clock: Clock
) -> Upload:
    """Return an upload whose file is all there."""
    upload = await link(session, cast, case, clock)
    await uploads.begin(session, upload, SIZE, "intervista.mp4")
    await uploads.advance(session, upload, SIZE)
    await session.refresh(upload)
    return upload


async def test_of_a_token_only_the_hash_is_kept(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        token = await uploads.issue(session, cast.ada, case, now=clock())
        other = await uploads.issue(session, cast.ada, case, now=clock())
        rows = (await session.exec(select(Upload))).all()

    assert len(token) >= 43  # 256 bits
    assert token != other
    assert token not in repr(rows)


async def test_a_new_link_takes_the_place_of_one_by_which_nothing_came(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        unused = (await link(session, cast, case, clock)).token_sha256
        used = await link(session, cast, case, clock)
        await uploads.begin(session, used, SIZE, "a.mp4")
        await link(session, cast, case, clock)

        assert await uploads.find(session, unused) is None
        assert await uploads.find(session, used.token_sha256) is not None


async def test_nobody_brings_more_than_a_few_files_at_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        for _ in range(AT_ONCE + 2):
            upload = await link(session, cast, case, clock)
            await uploads.begin(session, upload, SIZE, "a.mp4")

        assert len(await uploads.coming(session)) == AT_ONCE
        assert await uploads.find(session, upload.token_sha256) is not None


async def test_by_one_link_comes_one_file(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        upload = await link(session, cast, await begun(session, cast, clock), clock)

        assert await uploads.begin(session, upload, SIZE, "a.mp4")
        assert not await uploads.begin(session, upload, SIZE, "a.mp4")
        with pytest.raises(AnotherFile):
            await uploads.begin(session, upload, SIZE + 1, "a.mp4")
        with pytest.raises(AnotherFile):
            await uploads.begin(session, upload, SIZE, "b.mp4")
        await uploads.give_up(session, upload)
        assert await uploads.begin(session, upload, SIZE, "b.mp4")


async def test_a_link_is_of_no_use_to_who_is_blocked_or_forgotten(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        first = await link(session, cast, await begun(session, cast, clock), clock)
        key = first.token_sha256
        cast.ada.blocked_at = clock()
        session.add(cast.ada)
        await session.flush()
        assert await uploads.find(session, key) is None

        cast.ada.blocked_at = None
        session.add(cast.ada)
        await session.flush()
        assert await uploads.find(session, key) is not None
        await privacy.erase(session, cast.ada, now=clock())
        assert (await session.exec(select(Upload))).all() == []


async def test_a_link_of_a_closed_case_opens_nothing(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        upload = await link(session, cast, case, clock)
        await submissions.withdraw(session, case, by=Actor("participant"), now=clock())

        assert await uploads.find(session, upload.token_sha256) is None


async def test_the_file_goes_into_the_draft_once(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        upload = await arrived(session, cast, case, clock)

        arrival = await uploads.finish(session, upload, FILM, now=clock())
        again = await uploads.finish(session, upload, FILM, now=clock())

        assert arrival is not None
        assert arrival.outcome is Outcome.ADDED
        assert again is None
        [one] = await attachments.of(session, arrival.revision.id)
        assert one.medium["sha256"] == FILM.sha256
        assert upload.problem is None


async def test_a_case_that_was_sent_meanwhile_gets_a_revision_to_send(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case, sent = await submitted(session, cast.ada, clock())
        upload = await arrived(session, cast, case, clock)

        arrival = await uploads.finish(session, upload, FILM, now=clock())

        assert arrival is not None
        assert arrival.outcome is Outcome.REOPENED
        assert arrival.revision.id != sent.id
        assert arrival.revision.sent_at is None
        assert await attachments.of(session, sent.id) == []
        assert len(await attachments.of(session, arrival.revision.id)) == 1


async def test_a_case_that_was_decided_meanwhile_stays_as_it_is(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case, _ = await drafted(session, cast.ada, clock())
        upload = await arrived(session, cast, case, clock)
        await submissions.withdraw(session, case, by=Actor("participant"), now=clock())

        arrival = await uploads.finish(session, upload, FILM, now=clock())

        assert arrival is not None
        assert arrival.outcome is Outcome.CLOSED
        assert upload.problem == "closed"
        assert await attachments.of(session, arrival.revision.id) == []


async def test_a_full_draft_says_so_and_stays_as_it_is(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        revision = await submissions.latest(session, case)
        for n in range(attachments.MAX_FILES):
            other = FILM.model_copy(update={"sha256": f"{n:064}"})
            await attachments.add(session, revision.id, other, "", f"upload:{n}")
        upload = await arrived(session, cast, case, clock)

        arrival = await uploads.finish(session, upload, FILM, now=clock())

        assert arrival is not None
        assert arrival.outcome is Outcome.FULL
        assert len(await attachments.of(session, revision.id)) == attachments.MAX_FILES


async def test_what_never_arrived_is_forgotten_and_what_did_is_not(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        case = await begun(session, cast, clock)
        whole = await arrived(session, cast, case, clock)
        half = await link(session, cast, case, clock)
        await uploads.begin(session, half, SIZE, "b.mp4")
        await uploads.advance(session, half, SIZE // 2)
    clock.now += GOOD_FOR
    async with store.transaction() as session:
        await uploads.forget_expired(session, now=clock())
        assert [one.id for one in await uploads.coming(session)] == [whole.id]
        late = await session.get_one(Upload, half.id)
        assert late.expired(clock())
        assert (late.size, late.name) == (None, "")
    clock.now += GOOD_FOR + timedelta(seconds=1)
    async with store.transaction() as session:
        await uploads.forget_expired(session, now=clock())
        assert [one.id for one in (await session.exec(select(Upload))).all()] == [whole.id]
