"""A piece that X gets in several posts: composed, broken in every way, and out whole, once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect
from sqlmodel import col, select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Mood, Sandbox, Trouble
from bottega.sandbox.core import Exchange
from content import editing, people
from content.articles import Article
from content.deliveries import Operation
from content.history import NEWSROOM
from content.posts import FrozenPost
from content.store import Store
from content.threads import joined
from content.workflow import OperationState
from tests.axe import violations
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.journeys.conftest import Process
from tests.journeys.people import APPROVE_NOW, Phone, buttons
from tests.journeys.test_console import DESK, PHONE, entered, page, told
from tests.journeys.test_crash import bottega, until
from tests.journeys.test_participant import begun
from tests.journeys.test_to_the_byte import previewed_and_approved

__all__ = ["bottega", "page"]

PARTS = (
    "Apre lo sportello digitale 👩‍👩‍👧‍👦 «così».",
    "È in biblioteca:\n\nogni martedì <b>e</b> giovedì.",
    "Servono solo un documento & mezz’ora.",
    "Vi aspettiamo!",
)


class Misfortune:
    """One bad answer of X, to the first call with the third part."""

    def __init__(self, mood: Mood, seconds: float = 0) -> None:
        self.mood, self.seconds, self.happened = mood, seconds, False

    def __call__(self, exchange: Exchange, operation: str) -> Trouble | None:
        asked = exchange.json if isinstance(exchange.json, dict) else {}
        if operation != "tweets.create" or asked.get("text") != PARTS[2] or self.happened:
            return None
        self.happened = True
        return Trouble(self.mood, "x", operation, seconds=self.seconds)


async def written(store: Store, parts: tuple[str, ...], clock: Callable[[], object]) -> None:
    """Write what X is to get, once the piece is drafted."""
    for _ in range(200):
        async with store.transaction() as session:
            article = (await session.exec(select(Article))).first()
            if article is not None:
                change = {"texts": {**article.texts, "x": joined(parts)}}
                now = clock()
                await editing.edit(session, article, change, by=NEWSROOM, now=now)  # type: ignore[arg-type]
                return
        await asyncio.sleep(0.05)
    raise AssertionError("there is no draft")


async def approved(newsroom: Runtime, cast: Cast) -> None:
    """Have Gaia look at the case's page and approve what it shows."""
    async with newsroom.store.transaction() as session:
        gaia = await people.moderator(session, cast.gaia.id)
        article = (await session.exec(select(Article))).one()
    assert gaia is not None
    async with Browser(newsroom.desk, address=newsroom.desk.address) as browser:
        await browser.enter(newsroom.desk, gaia)
        await previewed_and_approved(newsroom, browser, article)


def whole(sandbox: Sandbox) -> bool:
    return len(sandbox.x.posts) == len(PARTS)


async def is_out_once(sandbox: Sandbox) -> None:
    """See that X has every part once, to the byte, each an answer to the one before."""
    await until(lambda: whole(sandbox))
    await asyncio.sleep(1)  # a second post would come by now
    posts = sandbox.x.posts
    first = posts[0].text.split("\nhttp")[0]
    assert [first, *(one.text for one in posts[1:])] == list(PARTS)
    assert [one.reply_to for one in posts] == [None, *(one.id for one in posts[:-1])]


