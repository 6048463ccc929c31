"""Accounts are connected from Canali in Chromium, by way of the services' own pages and back.

Those pages are at localhost and the console at 127.0.0.1: for a browser two sites, as in earnest.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, Request, ViewportSize, expect

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from content import credentials
from content.credentials import Account
from content.vault import Vault, new_key
from tests.axe import violations
from tests.browser import chromium
from tests.journeys.test_console import DESK, PATIENCE, PHONE, entered

KEY = new_key()
OF_THE_SETTINGS = (
    "FACEBOOK_PAGE_ID", "FACEBOOK_TOKEN", "X_CONSUMER_KEY", "X_CONSUMER_SECRET",
    "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET",
)  # fmt: skip


@pytest.fixture
def environment(environment: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """A newsroom whose channels have an app each, and no account."""
    apps = sandbox.apps(f"http://127.0.0.1:{environment['PORT']}")
    told = {
        f"{channel}_{key}".upper(): value.replace("127.0.0.1", "localhost")
        for channel, keys in apps.items()
        for key, value in keys.items()
    }
    kept = {name: value for name, value in environment.items() if name not in OF_THE_SETTINGS}
    return {**kept, **told, "SECRET_KEY": KEY}


@dataclass(slots=True)
class Visitor:
    """Bruno in the browser, and what it sent to the services."""

    page: Page
    root: str
    asked: list[Request]

    async def connects(self, label: str) -> None:
        """Go from Canali to the service's page."""
        await self.page.goto(f"{self.root}/canali")
        await self.page.get_by_role("link", name=f"account di {label}").click()
        await self.page.get_by_role("button", name="ollega l’account").click()
        link = self.page.get_by_role("link", name=f"Continua su {label}")
        await expect(link).to_be_visible()
        await self.is_in_order()
        await link.click()

    async def is_in_order(self) -> None:
        """Hold that everybody can use the page, opened as far as it goes."""
        for summary in await self.page.locator("summary").all():
            await summary.click()
        assert await violations(self.page) == []
        wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page where nothing goes wrong."""
    async with chromium() as browser:
        context = await browser.new_context(viewport=DESK, locale="it-IT")
        opened = await context.new_page()
        opened.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on(
            "console",
            lambda said: problems.append(said.text) if "Content Security" in said.text else None,
        )
        yield opened
        assert problems == []


@pytest.fixture
async def visitor(newsroom: Runtime, sandbox: Sandbox, cast: Cast, page: Page) -> Visitor:
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if "//localhost:" in one.url else None)
    await entered(page, sandbox, cast)
    return Visitor(page, f"{newsroom.desk.address}/redazione", asked)


async def opened(newsroom: Runtime, channel: str) -> Account | None:
    async with newsroom.store.reading() as session:
        found = await credentials.of(session, channel)
    return credentials.opened(Vault([KEY]), found) if found else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_x_is_refused_then_connected_and_disconnected(
    size: ViewportSize, scheme: str, newsroom: Runtime, sandbox: Sandbox, visitor: Visitor
) -> None:
    page = visitor.page
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    await visitor.connects("X")
    await page.get_by_role("button", name="Annulla").click()
    await expect(page.get_by_role("alert")).to_contain_text("L’accesso non è stato dato")
    await visitor.is_in_order()
    assert await opened(newsroom, "x") is None

    await visitor.connects("X")
    await page.get_by_role("button", name="Autorizza").click()
    await expect(page.get_by_role("status")).to_contain_text("Account collegato")
    await visitor.is_in_order()
    account = await opened(newsroom, "x")
    assert account is not None
    assert account.name == "@LaboratoriLab"
    assert account.token == sandbox.x.accounts.sessions[0].token
    assert not [one for one in visitor.asked if "referer" in one.headers and _is_link(one)]
    await page.go_back()
    assert "code=" not in page.url

    await page.goto(f"{visitor.root}/canali/x/account")
    await page.get_by_text("Scollega", exact=True).click()
    await page.get_by_role("button", name="Scollega @LaboratoriLab").click()
    await expect(page.get_by_role("status")).to_contain_text("Account scollegato")
    await visitor.is_in_order()
    assert await opened(newsroom, "x") is None


def _is_link(asked: Request) -> bool:
    return asked.method == "GET" and asked.is_navigation_request()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_facebook_is_refused_then_connected_to_the_page_that_is_chosen(
    size: ViewportSize, scheme: str, newsroom: Runtime, sandbox: Sandbox, visitor: Visitor
) -> None:
    page, outside = visitor.page, sandbox.facebook
    outside.more_pages = [("500", "Un'altra pagina", "token-of-the-other-page")]
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    await visitor.connects("Facebook")
    await page.get_by_role("button", name="Annulla").click()
    await expect(page.get_by_role("alert")).to_contain_text("L’accesso non è stato dato")
    assert await opened(newsroom, "facebook") is None

    await visitor.connects("Facebook")
    await page.get_by_role("button", name="Continua").click()
    await expect(page.get_by_role("heading", name="Quale account?")).to_be_visible()
    await visitor.is_in_order()
    await page.get_by_label(outside.name).check()
    await page.get_by_role("button", name="Collega questo account").click()
    await expect(page.get_by_role("status")).to_contain_text("Account collegato")
    await visitor.is_in_order()

    account = await opened(newsroom, "facebook")
    assert account is not None
    assert (account.id, account.token) == (outside.page_id, outside.token)
