import os
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import forgetting
from bot.inbox import InboxState, Received
from bot.outbox import OutboxState, Outgoing
from content import archive, attachments, privacy, submissions
from content.history import Actor, History
from content.media import Medium
from content.people import Participant
from content.store import Store
from content.submissions import Revision, Submission
from content.workflow import SubmissionState
from scheduler.retention import Retention
from tests import stories
from tests.clock import Clock

SHA = "c" * 64


async def draft(
    session: AsyncSession, person: Participant, now: datetime
) -> tuple[Submission, Revision]:
    submission, revision = await submissions.begin(session, person, now=now)
    by = Actor("participant", person.id)
    values = {"text": stories.TEXT, "title": "Una biblioteca"}
    await submissions.write(session, revision, values, by=by, now=now)
    medium = Medium(sha256=SHA, mime="image/jpeg", width=1, height=1)
    await attachments.add(session, revision.id, medium, "file", "unique")
    return submission, revision


def received(number: int, at: datetime, state: InboxState, person_id: int = 1001) -> Received:
    handled = at if state in (InboxState.HANDLED, InboxState.FAILED) else None
    return Received(
        update_id=number, person_id=person_id, body="words", state=state, received_at=at,
        handled_at=handled,
    )  # fmt: skip


def said(at: datetime, state: OutboxState, ref: str | None = None) -> Outgoing:
    return Outgoing(
        chat_id=1001, what="text", payload={"text": "words"}, ref=ref, state=state, message_id=7,
        created_at=at, next_try_at=at,
    )  # fmt: skip


@pytest.fixture
def retention(store: Store, clock: Clock, tmp_path: Path) -> Retention:
    return Retention(store, tmp_path / "media", clock, forgetting.empty_old)


async def words_left(store: Store) -> list[str]:
    """The tables in which there still is a word of what Ada told."""
    found = []
    async with store.reading() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            rows = (await connection.execute(table.select())).all()
            if any(word in repr(rows) for word in ("Tirano", "biblioteca")):
                found.append(table.name)
    return found


async def test_messages_are_emptied_after_thirty_days_and_not_before(
    store: Store, clock: Clock, retention: Retention
) -> None:
    states = [InboxState.HANDLED, InboxState.FAILED, InboxState.HELD, InboxState.WAITING]
    async with store.transaction() as session:
        session.add_all(
            [received(number, clock(), state) for number, state in enumerate(states, 1)]
        )
        session.add_all(
            [
                said(clock(), OutboxState.SENT, "card:1"),
                said(clock(), OutboxState.SENT),
                said(clock(), OutboxState.WAITING),
            ]
        )

    async def left() -> tuple[list[str], list[object]]:
        async with store.reading() as session:
            heard = (await session.exec(select(Received).order_by("update_id"))).all()
            told = (await session.exec(select(Outgoing).order_by("id"))).all()
        return [one.body for one in heard], [(one.payload, one.message_id) for one in told]

    clock.forward(days=29)
    await retention.sweep()
    assert await left() == (["words"] * 4, [({"text": "words"}, 7)] * 3)
    clock.forward(days=2)
    await retention.sweep()

    assert await left() == (["", "", "", "words"], [({}, 7), ({"text": "words"}, 7)])


async def test_an_abandoned_draft_is_erased_after_half_a_year(
    store: Store, cast: SimpleNamespace, clock: Clock, retention: Retention
) -> None:
    async with store.transaction() as session:
        submission, revision = await draft(session, cast.ada, clock())
    clock.forward(days=100)
    async with store.transaction() as session:  # somebody still works on it
        by = Actor("participant", cast.ada.id)
        again = await session.get_one(Revision, revision.id)
        await submissions.write(session, again, {"link": "https://x.it"}, by=by, now=clock())
    clock.forward(days=100)
    await retention.sweep()
    assert await words_left(store) == ["revision"]

    clock.forward(days=81)
    await retention.sweep()

    assert await words_left(store) == []
    async with store.reading() as session:
        gone = await session.get_one(Submission, submission.id)
        assert gone.state is SubmissionState.WITHDRAWN
        assert await attachments.of(session, revision.id) == []