async def test_every_part_is_what_was_approved_and_the_author_has_one_link(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    await ada.submits(await begun(ada))
    await written(newsroom.store, PARTS, newsroom.clock)
    await approved(newsroom, cast)

    await is_out_once(sandbox)

    message = await ada.sees("è uscita")
    assert message["text"].count("https://x.com/") == 1
    assert sandbox.x.posts[0].id in message["text"]
    async with newsroom.store.reading() as session:
        query = select(FrozenPost).where(FrozenPost.channel == "x")
        frozen = (await session.exec(query)).one().post()
    assert [one.text for one in sandbox.x.posts] == list(frozen.parts)
    await bruno.sees("X (4 parti, 4 uscite)", "parte 3 di 4")


async def test_a_part_that_is_refused_stops_it_and_a_press_resumes_it(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    sandbox.board.weather = Misfortune("rejected")
    await ada.submits(await begun(ada))
    await written(newsroom.store, PARTS, newsroom.clock)
    await approved(newsroom, cast)

    trouble = await bruno.sees("X (parte 3 di 4)", "rifiutato dal canale")
    await bruno.sees("X (4 parti, 2 uscite)")
    assert len(sandbox.x.posts) == 2
    await bruno.presses(next(one for one in buttons(trouble) if "iprova" in one), trouble)

    await is_out_once(sandbox)
    await bruno.sees("X (4 parti, 4 uscite)")


@pytest.mark.parametrize("mood", ["lost", "created_then_500", "refuse"])
async def test_a_part_of_which_nobody_knows_is_looked_for_before_it_goes_on(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, mood: Mood
) -> None:
    sandbox.board.weather = Misfortune(mood)
    await ada.submits(await begun(ada))
    await written(newsroom.store, PARTS, newsroom.clock)
    await approved(newsroom, cast)

    await is_out_once(sandbox)


@pytest.mark.parametrize("mood", ["late", "stalled"])
async def test_killed_while_a_part_is_on_its_way(
    bottega: Process, sandbox: Sandbox, ada: Phone, bruno: Phone, tmp_path: Path, mood: Mood
) -> None:
    """Whether the part is out or not when the power fails, it is there once in the end."""
    await ada.submits(await begun(ada))
    await bruno.sees("26-0001", "Obiettivi")
    bottega.kill()
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'bottega.db'}")
    await written(store, PARTS, Clock())
    await store.close()
    misfortune = Misfortune(mood, seconds=20)
    sandbox.board.weather = misfortune
    bottega.start()
    for _ in range(20):  # until the card is the new version's
        answer = await bruno.presses(APPROVE_NOW, await bruno.sees("26-0001", "Obiettivi"))
        if not answer.text:
            break
        await asyncio.sleep(0.2)
    await until(lambda: misfortune.happened)

    bottega.again()

    await is_out_once(sandbox)


async def test_taken_down_all_of_it_goes(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    await ada.submits(await begun(ada))
    await written(newsroom.store, PARTS, newsroom.clock)
    await approved(newsroom, cast)
    await is_out_once(sandbox)
    card = await bruno.sees("26-0001", "X (4 parti, 4 uscite)")

    await bruno.presses("🗑 Ritira da tutti i canali", card)
    question = await bruno.sees("Ritirare la segnalazione", "4 parti")
    await bruno.presses("🗑 Sì, ritira", question)

    await ada.sees("ha tolto dai canali")
    assert all(one.deleted for one in sandbox.x.posts)
    async with newsroom.store.reading() as session:
        query = select(Operation.state).where(col(Operation.channel) == "x")
        assert set((await session.exec(query)).all()) == {OperationState.DONE}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_thread_is_composed_in_the_browser(
    size: ViewportSize, newsroom: Runtime, sandbox: Sandbox, cast: Cast,
    ada: Phone, bruno: Phone, page: Page,
) -> None:  # fmt: skip
    await page.set_viewport_size(size)
    await told(ada, bruno)
    await entered(page, sandbox, cast)
    await page.goto(f"{newsroom.desk.address}/redazione/articolo/1")
    await page.get_by_label("Testo per X", exact=True).fill("\n\n".join(PARTS[:2]) * 6)
    await page.get_by_role("button", name="Dividi in più post per X").click()
    await expect(page.get_by_text("Diviso in parti, non ancora salvato")).to_be_visible()

    for number, text in enumerate(PARTS[:3], 1):
        await page.get_by_label(f"Parte {number} di", exact=False).fill(text)
    boxes = page.get_by_role("group", name="Testo per X: una serie di post").get_by_role("textbox")
    for number in range(3, await boxes.count()):
        await boxes.nth(number).fill("")
    await page.get_by_label("Ancora una parte, se serve").fill(PARTS[3])
    look = page.get_by_role("article", name="X", exact=True)
    await expect(look.get_by_text("Una serie di 4 post")).to_be_visible()
    await expect(look.get_by_text("In tutto costa 0,245 $")).to_be_visible()
    shown = await look.locator(".shown:visible").all_inner_texts()
    assert [one.split("\nhttp")[0] for one in shown] == [*PARTS]
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    await page.get_by_role("button", name="Salva", exact=True).last.click()
    await expect(page.get_by_text("Salvato.")).to_be_visible()
    await page.goto(f"{newsroom.desk.address}/redazione/scheda/1")
    await expect(page.get_by_text("Una serie di 4 post")).to_be_visible()
    assert await violations(page) == []
    async with newsroom.store.reading() as session:
        article = (await session.exec(select(Article))).one()
    assert article.texts["x"] == joined(PARTS)
