"""Files that are either the old or the new, never half of one."""

import os
from pathlib import Path


def write(path: Path, data: bytes, *, lasting: bool = True) -> bool:
    """Put `data` at `path` in one step, never half of it; tells whether it changed.

    What is `lasting` is on the disk when this returns; lists, which every start and every
    publication write anew, need not wait for the disk (some ms a file).

    A file that holds these bytes already is left alone, so its date and its ETag stay. There is
    one writer at a time (the index's lock), so the name of the part is fixed and a part left by
    a crash is written over.
    """
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    part.replace(path)
    if lasting:
        _settle(path.parent)
    return True


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
