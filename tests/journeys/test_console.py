"""The newsroom in the browser, beside the one in Telegram: each sees what the other decides."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.web.console.ways import WAYS
from tests.axe import violations
from tests.browser import chromium
from tests.journeys.people import APPROVE_NOW, Phone, picture
from tests.journeys.test_participant import STORY

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = [
    way.path.replace("{case}", "1").replace("{channel}", "x")
    for way in WAYS
    if way.method == "GET"
    and way.deed
    and not way.path.endswith(("/", "/novita", "{medium}", ".csv", ".pdf", "{operation}"))
]
"""Every page of the console, but for parts of pages, files, and what is framed."""
PATIENCE = 20_000
A_SECOND = 2_000
"""One to look again, and one for the two cores of a machine that runs other tests, too."""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page that asks nothing of other machines, and where nothing goes wrong."""
    async with chromium() as browser:
        context = await browser.new_context(viewport=DESK, locale="it-IT")
        opened = await context.new_page()
        opened.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("request", lambda asked: problems.extend(_elsewhere(asked.url)))
        opened.on(
            "console",
            lambda said: problems.append(said.text) if "Content Security" in said.text else None,
        )
        yield opened
        assert problems == []


def _elsewhere(url: str) -> list[str]:
    return [] if re.match(r"(http://127\.0\.0\.1:|data:)", url) else [url]


async def told(ada: Phone, desk: Phone) -> None:
    """Have Ada send a case with a picture, and wait until it can be judged."""
    await ada.joins()
    ada.person.send_photo(picture(), caption=STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto", "Foto: 1"))
    await desk.sees(receipt, "Obiettivi")


async def entered(page: Page, sandbox: Sandbox, cast: Cast) -> None:
    """Bruno asks the bot for a link, and comes in with it."""
    bruno = Phone(sandbox, cast.bruno)
    bruno.write("/redazione")
    link = (await bruno.sees("apre la redazione"))["text"].split("\n")[-1]
    await page.goto(link)
    await page.get_by_role("button", name="Entra").click()
    await expect(page.get_by_role("heading", name="Coda")).to_be_visible()


async def test_the_keyboard_alone_completes_a_review(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, page: Page
) -> None:
    await told(ada, bruno)
    await entered(page, sandbox, cast)

    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Coda")
    words = page.get_by_label("Che cosa si vede")
    if await words.count():
        await words.first.focus()
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.type("Una sala con libri e due tavoli")
        await page.get_by_role("button", name="Salva le descrizioni").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Descrizioni salvate")).to_be_visible()
    await page.get_by_role("button", name="Approva e pubblica ora").focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("sta uscendo")).to_be_visible()
    await ada.sees("è uscita")
    await bruno.sees("Approvata da Bruno Galli")
    assert len(sandbox.facebook.posts) == len(sandbox.x.posts) == 1


async def test_a_decision_in_telegram_is_seen_in_the_browser_within_a_second(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, page: Page
) -> None:
    await told(ada, bruno)
    await entered(page, sandbox, cast)
    link = page.get_by_role("link", name=re.compile("26-0001"))
    await expect(link).to_be_visible()
    other = await page.context.new_page()
    await other.goto(await _address(page))
    desk = await bruno.sees("26-0001", "Obiettivi")
    await bruno.presses("❌ Rifiuta", desk)

    await bruno.presses("È un testo pubblicitario.", await bruno.sees("Per quale motivo?"))

    await expect(page.get_by_text("Nessuna segnalazione qui.")).to_be_visible(timeout=A_SECOND)
    await expect(other.get_by_text("è appena cambiata")).to_be_visible(timeout=A_SECOND)
    await other.get_by_role("link", name="Aggiorna la pagina").click()
    await expect(other.get_by_role("button", name=APPROVE_NOW[2:])).to_have_count(0)


async def _address(page: Page) -> str:
    at = await page.get_by_role("link", name=re.compile("26-0001")).get_attribute("href")
    return page.url.split("/redazione")[0] + str(at)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_page_can_be_used_by_everybody(
    size: ViewportSize, scheme: str, newsroom: Runtime, sandbox: Sandbox, cast: Cast,
    ada: Phone, bruno: Phone, page: Page,
) -> None:  # fmt: skip
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await told(ada, bruno)
    root = f"{newsroom.desk.address}/redazione"
    await page.goto(f"{root}/coda")
    assert await violations(page) == []
    await page.goto(f"{root}/entra")
    assert await violations(page) == []
    await entered(page, sandbox, cast)

    for path in (*PAGES, "/coda?stato=rejected", "/niente"):
        await page.goto(f"{root}{path}")
        name_of_page = page.locator("nav.pages [aria-current]")
        if await name_of_page.count():
            await expect(name_of_page).to_be_in_viewport(ratio=0.9)
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await violations(page) == [], path
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
