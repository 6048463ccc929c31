"""The page that stands for Telegram, in somebody's hands: a phone 390 pixels wide."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import FilePayload, Locator, Page, ViewportSize, expect

from bottega.sandbox import Sandbox
from tests.browser import chromium

PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 30_000
TABS = {"participant": "Chat", "group": "Redazione"}


class Hands:
    """Who holds one of the page's two phones: a participant's, or the one in the group."""

    def __init__(self, page: Page, kind: str) -> None:
        self.page, self.kind = page, kind
        self.pane = page.get_by_test_id(kind)
        self.box = self.pane.get_by_label("Messaggio", exact=True)

    async def turn_to(self) -> None:
        """Bring the pane to the front: on a phone they are tabs."""
        tabs = self.page.get_by_role("navigation", name="Riquadri")
        await tabs.get_by_role("button", name=TABS[self.kind]).click()

    async def become(self, who: str) -> None:
        """Hand the phone to somebody else, by name and part."""
        await self.page.get_by_test_id(f"{self.kind}-who").select_option(label=who)

    async def joins(self) -> None:
        """Start the bot and accept the notice."""
        await self.press("AVVIA")
        await self.press("✅ Ho letto e accetto")
        await self.sees("raccontami")

    async def write(self, text: str) -> None:
        """Write a message and send it, with what is attached."""
        await self.box.fill(text)
        await self.send()

    async def answers_what_is_asked(self, text: str) -> None:
        """Write where the bot has already opened an answer to its question."""
        await expect(self.pane.locator(".about")).to_contain_text("↩")
        await self.write(text)

    async def send(self) -> None:
        await self.pane.get_by_label("Manda il messaggio").click()

    async def attach(self, *files: FilePayload | Path, how: str = "foto") -> None:
        """Put files beside the message, as "foto", "file" or "vocale"."""
        box = self.pane.get_by_label(f"Allega {how}", exact=True)
        for one in files:
            await box.set_input_files(one)

    async def pick(self, what: str) -> None:
        """Choose something of the menu of what can be attached."""
        await self.pane.get_by_label("Allega", exact=True).click()
        await self.press(what)

    async def press(self, button: str) -> None:
        """Press the newest button of this name."""
        await self.pane.get_by_role("button", name=button, exact=True).last.click()

    async def sees(self, *words: str) -> Locator:
        """Wait until the newest message with the first of the words has them all, and return it."""
        shown = self.messages(words[0]).last
        for word in words:
            await expect(shown).to_contain_text(word)
        await expect(shown).to_be_visible()
        return shown

    async def is_told(self, *words: str) -> None:
        """Read the alert that a press brought, and put it away."""
        box = self.page.get_by_test_id("alert")
        for word in words:
            await expect(box).to_contain_text(word)
        await box.get_by_role("button", name="OK").click()

    def messages(self, words: str) -> Locator:
        """The bot's messages with these words."""
        said = self.pane.locator(".message.theirs")
        return said.filter(has_text=words)

    async def submits(self) -> str:
        """Send the scheda, as one where no minors are seen if it asks; return the receipt."""
        receipts = self.messages("Ricevuta!")
        before = await receipts.count()
        await self.sees("C’è tutto")
        await self.pane.get_by_role("button", name="📨 Invia").first.click()
        await expect(receipts).to_have_count(before + 1)
        return await receipts.last.locator("strong").nth(1).inner_text()


@asynccontextmanager
async def phones(sandbox: Sandbox) -> AsyncIterator[tuple[Hands, Hands]]:
    """Open the page on a phone, in the hands of Ada and of Bruno; it may not break meanwhile."""
    expect.set_options(timeout=PATIENCE)
    async with chromium() as browser:
        context = await browser.new_context(
            viewport=PHONE, locale="it-IT", timezone_id="Europe/Rome"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(sandbox.url)
        await expect(page.get_by_test_id("participant-who")).to_contain_text("Ada Rossi")
        yield Hands(page, "participant"), Hands(page, "group")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert (problems, wide) == ([], PHONE["width"])
        await context.close()


def payload(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}
