"""The same articles for other site generators: the same texts at the same addresses."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from benchmarks import library

_SITES: Final = Path(__file__).parent / "sites"


def hugo(folder: Path, articles: int) -> float | None:
    """Return the seconds that Hugo (https://gohugo.io) takes; None where it is not installed."""
    if not shutil.which("hugo"):
        return None
    shutil.copytree(_SITES / "hugo", folder)
    for number in range(1, articles + 1):
        told = library.piece(number)
        head = {
            "title": told.title,
            "date": library.call(number).due_at.isoformat(),
            "description": told.lead,
            "slug": told.slug,
            "obiettivi": [str(goal) for goal in told.sdgs],
            "enti": [f"{told.municipality} {told.province}"],
            "archivio": [f"{library.call(number).due_at:%Y-%m}"],
        }
        file = folder / "content" / told.section / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{json.dumps(head, indent=1)}\n\n{told.text}\n")
    return _timed(["hugo", "--quiet", "--source", str(folder), "--destination", "out"])


def pelican(folder: Path, articles: int) -> float | None:
    """Return the seconds that Pelican (https://getpelican.com) takes; None where it is not."""
    if not shutil.which("pelican"):
        return None
    shutil.copytree(_SITES / "pelican", folder)
    for number in range(1, articles + 1):
        told = library.piece(number)
        tags = [*(f"obiettivo {goal}" for goal in told.sdgs), f"{told.municipality} SO"]
        head = (
            f"Title: {told.title}\nDate: {library.call(number).due_at:%Y-%m-%d %H:%M}\n"
            f"Category: {told.section}\nTags: {', '.join(tags)}\nSlug: {told.slug}\n"
            f"Summary: {told.lead}\n"
        )
        file = folder / "content" / told.section / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{head}\n{told.text}\n")
    settings = str(folder / "pelicanconf.py")
    return _timed(["pelican", "-q", str(folder / "content"), "-s", settings, "-o",
                   str(folder / "out"), "-t", str(folder / "theme")])  # fmt: skip


def _timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=1800)
    return time.perf_counter() - started
