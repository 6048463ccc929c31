"""Take the pictures of the documents, in Chromium: a submission's way through the sandbox.

`sandbox.png` shows the whole of it, for the README, `rubrica.png` its article in the column;
`chat-*.png` what a participant sees on a phone 390 pixels wide and `desk-*.png` the newsroom in the
browser, for the guides. A name given on the command line (desk, column, phone, console) takes those
alone.

To be run in the checkout after `make test`, which installs what it needs, on a machine with fonts
as phones have them (apt-get install fonts-roboto fonts-noto-color-emoji):
.venv/bin/python docs/images/take.py
"""

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

HERE: Final = Path(__file__).parent
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 920}
BARE: Final = """
    .top, .intro, .tabs, .who, .sample, .more, .toasts { display: none !important }
    body { font-family: Roboto, sans-serif; font-size: 15px }
"""
"""Takes away what is there for trying and not in Telegram, and writes as most phones do."""
PATIENCE: Final = 30_000
ANOTHER: Final = (
    "Il Comune di Sondrio apre lo sportello digitale di quartiere: due pomeriggi alla settimana, "
    "volontari e studenti aiutano chi ha bisogno con SPID, prenotazioni e pagamenti."
)
ARGUMENTS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Start the newsroom in a folder of its own, drive submissions through, take the pictures."""
    expect.set_options(timeout=PATIENCE)
    every = {
        "desk": (take_desk, DESK), "column": (take_column, DESK),
        "phone": (take_phone, PHONE), "console": (take_console, DESK),
    }  # fmt: skip
    for take, size in [every[name] for name in sys.argv[1:] or every]:
        with newsroom() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            take(opened(browser, address, size))
            browser.close()


def opened(browser: Browser, address: str, size: ViewportSize) -> Page:
    """Open the page, in Italy."""
    page = browser.new_page(
        viewport=size,
        locale="it-IT",
        timezone_id="Europe/Rome",
        device_scale_factor=1 if size is DESK else 2,
        bypass_csp=True,  # for BARE
    )
    page.goto(address)
    return page


def take_desk(page: Page) -> None:
    """Show all five panes at the end of a submission's way."""
    bring_out(page)
    page.screenshot(path=HERE / "sandbox.png")


