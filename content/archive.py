"""The files of people: packed for who asks for them, discarded when nothing needs them."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from content.personal import Rows, files_of

FOLDER: Final = "exports"
"""Below the media folder, where a ZIP waits to be sent."""
MOST_BYTES: Final = 45 * 1024 * 1024
"""Telegram takes files of up to 50 MB from a bot: https://core.telegram.org/bots/api#sending-files"""
_HASHED: Final = re.compile(r"[0-9a-f]{64}")


def pack(root: Path, name: str, rows: Rows) -> tuple[list[str], int]:
    """Write ZIPs of rows (as JSON) and of their media.

    Returns their names below `root`, and how many files are in none: those larger than MOST_BYTES.
    """
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    hashes = files_of(rows)
    theirs = [one for one in _media(root) if one.name[:64] in hashes]
    fitting = [one for one in theirs if one.stat().st_size <= MOST_BYTES]
    for number, files in enumerate(_parts(fitting), 1):
        names.append(f"{name}-{number}.zip")
        with ZipFile(root / names[-1], "w", ZIP_STORED) as made:
            if number == 1:
                told = json.dumps(rows, default=str, ensure_ascii=False, indent=1)
                made.writestr("data.json", told, ZIP_DEFLATED)
            for one in files:
                made.write(one, f"media/{one.name}")
    return names, len(theirs) - len(fitting)


def discard(root: Path, hashes: Collection[str]) -> None:
    """Delete the files below `root` that hold some media, and what was made of them."""
    for path in _media(root):
        if path.name[:64] in hashes:
            path.unlink(missing_ok=True)


def discard_orphans(root: Path, in_use: Collection[str], *, before: datetime) -> int:
    """Delete files untouched since before a moment that nothing uses; return how many."""
    count = 0
    for path in [*_media(root), *_exports(root)]:
        used = path.parent.name != FOLDER and path.name[:64] in in_use
        if not used and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            count += 1
    return count


def _parts(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Share files out so that each ZIP may be sent; the first may hold none."""
    part: list[Path] = []
    size = 0
    for path in files:
        if part and size + path.stat().st_size > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(path)
        size += path.stat().st_size
    yield part


def _media(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(one for one in root.iterdir() if one.is_file() and _HASHED.match(one.name))


def _exports(root: Path) -> list[Path]:
    folder = root / FOLDER
    return sorted(folder.iterdir()) if folder.is_dir() else []
