"""X's own count of a post's length, by the official npm package twitter-text."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.requirements import need

_NODE = Path(__file__).parent / "node"
_SCRIPT = (
    "const {parseTweet} = require('twitter-text');"
    "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    "const counted = texts.map(text => parseTweet(text));"
    "console.log(JSON.stringify(counted.map(one => [one.weightedLength, one.valid])))"
)


def official(texts: list[str]) -> list[tuple[int, bool]]:
    """Return each text's weighted length and whether X would take it."""
    node = shutil.which("node")
    there = node is not None and (_NODE / "node_modules" / "twitter-text").exists()
    need(there, "Node.js and `npm ci` in tests/node (twitter-text)")
    ran = subprocess.run(
        [str(node), "-e", _SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=_NODE,
    )
    return [(weight, valid) for weight, valid in json.loads(ran.stdout)]