async def test_a_declined_case_is_emptied_after_two_years_and_once(
    store: Store, cast: SimpleNamespace, clock: Clock, retention: Retention
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.drafted(session, cast.ada, clock())
        by = Actor("participant", cast.ada.id)
        await submissions.withdraw(session, submission, by=by, now=clock())
    clock.forward(days=729)
    await retention.sweep()
    assert await words_left(store) == ["filed", "revision", "article", "article_version"]

    clock.forward(days=2)
    await retention.sweep()
    await retention.sweep()

    assert await words_left(store) == []
    async with store.reading() as session:
        emptied = (await session.exec(select(History).where(History.verb == "emptied"))).all()
    assert len(emptied) == 1


async def test_a_case_that_waits_or_is_out_is_kept_however_old(
    store: Store, cast: SimpleNamespace, clock: Clock, retention: Retention
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock())
    clock.forward(days=3000)

    await retention.sweep()

    assert set(await words_left(store)) == {
        "filed",
        "revision",
        "article",
        "article_version",
        "post",
    }


async def test_files_that_nothing_refers_to_go_after_a_week(
    store: Store, cast: SimpleNamespace, clock: Clock, retention: Retention, tmp_path: Path
) -> None:
    async with store.transaction() as session:
        await draft(session, cast.ada, clock())
    media = tmp_path / "media"
    (media / archive.FOLDER).mkdir(parents=True)
    used, small = media / f"{SHA}.jpg", media / f"{SHA}-640.jpg"
    orphan, other = media / f"{'d' * 64}.jpg", media / "README"
    packed = media / archive.FOLDER / "0-1.zip"
    for path in (used, small, orphan, other, packed):
        path.write_bytes(b"x")
        os.utime(path, (clock().timestamp(), clock().timestamp()))

    clock.forward(days=6)
    await retention.sweep()
    assert orphan.exists()
    clock.forward(days=2)
    await retention.sweep()

    assert [path.exists() for path in (used, small, orphan, other, packed)] == [
        True, True, False, True, False,
    ]  # fmt: skip


async def test_who_is_forgotten_leaves_cases_without_words(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        await draft(session, cast.ada, clock())
        await stories.approved(session, cast, clock(), immediately=False)
    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        assert await privacy.reach(session, ada) == (0, 2)

        assert await privacy.erase(session, ada, now=clock()) == []

    assert await words_left(store) == []
    async with store.reading() as session:
        states = (await session.exec(select(Submission.state))).all()
        ada = await session.get_one(Participant, cast.ada.id)
    assert set(states) == {SubmissionState.WITHDRAWN}
    assert (ada.name, ada.telegram_id) == ("", -ada.id)


async def test_a_block_outlives_the_name_it_was_for(
    store: Store, cast: SimpleNamespace, clock: Clock
) -> None:
    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        ada.blocked_at = clock()
        await privacy.erase(session, ada, now=clock())

    assert (ada.name, ada.telegram_id) == ("", 1001)


def test_a_large_copy_is_cut_into_parts_that_telegram_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 25)
    shas = [letter * 64 for letter in "abcd"]
    for sha in shas:
        (tmp_path / f"{sha}.jpg").write_bytes(b"0123456789")
    rows = {"attachment": [{"medium": {"sha256": sha}} for sha in shas[:3]]}

    names, left = archive.pack(tmp_path, "exports/copy", rows)

    held = []
    for name in names:
        with ZipFile(tmp_path / name) as packed:
            held.append(sorted(packed.namelist()))
    assert held == [
        ["data.json", f"media/{shas[0]}.jpg", f"media/{shas[1]}.jpg"],
        [f"media/{shas[2]}.jpg"],
    ]
    assert left == 0


def test_what_telegram_cannot_carry_is_counted_and_the_rest_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 25)
    for letter, size in (("a", 10), ("b", 26)):
        (tmp_path / f"{letter * 64}.mp4").write_bytes(bytes(size))
    rows = {"attachment": [{"medium": {"sha256": letter * 64}} for letter in "ab"]}

    (name,), left = archive.pack(tmp_path, "exports/copy", rows)

    with ZipFile(tmp_path / name) as packed:
        assert sorted(packed.namelist()) == ["data.json", f"media/{'a' * 64}.mp4"]
    assert left == 1
