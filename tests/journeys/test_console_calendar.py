"""Calendario in Chromium: by mouse and by keyboard, on a desk and on a phone, light and dark."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlmodel import col, select

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from content.deliveries import Action, Operation
from content.slots import ROME
from tests.axe import violations
from tests.journeys.people import Phone
from tests.journeys.test_console import DESK, PHONE, entered, page, told

__all__ = ["page"]


@pytest.fixture
async def calendar(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, page: Page
) -> str:
    """Bruno's browser, with a case approved for the calendar; gives the console's address."""
    await told(ada, bruno)
    await entered(page, sandbox, cast)
    root = f"{newsroom.desk.address}/redazione"
    await page.goto(f"{root}/scheda/1")
    words = page.get_by_label("Che cosa si vede")
    if await words.count():
        await words.first.fill("Una sala con libri e due tavoli")
        await page.get_by_role("button", name="Salva le descrizioni").click()
    await page.get_by_role("button", name="Approva", exact=True).click()
    await expect(page.get_by_text("hanno preso il loro posto")).to_be_visible()
    return root


async def post_on(newsroom: Runtime, channel: str) -> Operation:
    async with newsroom.store.reading() as session:
        query = select(Operation).where(
            col(Operation.channel) == channel, Operation.action == Action.CREATE
        )
        return (await session.exec(query)).one()


async def opened_week(page: Page, root: str, one: Operation) -> None:
    await page.goto(f"{root}/calendario?da={one.local_time[:10]}")
    await expect(page.locator(f'[data-operation="{one.id}"]')).to_be_visible()


async def test_a_post_is_dragged_to_a_free_place_and_to_another_day(
    newsroom: Runtime, calendar: str, page: Page
) -> None:
    one = await post_on(newsroom, "x")
    monday = datetime.fromisoformat(one.local_time).date() + timedelta(days=7)
    monday -= timedelta(days=monday.weekday())
    await page.goto(f"{calendar}/uscita/{one.id}")
    await page.get_by_label("Un giorno e un’ora").fill(f"{monday}T15:00")
    await page.get_by_role("button", name="Sposta a quest’ora").click()
    await expect(page.get_by_text("Spostata.")).to_be_visible()
    one = await post_on(newsroom, "x")
    await opened_week(page, calendar, one)

    thursday = monday + timedelta(days=3)
    await page.locator(f'[data-operation="{one.id}"]').drag_to(
        page.locator(f'[data-day="{thursday}"] h3')
    )
    await expect(page.get_by_text("Spostata.")).to_be_visible()
    assert (await post_on(newsroom, "x")).local_time == f"{thursday}T15:00"

    entry = page.locator(f'[data-operation="{one.id}"]')
    await entry.hover()
    await page.mouse.down()
    friday = page.locator(f'[data-day="{thursday + timedelta(days=1)}"]')
    await friday.locator("h3").hover()
    place = friday.locator('[data-place][data-channel="x"]').first
    await place.hover()
    await place.hover()
    await page.mouse.up()
    await expect(friday.locator(f'[data-operation="{one.id}"]')).to_be_visible()
    moved = await post_on(newsroom, "x")
    assert moved.slot_day == thursday + timedelta(days=1)


async def test_the_keyboard_alone_moves_a_post(
    newsroom: Runtime, calendar: str, page: Page
) -> None:
    one = await post_on(newsroom, "x")
    await opened_week(page, calendar, one)
    for _ in range(20):
        await page.keyboard.press("j")
        if await page.evaluate(f"document.activeElement.href.endsWith('/uscita/{one.id}')"):
            break
    await page.keyboard.press("Enter")
    await page.get_by_label("Un posto libero").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Spostata.")).to_be_visible()
    moved = await post_on(newsroom, "x")
    assert moved.local_time > one.local_time
    assert moved.slot_id is not None


async def test_what_is_held_in_telegram_is_seen_in_the_calendar_within_a_second(
    newsroom: Runtime, calendar: str, page: Page, bruno: Phone
) -> None:
    one = await post_on(newsroom, "x")
    await opened_week(page, calendar, one)

    card = await bruno.sees("Approvata da Bruno Galli")
    await bruno.presses("✋ X", card)

    entry = page.locator(f'[data-operation="{one.id}"]')
    await expect(entry.get_by_text("trattenuta")).to_be_visible(timeout=2_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_everybody_can_use_it(
    size: dict[str, int], scheme: str, newsroom: Runtime, calendar: str, page: Page
) -> None:
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    one = await post_on(newsroom, "x")
    day = datetime.now(UTC).astimezone(ROME).date() + timedelta(days=2)
    for path in (
        f"/calendario?da={one.local_time[:10]}",
        f"/calendario?da={one.local_time[:10]}&vista=mese",
        f"/calendario?da={day}&canale=x",
        f"/uscita/{one.id}",
        f"/uscita/{one.after_id}",
    ):
        await page.goto(f"{calendar}{path}")
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await violations(page) == [], path
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
