"""An e-book is announced: from its page, through the ordinary approval, on every channel."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from publishers import PUBLISHERS, Rubrica
from tests.axe import violations
from tests.journeys import conftest
from tests.journeys.people import Phone, buttons, picture
from tests.journeys.test_console import PHONE, entered, page
from tests.journeys.test_labs import CREATE
from tests.journeys.test_participant import STORY

__all__ = ["page"]

NETWORKS = tuple(one.channel for one in PUBLISHERS if one is not Rubrica)
NEWS = "È uscito l’e-book «Comuni digitali»"
A_SWEEP_SECONDS = 120
"""E-books are looked after twice a minute, and built beside whatever else this machine does."""


@pytest.fixture(autouse=True)
def _every_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "NETWORKS", NETWORKS)


@pytest.fixture
async def book(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, page: Page
) -> str:
    """Bruno's browser at a finished e-book of a piece of Ada's that is out; gives its address."""
    bruno.write(CREATE)
    await bruno.sees("Comuni digitali", "start=lab_comuni-digitali-2027")
    ada.write("/start lab_comuni-digitali-2027")
    await ada.presses("✅ Ho letto e accetto", await ada.sees("Partecipi al Laboratorio"))
    await ada.sees("raccontami")
    ada.person.send_photo(picture(), caption=STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto", "Foto: 1"))
    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")

    await entered(page, sandbox, cast)
    root = f"{newsroom.desk.address}/redazione"
    await page.goto(f"{root}/ebook")
    await page.get_by_role("button", name="Proponi").click()
    await page.goto(f"{root}/ebook/1")
    await page.get_by_role("button", name="È finito: mettilo nella rubrica").click()
    await expect(page.get_by_text("L’e-book è finito")).to_be_visible()
    return f"{root}/ebook/1"


async def test_it_is_proposed_approved_delivered_and_retracted_as_any_piece(
    newsroom: Runtime, sandbox: Sandbox, book: str, bruno: Phone, ada: Phone, page: Page
) -> None:
    heard = len(ada.chat.messages)
    await page.get_by_role("button", name="Proponi l’annuncio").click()
    await expect(page.get_by_text("Annuncio proposto")).to_be_visible()
    card = await bruno.sees(NEWS)
    assert "✏️ Chiedi modifiche" not in buttons(card)

    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NEWS)
    await expect(page.get_by_alt_text("Copertina: Comuni digitali. ")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Approva e pubblica ora").click()
    await expect(page.get_by_text("sta uscendo")).to_be_visible()
    await bruno.until(lambda: _all_out(sandbox, 2))

    for name in NETWORKS:
        shown = sandbox.outlets[name].shown()[-1]
        assert "Comuni digitali" in shown.text, name
        assert len(shown.photos) == 1, name
    await page.goto(newsroom.newsroom.site_url)
    await page.get_by_role("link", name=NEWS).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NEWS)
    volume = page.locator('a[href*="/ebook/comuni-digitali-2027-1/"]').first
    await expect(volume).to_be_visible()
    await _stands(page, str(await volume.get_attribute("href")))
    await volume.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Comuni digitali")

    await page.goto(book)
    await expect(page.get_by_role("button", name=re.compile("Proponi"))).to_have_count(0)
    assert await violations(page) == []
    await page.get_by_role("button", name="Riapri per cambiarlo").click()
    await expect(page.get_by_text("Il suo annuncio è ancora fuori")).to_be_visible()
    await page.set_viewport_size(PHONE)
    assert await violations(page) == []
    await page.get_by_role("link", name="Ritira l’annuncio").click()
    await page.get_by_role("button", name="Ritira da tutti i canali").click()
    await bruno.until(lambda: _all_out(sandbox, 1))
    assert len(ada.chat.messages) == heard


def _all_out(sandbox: Sandbox, posts: int) -> bool | None:
    return all(len(sandbox.outlets[name].texts()) == posts for name in NETWORKS) or None


async def _stands(page: Page, address: str) -> None:
    """Wait until there is a page at an address of the column."""
    async with asyncio.timeout(A_SWEEP_SECONDS):
        while not (await page.request.get(address)).ok:
            await page.wait_for_timeout(500)
