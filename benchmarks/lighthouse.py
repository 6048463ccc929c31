"""How the column's pages do in Lighthouse, as a phone on a slow network: median of five runs.

https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from tests.browser import FLAGS
from tests.pa11y import NODE
from tests.publishers.rubrica.shown import fill, serving

PAGES: Final[Mapping[str, str]] = {
    "home": "",
    "article": "notizie/un-orto-per-tutti-1/",
    "video": "videointerviste/un-orto-per-tutti-2/",
}
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
TARGET: Final = 98
RUNS: Final = 5


def main(runs: int = RUNS) -> int:
    """Print each page's medians, then JSON; 1 when one is below the target, 2 without Node."""
    lighthouse = NODE / "node_modules/lighthouse/cli/index.js"
    if not (shutil.which("node") and shutil.which("chromium") and lighthouse.exists()):
        print("It needs Chromium, Node and `npm ci` in tests/node.", file=sys.stderr)
        return 2
    medians = asyncio.run(_measured(lighthouse, runs))
    print(f"{'page':10}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for name, scores in medians.items():
        print(f"{name:10}" + "".join(f"{scores[one]:>16g}" for one in CATEGORIES))
    print(
        json.dumps({"benchmark": "lighthouse", "runs": runs, "target": TARGET, "scores": medians})
    )
    return int(any(score < TARGET for one in medians.values() for score in one.values()))


async def _measured(lighthouse: Path, runs: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        async with serving(fill(Path(folder))) as base:
            return {
                name: await asyncio.to_thread(_median, lighthouse, base + path, runs)
                for name, path in PAGES.items()
            }


def _median(lighthouse: Path, address: str, runs: int) -> dict[str, float]:
    scores = [_scores(lighthouse, address) for _ in range(runs)]
    return {name: median(one[name] for one in scores) for name in CATEGORIES}


def _scores(lighthouse: Path, address: str) -> dict[str, float]:
    """Run Lighthouse once, as it comes: a phone, on a slow network and a slow processor."""
    command = [
        "node", str(lighthouse), address, "--quiet", "--output=json",
        f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]  # fmt: skip
    browser = {"CHROME_PATH": str(shutil.which("chromium"))}
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | browser, timeout=180
    )
    categories = json.loads(done.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CATEGORIES}
