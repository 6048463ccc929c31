"""The same journey by clicking in the sandbox's page, on a desk's screen and on a phone's."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from tests.browser import chromium

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 30_000

Turn = Callable[[str], Awaitable[None]]


def turner(page: Page, size: ViewportSize) -> Turn:
    """Return what brings a pane to the front: on a phone they are tabs."""

    async def turn(pane: str) -> None:
        if size is PHONE:
            tabs = page.get_by_role("navigation", name="Riquadri")
            await tabs.get_by_role("button", name=pane).click()

    return turn


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_from_the_first_tap_to_three_channels(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, size: ViewportSize
) -> None:
    sandbox.rubrica_url = newsroom.newsroom.site_url
    async with chromium() as browser:
        context = await browser.new_context(viewport=size, locale="it-IT")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(sandbox.url)
        await journey(page, turner(page, size))
        assert problems == []
        await context.close()

    assert len(sandbox.facebook.posts) == len(sandbox.x.posts) == 1
    assert sandbox.facebook.posts[0].media
    assert cast.carla.id not in cast.moderators


async def journey(page: Page, turn: Turn) -> None:
    """Tell as Ada, be refused as Carla, approve as Bruno, read everywhere."""
    ada, group = page.get_by_test_id("participant"), page.get_by_test_id("group")
    await ada.get_by_role("button", name="AVVIA").click()
    await ada.get_by_role("button", name="Ho letto e accetto").click()
    await expect(ada.get_by_text("raccontami")).to_be_visible()
    await ada.get_by_role("button", name="Prova con un esempio").click()
    box = ada.get_by_label("Messaggio", exact=True)
    await expect(box).not_to_have_value("")
    await ada.get_by_label("Manda il messaggio").click()
    await ada.get_by_role("button", name="Invia (nessun minore si riconosce)").click()
    await expect(ada.get_by_text("Ricevuta!")).to_be_visible()

    await turn("Redazione")
    await page.get_by_test_id("group-who").select_option(label="Carla Neri · non è in redazione")
    approve = group.get_by_role("button", name="Approva e pubblica ora")
    await approve.click()
    refused = page.get_by_test_id("alert")
    await expect(refused).to_contain_text("Solo chi è in redazione")
    await refused.get_by_role("button", name="OK").click()
    await page.get_by_test_id("group-who").select_option(
        label="Bruno Galli · amministra la redazione"
    )
    await group.get_by_role("button", name="Va bene così").click()
    await approve.click()
    await expect(group.get_by_text("Approvata da Bruno Galli")).to_be_visible()

    await turn("Facebook")
    await expect(page.get_by_test_id("facebook-post")).to_have_count(1)
    await turn("X")
    await expect(page.get_by_test_id("x-post")).to_have_count(1)
    await expect(page.get_by_test_id("x-weight")).to_contain_text("/280")
    await turn("Rubrica")
    column = page.frame_locator("[data-testid=rubrica-frame]")
    await expect(column.locator("article").first).to_be_visible()
