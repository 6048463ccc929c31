"""Take the picture of the README: one submission's way through the sandbox, in Chromium.

To be run in the checkout after `make test`, which installs what it needs:
.venv/bin/python docs/images/take.py
"""

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

from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

HERE: Final = Path(__file__).parent
SIZE: Final[ViewportSize] = {"width": 1280, "height": 900}
PATIENCE: Final = 30_000
ARGUMENTS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Start the newsroom in a folder of its own, drive a submission through, take the picture."""
    expect.set_options(timeout=PATIENCE)
    with newsroom() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = browser.new_page(viewport=SIZE, locale="it-IT", timezone_id="Europe/Rome")
        page.goto(address)
        tell(page)
        decide(page)
        look(page)
        page.screenshot(path=HERE / "sandbox.png")
        browser.close()


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


def tell(page: Page) -> None:
    """Ada starts the bot, accepts the notice and sends a sample."""
    ada = page.get_by_test_id("participant")
    ada.get_by_role("button", name="AVVIA").click()
    ada.get_by_role("button", name="Ho letto e accetto").click()
    expect(said(ada, "raccontami")).to_be_visible()
    ada.get_by_role("button", name="Prova con un esempio").click()
    expect(ada.get_by_test_id("attached")).to_be_visible()
    ada.locator(".send").click()
    ada.get_by_role("button", name="Invia alla redazione").click()
    expect(said(ada, "Ricevuta!")).to_be_visible()


def decide(page: Page) -> None:
    """Bruno approves what comes into the group."""
    desk = page.get_by_test_id("group")
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
