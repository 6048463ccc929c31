"""Ace by DAISY (https://daisy.github.io/ace/), from npm's @daisy/ace-cli, in Debian's Chromium."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.requirements import need

COMMAND = Path(__file__).parent / "node/node_modules/@daisy/ace-cli/bin/ace.js"


def violations(book: Path) -> list[str]:
    """Return every violation that Ace finds in an EPUB, whatever its weight."""
    node, chromium = shutil.which("node"), shutil.which("chromium")
    there = node is not None and COMMAND.exists()
    need(there and chromium is not None, "Node.js, Chromium, `npm ci` in tests/node (ace-cli)")
    assert node
    assert chromium
    out = book.with_suffix(".ace")
    home = {"HOME": str(book.parent), "PATH": os.environ["PATH"]}  # it keeps settings and logs
    subprocess.run(
        [node, str(COMMAND), "--outdir", str(out), "--silent", str(book)],
        env={**home, "PUPPETEER_EXECUTABLE_PATH": chromium},
        check=False,
        capture_output=True,
        timeout=300,
    )
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    found = [
        f"{page['earl:testSubject']['url']} {one['earl:test']['dct:title']}: "
        f"{one['earl:result']['dct:description']}"
        for page in report["assertions"]
        for one in page["assertions"]
    ]
    assert report["assertions"]
    assert (report["earl:result"]["earl:outcome"] == "pass") is not bool(found)
    return found
