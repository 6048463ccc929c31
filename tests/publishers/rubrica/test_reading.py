"""The column in a browser: nothing bars anybody's way, and the search finds."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import expect
from starlette.applications import Starlette

from bottega.web.rubrica import column as served
from content.media import keep, keep_captions
from content.posts import Section
from tests import files as samples
from tests.axe import violations
from tests.browser import chromium
from tests.publishers.rubrica.newsroom import column, photograph, piece, publish

PAGES = (
    "", "notizie/un-orto-per-tutti-1/", "videointerviste/un-orto-per-tutti-2/", "notizie/",
    "obiettivi/", "obiettivi/11/", "enti/", "enti/tirano-so/", "archivio/", "archivio/2026-11/",
    "laboratori/", "laboratori/idee-2026/", "cerca/?q=orto", "note-legali/", "privacy/",
    "accessibilita/", "nulla/",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def fill(folder: Path) -> Path:
    rubrica = column(folder)
    rubrica.prepare()
    film = keep(folder / "media", samples.film())
    sha256, words = keep_captions(folder / "media", samples.captions("Buongiorno a tutti."))
    film = film.model_copy(
        update={"captions": sha256, "transcript": words, "alt": "La sindaca parla"}
    )
    document = keep(folder / "media", samples.pdf(3), "Delibera.pdf")
    told = piece(media=(photograph(folder, alt="L’orto"), film, document), sdgs=(2, 7, 11, 14))
    publish(rubrica, told)
    publish(rubrica, told.model_copy(update={"version": 2, "correction": "Un nome."}), days=1)
    publish(
        rubrica,
        piece(
            2, section=Section.VIDEO_INTERVIEWS, link="https://youtu.be/dQw4w9WgXcQ",
            title="La sindaca racconta", lab="Idee", lab_slug="idee-2026",
        ),
        days=2,
    )  # fmt: skip
    return rubrica.site


@asynccontextmanager
async def serving(site: Path) -> AsyncIterator[str]:
    app = Starlette(routes=[served(site)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    taken = socket.create_server(("127.0.0.1", 0))  # who asks early waits
    running = asyncio.create_task(server.serve([taken]))
    yield f"http://127.0.0.1:{taken.getsockname()[1]}/"
    server.should_exit = True
    await running


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
