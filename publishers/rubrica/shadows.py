"""Compressed copies beside the files that a server may send in their stead."""

import gzip
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import brotli

from publishers.rubrica.files import PART, SHADOWS

_TEXT: Final = frozenset({".html", ".xml", ".json", ".css", ".js", ".svg", ".txt"})
_QUALITY: Final = 9
_SMALL: Final = 512
"""Files under this many bytes are sent as they are."""


def wanting(site: Path) -> list[Path]:
    """Return the files whose compressed copies are missing or old; parts of files go."""
    found = []
    for folder, _, names in os.walk(site):
        for name in sorted(names):
            file = Path(folder, name)
            if name.endswith(PART):
                file.unlink(missing_ok=True)
            elif file.suffix in _TEXT and not _is_fresh(file):
                found.append(file)
    return found


def cast(files: Iterable[Path]) -> None:
    """Put compressed copies beside files, each with its file's date."""
    for file in files:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue
        if file.suffix not in _TEXT or len(data) < _SMALL:
            continue
        date = file.stat().st_mtime_ns
        for shadow, made in _made(data):
            part = file.with_name(f"{file.name}{shadow}{PART}")
            part.write_bytes(made)
            os.utime(part, ns=(date, date))
            part.replace(file.with_name(file.name + shadow))


def _made(data: bytes) -> Iterator[tuple[str, bytes]]:
    gz, br = SHADOWS
    yield gz, gzip.compress(data, _QUALITY, mtime=0)
    yield br, brotli.compress(data, quality=_QUALITY)


def _is_fresh(file: Path) -> bool:
    told = file.stat()
    if told.st_size < _SMALL:
        return True
    try:
        return all(
            os.stat(f"{file}{shadow}").st_mtime_ns == told.st_mtime_ns  # noqa: PTH116
            for shadow in SHADOWS
        )
    except FileNotFoundError:
        return False
