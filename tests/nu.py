"""The Nu HTML checker (https://validator.github.io/validator/), from npm's vnu-jar."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.requirements import JAVA, need

JAR = Path(__file__).parent / "node/node_modules/vnu-jar/build/dist/vnu.jar"


def complaints(files: Iterable[Path]) -> list[str]:
    """Return every error and warning of the checker on HTML, CSS and SVG files, in one run."""
    java = shutil.which("java")
    need(java is not None and JAR.exists(), "Java 11+ and `npm ci` in tests/node (vnu-jar)")
    assert java
    arguments = ["--format", "json", "--exit-zero-always", "--also-check-css", "--also-check-svg"]
    done = subprocess.run(
        [java, *JAVA, "-Xss2m", "-jar", str(JAR), *arguments, *map(str, files)],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return [
        f"{message.get('url', '')}:{message.get('lastLine', '')} {message['message']}"
        for message in messages
    ]
