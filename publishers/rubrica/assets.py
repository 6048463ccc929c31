"""What comes with the program: style, typefaces, scripts, and a name for all of it together."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from publishers.rubrica.files import remove

FOLDER: Final = "static"
NAMED: Final = re.compile(r"[a-z]+-[0-9a-f]{10}\.(?:css|js|svg)")
"""How files are called whose name follows from their content, so that they may be kept for good."""
_SHARED: Final = ("markdown.py", "words.py")
"""What the column's program takes from beside it."""
_HASHED: Final = (".css", ".js", ".svg")


@cache
def assets() -> Mapping[str, tuple[str, bytes]]:
    """Return what every page may load: by its name here, its path on the site and its bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    for name, source in _files(resources.files("publishers.rubrica") / FOLDER):
        data = source.read_bytes()
        stem, dot, suffix = name.rpartition(".")
        if dot + suffix in _HASHED:
            served = f"{stem}-{hashlib.sha256(data).hexdigest()[:10]}.{suffix}"
        else:
            served = name
        found[name] = (f"{FOLDER}/{served}", data)
    return found


def tidy(site: Path) -> None:
    """Delete the style and scripts of earlier designs, which no page loads any more."""
    wanted = {path for path, _ in assets().values()}
    for file in (site / FOLDER).iterdir():
        if NAMED.fullmatch(file.name) and f"{FOLDER}/{file.name}" not in wanted:
            remove(file)


@cache
def design() -> str:
    """Return what stands for all that pages are made with: program, templates, style."""
    total = hashlib.sha256()
    for name, source in _files(resources.files("publishers.rubrica")):
        if not name.endswith((".pyc", ".mk")):
            total.update(f"{name}\0".encode() + source.read_bytes())
    for name in _SHARED:
        total.update((resources.files("publishers") / name).read_bytes())
    return total.hexdigest()


def _files(folder: Traversable, below: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _files(item, f"{below}{item.name}/")
        else:
            yield below + item.name, item
