"""axe-core (https://github.com/dequelabs/axe-core), from npm, run in the tests' Chromium."""

from pathlib import Path

from playwright.async_api import Page

from tests.requirements import need

SCRIPT = Path(__file__).parent / "node/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """Return what axe finds wrong in a page, each with the elements it is about."""
    need(SCRIPT.exists(), "`npm ci` in tests/node (axe-core)")
    await page.evaluate(SCRIPT.read_text(encoding="utf-8"))  # past the page's own policy
    found = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{one['id']}: {one['help']} {[node['html'][:120] for node in one['nodes']]}"
        for one in found["violations"]
    ]
