"""A week after it went out, an author is told once, by day, how far a piece went."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from bot import texts
from bot.echoes import tell_reach
from bot.inbox import Inbox
from bot.outbox import Outgoing
from bot.turn import Newsroom
from content import reach, sending
from content.articles import Article
from content.people import OURSELVES, Participant
from content.reach import Figures
from content.store import Store
from content.workflow import ArticleState
from tests import stories
from tests.clock import Clock
from tests.fakes import FakePublisher

SEEN = Figures(views=1200, reactions=1, replies=0)


@pytest.fixture
def newsroom(store: Store, clock: Clock, tmp_path: Path) -> Newsroom:
    return Newsroom(
        store=store,
        inbox=Inbox(store, clock),
        media_root=tmp_path,
        site_url="",
        publishers={name: FakePublisher(name) for name in stories.CHANNELS},
        page_channel="page",
        clock=clock,
    )


async def a_week_ago(store: Store, cast: SimpleNamespace, clock: Clock, figures: Figures) -> int:
    """Have a piece out, and read on two channels a week later; return its article's id."""
    async with store.transaction() as session:
        planned = await stories.approved(session, cast, clock())
    for one in planned:
        async with store.transaction() as session:
            claimed = await sending.claim_due(session, one.id, "here", now=clock())
            assert claimed is not None
            await sending.settle(session, claimed, str(one.id), "https://a.it/1", now=clock())
    clock.forward(days=7)
    for name in ("red", "blue"):
        async with store.transaction() as session:
            asked = await reach.take(session, name, now=clock(), limit=9)
            await reach.keep(session, asked, {one.remote_id: figures for one in asked}, now=clock())
    async with store.reading() as session:
        return (await session.exec(select(Article.id))).one()


async def said(store: Store) -> list[Outgoing]:
    async with store.reading() as session:
        return list((await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all())


async def test_an_author_is_told_once_whoever_looks(
    store: Store, cast: SimpleNamespace, clock: Clock, newsroom: Newsroom
) -> None:
    number = await a_week_ago(store, cast, clock, SEEN)
    async with store.transaction() as session:
        (await session.get_one(Article, number)).title = "La <biblioteca>"

    await tell_reach(newsroom)
    assert await said(store) == []  # posts of other channels may be a little younger

    clock.forward(days=1)
    await asyncio.gather(*(tell_reach(newsroom) for _ in range(4)))
    clock.forward(days=1)
    await tell_reach(newsroom)

    [told] = await said(store)
    assert told.chat_id == cast.ada.telegram_id
    assert told.payload["text"] == (
        "📈 La tua iniziativa ha raggiunto 2.400 visualizzazioni e 2 reazioni.\n"
        "<b>La &lt;biblioteca&gt;</b> (26-0001), a una settimana dall’uscita.\n\n"
        "red: 1.200 visualizzazioni e 1 reazione\n"
        "blue: 1.200 visualizzazioni e 1 reazione\n\n"
        "Grazie di averla raccontata!"
    )


async def test_nobody_is_written_to_at_night(
    store: Store, cast: SimpleNamespace, clock: Clock, newsroom: Newsroom
) -> None:
    await a_week_ago(store, cast, clock, SEEN)
    clock.forward(days=1, hours=13)  # 22:00 in Rome

    await tell_reach(newsroom)
    assert await said(store) == []

    clock.forward(hours=12)
    await tell_reach(newsroom)
    assert len(await said(store)) == 1


@pytest.mark.parametrize("figures", [Figures(), Figures(views=0, reactions=0)])
async def test_nothing_is_said_when_there_is_nothing_to_tell(
    figures: Figures, store: Store, cast: SimpleNamespace, clock: Clock, newsroom: Newsroom
) -> None:
    await a_week_ago(store, cast, clock, figures)
    clock.forward(days=1)

    await tell_reach(newsroom)

    assert await said(store) == []


@pytest.mark.parametrize("why", ["retracted", "blocked", "erased", "the newsroom", "long ago"])
async def test_some_are_left_in_peace(
    why: str, store: Store, cast: SimpleNamespace, clock: Clock, newsroom: Newsroom
) -> None:
    number = await a_week_ago(store, cast, clock, SEEN)
    clock.forward(days=1)
    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        match why:
            case "retracted":
                article = await session.get_one(Article, number)
                article.state = ArticleState.RETRACTED
            case "blocked":
                ada.blocked_at = clock()
            case "erased":
                ada.erased_at = clock()
            case "the newsroom":
                ada.telegram_id = OURSELVES
            case _:
                clock.forward(days=20)

    await tell_reach(newsroom)

    assert await said(store) == []


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Figures(reactions=3), "3 reazioni."),
        (Figures(1, 1, 1, 1), "1 visualizzazione, 1 reazione, 1 risposta e 1 condivisione."),
        (Figures(12345, None, 2), "12.345 visualizzazioni e 2 risposte."),
    ],
)
def test_figures_are_said_as_people_say_them(figures: Figures, words: str) -> None:
    text = texts.reach("26-0001", "Titolo", figures, {"X": figures})

    assert text.splitlines()[0] == f"📈 La tua iniziativa ha raggiunto {words}"
    assert "X:" not in text
