"""Articolo in Chromium: what is typed is kept and shown, and two people lose nothing."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, expect

from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from content import people
from content.history import NEWSROOM
from content.people import Role
from tests.axe import violations
from tests.journeys.people import Phone
from tests.journeys.test_console import PHONE, entered, page, told

__all__ = ["page"]

KEPT = "Conservato alle"
AT_ONCE = 2_000
"""Four tenths of a second after the last key; the rest is for other tests beside this one."""


@pytest.fixture
async def editor(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, ada: Phone, bruno: Phone, page: Page
) -> str:
    """Bruno's browser at a piece of Ada's; gives its address."""
    await told(ada, bruno)
    await entered(page, sandbox, cast)
    address = f"{newsroom.desk.address}/redazione/articolo/1"
    await page.goto(address)
    return address


@pytest.fixture
async def gaia(
    newsroom: Runtime, sandbox: Sandbox, cast: Cast, editor: str, page: Page
) -> AsyncIterator[Page]:
    """Gaia's browser at the same piece."""
    async with newsroom.store.transaction() as session:
        code = await people.invite(session, Role.MODERATOR, by=NEWSROOM, now=newsroom.clock())
    phone = Phone(sandbox, cast.gaia)
    phone.write(f"/start r_{code}")
    await phone.sees("redazione")
    phone.write("/redazione")
    link = (await phone.sees("apre la redazione"))["text"].split("\n")[-1]
    assert page.context.browser is not None
    context = await page.context.browser.new_context(locale="it-IT")
    opened = await context.new_page()
    await opened.goto(link)
    await opened.get_by_role("button", name="Entra").click()
    await expect(opened.get_by_role("heading", name="Coda")).to_be_visible()
    await opened.goto(editor)
    yield opened
    await context.close()


async def test_what_is_typed_is_shown_as_it_will_go_out_and_kept(editor: str, page: Page) -> None:
    on_x = page.get_by_role("article", name="X", exact=True)
    words = page.get_by_label("Testo per X", exact=True)
    await words.fill("")
    await page.keyboard.type("In biblioteca fino a mezzanotte 📚")

    await expect(on_x).to_contain_text("fino a mezzanotte 📚", timeout=AT_ONCE)
    await expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    await expect(words).to_be_focused()
    count = on_x.locator(".count")
    await expect(count).to_contain_text("di 280")
    await page.get_by_label("Titolo", exact=True).fill("La notte in biblioteca")
    framed = page.frame_locator('iframe[data-channel="rubrica"]')
    await expect(framed.get_by_role("heading", name="La notte in biblioteca")).to_be_visible()
    await expect(page.locator("[data-kept]")).to_contain_text(KEPT)

    await page.reload()
    await expect(page.get_by_text("ciò che avevi scritto e non ancora salvato")).to_be_visible()
    await expect(words).to_have_value("In biblioteca fino a mezzanotte 📚")
    await page.keyboard.press("ControlOrMeta+S")
    await expect(page.get_by_text("Salvato.", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Titolo", exact=True)).to_have_value("La notte in biblioteca")


async def test_without_a_network_nothing_that_was_typed_is_lost(editor: str, page: Page) -> None:
    async def breaks(route: Route) -> None:
        await route.abort("connectionreset")

    await page.route("**/articolo/1/bozza", breaks)
    await page.route("**/articolo/1", breaks)
    title = page.get_by_label("Titolo", exact=True)
    await title.fill("Il treno entra in galleria")
    await expect(page.locator("[data-kept]")).to_contain_text("Non conservato: riprovo fra poco")

    await page.get_by_role("button", name="Salva", exact=True).click()
    await expect(page.get_by_text("premi di nuovo «Salva»")).to_be_visible()
    await expect(title).to_have_value("Il treno entra in galleria")

    await page.unroute("**/articolo/1/bozza", breaks)
    await expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    await page.unroute("**/articolo/1", breaks)
    await page.get_by_role("button", name="Salva", exact=True).click()
    await expect(page.get_by_text("Salvato.", exact=True)).to_be_visible()


async def test_two_people_see_each_other_and_neither_overwrites_the_other(
    editor: str, page: Page, gaia: Page
) -> None:
    await expect(page.get_by_text("Anche Gaia", exact=False)).to_be_visible()
    await gaia.get_by_label("Titolo", exact=True).fill("Il titolo di Gaia")
    await gaia.get_by_label("Sommario", exact=True).fill("Il sommario di Gaia.")
    await gaia.get_by_role("button", name="Salva", exact=True).click()
    await expect(gaia.get_by_text("Salvato.", exact=True)).to_be_visible()

    await page.get_by_label("Titolo", exact=True).fill("Il titolo di Bruno")
    await expect(page.get_by_text("ha salvato una versione nuova")).to_be_visible()
    await page.get_by_role("button", name="Salva", exact=True).click()

    await expect(page.get_by_text("Non ho salvato: nel frattempo")).to_be_visible()
    await expect(page.get_by_label("Titolo", exact=True)).to_have_value("Il titolo di Bruno")
    await expect(page.locator("#altro-title")).to_contain_text("Il titolo di Gaia")
    await expect(page.get_by_label("Sommario", exact=True)).to_have_value("Il sommario di Gaia.")
    await page.get_by_role("button", name="Salva", exact=True).click()
    await expect(page.get_by_text("Salvato.", exact=True)).to_be_visible()
    await gaia.goto(editor)
    await expect(gaia.get_by_label("Titolo", exact=True)).to_have_value("Il titolo di Bruno")


async def test_on_a_phone_a_piece_is_written_approved_and_edited_again(
    editor: str, page: Page
) -> None:
    await page.set_viewport_size(PHONE)
    await page.goto(editor)
    await page.get_by_label("Titolo", exact=True).fill("x" * 400)
    await expect(page.locator("#anteprime .note.stop").first).to_be_visible()
    await page.get_by_role("button", name="Salva", exact=True).click()
    await expect(page.get_by_text("c’è qualcosa da correggere")).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    await page.get_by_label("Titolo", exact=True).fill("La biblioteca di sera")
    await page.get_by_role("button", name="Salva", exact=True).click()
    await expect(page.get_by_text("Salvato.", exact=True)).to_be_visible()
    await page.goto(editor.replace("articolo", "scheda"))
    words = page.get_by_label("Che cosa si vede")
    if await words.count():
        await words.first.fill("Una sala con libri e due tavoli")
        await page.get_by_role("button", name="Salva le descrizioni").click()
    await page.get_by_role("button", name="Approva", exact=True).click()
    await expect(page.get_by_text("hanno preso il loro posto")).to_be_visible()

    await page.goto(editor)
    await expect(page.get_by_text("Questo pezzo è approvato.")).to_be_visible()
    await page.get_by_label("Titolo", exact=True).fill("La biblioteca di notte")
    await page.get_by_role("button", name="Salva e togli l’approvazione").click()
    await expect(page.get_by_text("va approvato di nuovo", exact=False).first).to_be_visible()
    assert await violations(page) == []