def take_column(page: Page) -> None:
    """Show the article in the web column, as a reader sees it."""
    bring_out(page)
    address = page.get_by_test_id("rubrica-frame").get_attribute("src")
    assert address
    page.goto(address)
    page.get_by_role("link", name="Bosco dei Nuovi Nati").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bosco dei Nuovi Nati")
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    taken = Image.open(io.BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(256).save(HERE / "rubrica.png", optimize=True)


def bring_out(page: Page) -> None:
    """Bring a submission all its way."""
    ada = page.get_by_test_id("participant")
    ada.get_by_role("button", name="AVVIA").click()
    ada.get_by_role("button", name="Ho letto e accetto").click()
    expect(said(ada, "raccontami")).to_be_visible()
    tell(ada)
    decide(page)
    look(page)


def take_phone(page: Page) -> None:
    """Show what Ada sees, from the first tap to the end."""
    page.add_style_tag(content=BARE)
    ada, desk = page.get_by_test_id("participant"), page.get_by_test_id("group")
    begin(ada)
    send_photos(ada)
    follow(page, ada, desk)
    be_led(ada)


def take_console(page: Page) -> None:
    """Show what journalists see in the browser: the list, a case, its article, the calendar."""
    ada = page.get_by_test_id("participant")
    ada.get_by_role("button", name="AVVIA").click()
    ada.get_by_role("button", name="Ho letto e accetto").click()
    expect(said(ada, "raccontami")).to_be_visible()
    tell(ada)
    write(ada, ANOTHER)
    ada.get_by_role("button", name="📨 Invia").last.click()
    expect(said(ada, "Ricevuta!")).to_be_visible()
    desk = page.get_by_test_id("group")
    desk.get_by_role("button", name="Va bene così").first.click()
    bruno = "Bruno Galli · amministra la redazione"
    page.get_by_test_id("participant-who").select_option(label=bruno)
    write(ada, "/redazione")
    link = said(ada, "apre la redazione").get_by_role("link")
    expect(link).to_be_visible()
    page.goto(str(link.get_attribute("href")))
    page.get_by_role("button", name="Entra").click()
    show(page, "1-coda", "Coda")
    page.get_by_role("link", name="26-0001").click()
    show(page, "2-scheda", None)
    page.get_by_role("link", name="Modifica il pezzo").click()
    show(page, "3-articolo", None)
    page.go_back()
    page.get_by_role("button", name="Approva", exact=True).click()
    expect(page.get_by_text("hanno preso il loro posto")).to_be_visible()
    page.get_by_role("link", name="Calendario").click()
    while not page.locator("[data-operation]").count():
        page.get_by_role("link", name="Settimana dopo").click()
    show(page, "4-calendario", "Calendario")
    page.locator("[data-operation] a").last.click()
    show(page, "5-uscita", None)


def show(page: Page, name: str, heading: str | None) -> None:
    """Take the picture of a page of the console once it is there."""
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(heading) if heading else expect(title).to_be_visible()
    page.wait_for_load_state("networkidle") if name.startswith("3") else None
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    taken.convert("RGB").quantize(128).save(HERE / f"desk-{name}.png", optimize=True)


def begin(ada: Locator) -> None:
    """From the first tap to the notice and the first words."""
    ada.get_by_role("button", name="AVVIA").click()
    keep(ada, "1-inizio", "Per cominciare")
    ada.get_by_role("button", name="Ho letto e accetto").click()
    expect(said(ada, "raccontami")).to_be_visible()


def send_photos(ada: Locator) -> None:
    """A text with its picture, the scheda, the receipt."""
    ada.locator(".sample").evaluate("button => button.click()")
    expect(ada.get_by_test_id("attached")).to_be_visible()
    ada.get_by_label("Manda il messaggio").click()
    keep(ada, "2-scheda", "C’è tutto")
    press(ada, "📨 Invia (nessun minore si riconosce)")
    expect(said(ada, "Ricevuta!")).to_be_visible()


def follow(page: Page, ada: Locator, desk: Locator) -> None:
    """The newsroom asks, the author answers, the piece comes out; what is kept of her."""
    turn(page, "group")
    press(desk, "💬 Chiedi all’autore")
    expect(said(desk, "che cosa chiediamo")).to_be_visible()
    write(desk, "Chi può partecipare, e serve prenotare?")
    turn(page, "participant")
    expect(said(ada, "La redazione chiede")).to_be_visible()
    press(ada, "↩️ Rispondi")
    expect(said(ada, "Scrivi ora il messaggio")).to_be_visible()
    write(ada, "Tutti, senza prenotare.")
    keep(ada, "4-domanda", "Ho passato il tuo messaggio")
    turn(page, "group")
    press(desk, "🖼 Va bene così")
    press(desk, "🚀 Approva e pubblica ora")
    turn(page, "participant")
    expect(said(ada, "è uscita")).to_be_visible()
    write(ada, "/mie")
    expect(said(ada, "Le tue segnalazioni")).to_be_visible()
    ada.locator(".key", has_text="26-0001").last.click()
    keep(ada, "5-storia", "La sua storia")
    write(ada, "/privacy")
    keep(ada, "6-dati", "Le tue scelte")


def be_led(ada: Locator) -> None:
    """The first questions of the guided way."""
    write(ada, "/guidami")
    expect(said(ada, "1 di 5")).to_be_visible()
    press(ada, "Progetto")
    keep(ada, "3-guidami", "2 di 5")


def keep(pane: Locator, name: str, words: str) -> None:
    """Take the picture of a chat once its newest message has these words."""
    expect(said(pane, words)).to_be_visible()
    pane.page.wait_for_function("[...document.images].every((image) => image.complete)")
    pane.get_by_role("log").evaluate("log => { log.scrollTop = log.scrollHeight; }")
    taken = Image.open(io.BytesIO(pane.screenshot(animations="disabled")))
    taken.convert("RGB").quantize(128).save(HERE / f"chat-{name}.png", optimize=True)


def press(pane: Locator, button: str) -> None:
    """Press the newest button of this name."""
    pane.get_by_role("button", name=button, exact=True).last.click()


def write(pane: Locator, words: str) -> None:
    """Write a message."""
    pane.get_by_label("Messaggio", exact=True).fill(words)
    pane.get_by_label("Manda il messaggio").click()


def turn(page: Page, pane: str) -> None:
    """Bring a pane to the front, although its tab is not shown."""
    page.evaluate("pane => document.querySelector(`.tabs [data-pane=${pane}]`).click()", pane)


@contextmanager
def newsroom() -> Iterator[str]:
    """Run `bottega run` without any key; yield the address of the sandbox's page."""
    port, sandbox_port = free_port(), free_port()
    settings = {"PORT": str(port), "SANDBOX_PORT": str(sandbox_port), "TELEGRAM_TOKEN": ""}
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "bottega", "run"],
            cwd=folder,
            env=os.environ | settings | {"PYTHONPATH": str(HERE.parents[1])},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            if not any("ready" in line for line in process.stdout):
                raise SystemExit("The newsroom does not start.")
            yield f"http://127.0.0.1:{sandbox_port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def tell(pane: Locator) -> None:
    """Send a sample, and then its scheda."""
    pane.get_by_role("button", name="Prova con un esempio").click()
    expect(pane.get_by_test_id("attached")).to_be_visible()
    pane.get_by_label("Manda il messaggio").click()
    pane.get_by_role("button", name="nessun minore").click()
    expect(said(pane, "Ricevuta!")).to_be_visible()


def decide(page: Page) -> None:
    """Bruno approves what comes into the group."""
    desk = page.get_by_test_id("group")
    desk.get_by_role("button", name="Va bene così").click()
    desk.get_by_role("button", name="Approva e pubblica ora").click()
    expect(said(page.get_by_test_id("participant"), "è uscita")).to_be_visible()


def look(page: Page) -> None:
    """Wait until all five panes show the piece, and make room for them."""
    for pane in ("facebook", "x"):
        expect(page.get_by_test_id(pane).locator("article").first).to_be_visible()
    page.get_by_test_id("intro").locator("summary").click()
    page.get_by_test_id("rubrica-reload").click()
    column = page.frame_locator("[data-testid=rubrica-frame]")
    expect(column.get_by_role("link", name="Bosco dei Nuovi Nati").first).to_be_visible()
    page.wait_for_function("[...document.images].every((image) => image.complete)")


def said(pane: Locator, words: str) -> Locator:
    """Return the newest message of a chat with these words."""
    return pane.get_by_test_id("message").filter(has_text=words).last


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
