"""A draft left half way is remembered once, by day."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from bot.inbox import Inbox
from bot.outbox import Outgoing
from bot.reminders import Reminders
from bot.turn import Newsroom
from content import blocks, submissions
from content.history import Actor
from content.people import Participant
from content.store import Store
from content.submissions import Submission
from tests import stories
from tests.clock import Clock

EVENING = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


def newsroom_of(store: Store, clock: Clock, folder: Path) -> Newsroom:
    return Newsroom(
        store=store,
        inbox=Inbox(store, clock),
        media_root=folder,
        site_url="",
        publishers={},
        page_channel=None,
        clock=clock,
    )


async def said(store: Store) -> list[Outgoing]:
    async with store.reading() as session:
        return list((await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all())


async def begun(store: Store, person: Participant, clock: Clock) -> Submission:
    by = Actor("participant", person.id)
    async with store.transaction() as session:
        draft, revision = await submissions.begin(session, person, now=clock())
        fields = {"title": "La palestra <nuova>", "text": stories.TEXT}
        await submissions.write(session, revision, fields, by=by, now=clock())
    return draft


async def test_a_draft_is_remembered_once_a_day_after_its_last_change(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    draft = await begun(store, cast.ada, clock)
    newsroom = newsroom_of(store, clock, tmp_path)
    reminders = Reminders(newsroom)

    clock.forward(hours=23)
    await reminders.look()
    assert await said(store) == []

    clock.forward(hours=1)
    await asyncio.gather(reminders.look(), Reminders(newsroom).look())
    clock.forward(days=1)
    await Reminders(newsroom).look()

    [told] = await said(store)
    assert told.chat_id == cast.ada.telegram_id
    assert "La palestra &lt;nuova&gt;" in told.payload["text"]
    assert [row[0][1] for row in told.payload["keyboard"]] == [
        f"s:revise:{draft.id}", f"s:discard:{draft.id}",
    ]  # fmt: skip


async def test_nobody_is_written_to_at_night(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    await begun(store, cast.ada, clock)
    reminders = Reminders(newsroom_of(store, clock, tmp_path))

    clock.now = EVENING
    for _ in range(12):  # until 08:30 in Rome
        await reminders.look()
        clock.forward(hours=1)
    assert await said(store) == []

    await reminders.look()
    assert len(await said(store)) == 1


@pytest.mark.parametrize("case", ["sent", "thrown away", "blocked", "long ago", "changed"])
async def test_nobody_is_reminded_in_vain(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path, case: str
) -> None:
    by = Actor("participant", cast.ada.id)
    known = await begun(store, cast.ada, clock)
    async with store.transaction() as session:
        draft = await session.get_one(Submission, known.id)
        revision = await submissions.latest(session, draft)
        if case == "sent":
            fields = {"organisation": "Comune di Tirano"}
            await submissions.write(session, revision, fields, by=by, now=clock())
            await submissions.receive(session, draft, revision, by=by, now=clock())
        elif case == "thrown away":
            await submissions.withdraw(session, draft, by=by, now=clock())
        elif case == "blocked":
            ada = await session.get_one(Participant, cast.ada.id)
            await blocks.block(
                session, ada, "spam", by=Actor("moderator", cast.bruno.id), now=clock()
            )
        elif case == "changed":
            at = clock.now.replace(hour=20)
            await submissions.write(session, revision, {"title": "Altro"}, by=by, now=at)
    clock.forward(days=8 if case == "long ago" else 1)

    await Reminders(newsroom_of(store, clock, tmp_path)).look()

    assert await said(store) == []
