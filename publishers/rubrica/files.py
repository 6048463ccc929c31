"""Files that are either the old or the new, never half of one."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

SHADOWS: Final = (".gz", ".br")
"""The compressed copies that may stand beside a file; they go when it changes."""
PART: Final = ".part"


def write(path: str | Path, data: bytes, *, lasting: bool = True) -> bool:
    """Put `data` at `path` in one step, never half of it; tells whether it changed.

    What is `lasting` is on the disk when this returns; lists need not wait for the disk (some ms a
    file), since whatever was not seen to be there is written anew at the next start.

    A file that holds these bytes already is left alone, so its date and its ETag stay. The
    processes of a full build may come to write the same one: each has a part of its own, and what
    a crash left of one goes with the next look for compressed copies (shadows).
    """
    name = os.fspath(path)
    if not _made(name.rpartition("/")[0]):
        if _holds(name, data):
            return False
        for shadow in SHADOWS:
            _drop(name + shadow)
    part = _part_of(name)
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        rest = memoryview(data)
        while rest:  # a disk that fills takes a part, and refuses the next
            rest = rest[os.write(file, rest) :]
        if lasting:
            os.fsync(file)
    finally:
        os.close(file)
    os.replace(part, name)  # noqa: PTH105 - a full build has thousands
    if lasting:
        settle(Path(name).parent)
    return True


def remove(path: Path) -> None:
    """Delete a file and its compressed copies; nothing happens where there is none."""
    for shadow in ("", *SHADOWS):
        _drop(os.fspath(path) + shadow)


def take_away(folder: Path) -> None:
    """Delete a folder whose pages lead to one another: no reader finds some of them."""
    gone = folder.with_name(f".{folder.name}")
    shutil.rmtree(gone, ignore_errors=True)  # a crash may have left it
    with suppress(FileNotFoundError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def copy(source: Path, path: Path) -> None:
    """Put a copy of a file at `path` in one step, however large, unless there is one already."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(_part_of(os.fspath(path)))
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def move(source: Path, path: Path) -> bool:
    """Bring a finished file to `path` in one step; tells whether there was one.

    Whoever moved all that there is calls `settle` on the folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EXDEV:  # the index may be on a disk of its own
            raise
        copy(source, path)
        source.unlink(missing_ok=True)
    return True


def _part_of(name: str) -> str:
    return f"{name}.{os.getpid()}{PART}"


def _made(folder: str) -> bool:
    """Make a folder; False where there is one."""
    try:
        os.mkdir(folder)  # noqa: PTH102
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    return True


def _holds(name: str, data: bytes) -> bool:
    """Tell whether there is a file with exactly these bytes."""
    try:
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read() == data
    except FileNotFoundError:
        return False


def _drop(name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name)  # noqa: PTH108


def settle(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
