from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from sqlmodel import col, select

from bot.alarm import Alarm
from bot.inbox import Inbox
from bot.outbox import Outgoing
from bot.turn import Newsroom
from content import people, sending
from content.history import NEWSROOM
from content.store import Store
from publishers import Rubrica
from tests import stories
from tests.clock import Clock

DESK = -100


async def said(store: Store) -> list[str]:
    async with store.reading() as session:
        rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
    return [row.payload["text"] for row in rows]


async def test_the_moderators_are_told_once_that_posts_are_late_and_once_that_they_are_not(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path
) -> None:
    page = Rubrica(Rubrica.Config(site=tmp_path / "site"), tmp_path)
    newsroom = Newsroom(
        store=store,
        inbox=Inbox(store, clock),
        media_root=tmp_path,
        site_url="",
        publishers={stories.FIRST: page},
        page_channel=stories.FIRST,
        clock=clock,
    )
    alarm = Alarm(newsroom)
    async with store.transaction() as session:
        await people.tie_desk(session, DESK, "Redazione", by=NEWSROOM, now=clock())
        operation, *_ = await stories.approved(session, cast, clock())

    await alarm.look()
    assert await said(store) == []

    clock.now += sending.LATE + timedelta(minutes=3)
    await alarm.look()
    await alarm.look()
    [late] = await said(store)
    assert "in ritardo" in late
    assert "5 minuti" in late

    async with store.transaction() as session:
        claimed = await sending.claim_due(session, operation.id, "worker", now=clock())
        assert claimed is not None
        await sending.settle(session, claimed, "7", "https://a.example", now=clock())
    await alarm.look()
    await alarm.look()
    assert [text[:1] for text in await said(store)] == ["⏰", "✅"]
