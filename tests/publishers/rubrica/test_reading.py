"""The column in a browser: nothing bars anybody's way, and the search finds."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import pa11y
from tests.axe import violations
from tests.browser import chromium
from tests.publishers.rubrica.shown import PAGES, fill, serving

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")])
async def test_every_kind_of_page_is_accessible_and_fits(
    tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    async with serving(fill(tmp_path)) as base, chromium() as browser:
        page = await browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        told: list[str] = []
        page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
        for path in PAGES:
            await page.goto(base + path)
            assert await violations(page) == [], path
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), (
                path
            )
        assert [one for one in told if "404" not in one] == []


async def test_pa11y_finds_nothing_either(tmp_path: Path) -> None:
    async with serving(fill(tmp_path)) as base:
        assert await pa11y.issues([base + path for path in PAGES]) == []


async def test_the_search_finds_by_the_beginnings_of_words_without_their_accents(
    tmp_path: Path,
) -> None:
    async with serving(fill(tmp_path)) as base, chromium() as browser:
        page = await browser.new_page()
        await page.goto(base + "cerca/")
        words = page.get_by_label("Parole da cercare")
        await words.fill("SÌNDACA racc")
        await words.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Un racconto.")
        await expect(page.locator(".results a")).to_have_text("La sindaca racconta")
        assert page.url.endswith("?q=S%C3%8CNDACA%20racc")
        await words.fill("nessuna")
        await words.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Nessun racconto")


async def test_a_film_starts_on_a_click_and_loads_nothing_before(tmp_path: Path) -> None:
    async with serving(fill(tmp_path)) as base, chromium() as browser:
        page = await browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.route("**://*youtube*/**", lambda route: route.fulfill(body="player"))
        await page.goto(base + "videointerviste/un-orto-per-tutti-2/")
        assert not [url for url in asked if "youtube" in url]
        await page.get_by_role("link", name="Guarda la video intervista").click()
        frame = page.locator(".film iframe")
        await expect(frame).to_have_attribute("title", "La sindaca racconta")
        assert [url for url in asked if "youtube-nocookie.com/embed/dQw4w9WgXcQ" in url]
