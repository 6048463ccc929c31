"""What lies beside the project for its tests: samples and specifications, never copied into it."""

import json
import os
from pathlib import Path
from typing import Any

from tests.requirements import need

FOLDER = Path(os.environ.get("BOTTEGA_SHARED") or Path(__file__).parents[1].parent / "shared")


def samples() -> list[dict[str, str]]:
    """Return the real texts of municipalities: comune, title, text, source."""
    path = FOLDER / "samples" / "municipal-news.json"
    need(path.exists(), f"{path.name} in ../shared/samples (or BOTTEGA_SHARED)")
    loaded: Any = json.loads(path.read_text("utf-8"))
    return list(loaded)
