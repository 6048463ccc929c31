"""pa11y (https://pa11y.org), from npm, on Debian's Chromium."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.browser import FLAGS
from tests.requirements import need

NODE = Path(__file__).parent / "node"


async def issues(addresses: Sequence[str]) -> list[str]:
    """Return what pa11y finds wrong on pages by WCAG 2 AA, each with its place."""
    node, browser = shutil.which("node"), shutil.which("chromium")
    need(node is not None and (NODE / "node_modules/pa11y").exists(), "`npm ci` in tests/node")
    need(browser is not None, "Chromium (apt-get install chromium)")
    assert node
    asked = {"addresses": addresses, "browser": browser, "flags": FLAGS}
    process = await asyncio.create_subprocess_exec(
        node, "pa11y.mjs", json.dumps(asked), cwd=NODE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    looked_at, found = json.loads(output)
    assert looked_at == len(addresses)
    return [f"{one['url']} {one['code']}: {one['message']} {one['context']}" for one in found]
