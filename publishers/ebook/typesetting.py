"""The compiler in a process of its own: a book too large for the machine ends that one alone."""

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

MEMORY: Final = 3 * 1024**3
"""Bytes of address space that the compiler may have at once."""
SECONDS: Final = 600
"""Seconds that it may take at once."""
_LITTLE: Final = {"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
"""Its environment: glibc would reserve 64 MB of address space for each thread."""


class Unprintable(Exception):
    """The compiler refuses the book; `reason` is in its own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLarge(Unprintable):
    """The compiler did not get to the end of the book with what it may have."""


def typeset(source: Path, path: Path, fonts: Path, told: str) -> None:
    """Compile `source`, which is told a JSON, to a PDF at `path`.

    Raises Unprintable, TooLarge, and OSError when the file cannot be written.
    """
    apart(Path(__file__), (str(source), str(path), str(fonts), str(MEMORY)), told)


def apart(program: Path, said: Sequence[str], told: str) -> None:
    """Run a file of ours in a process of its own, told a JSON.

    It says what was `refused`, and what the disk left `unwritten`. Raises Unprintable, TooLarge,
    and OSError.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own file; what people wrote goes in by the pipe
            [sys.executable, "-P", str(program), *said],
            env=_LITTLE,
            input=told.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        ended = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise TooLarge(f"more than {MEMORY >> 20} MB or {SECONDS} s") from None
    if ended["unwritten"] is not None:
        raise OSError(errno.EIO, ended["unwritten"])
    if ended["refused"] is not None:
        raise Unprintable(ended["refused"])


def _compile(source: Path, path: Path, fonts: Path, told: str) -> dict[str, str | None]:
    """Return why the compiler, or else the disk, refuses; both None when the PDF is there."""
    import typst  # noqa: PLC0415 - only the process of its own needs it

    known = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    try:
        typst.compile(
            source, output=path, root=source.parent, font_paths=known, format="pdf",
            sys_inputs={"book": told}, pdf_standards=["ua-1"],
        )  # fmt: skip
    except typst.TypstError as error:
        return {"refused": str(error), "unwritten": None}
    except OSError as error:
        return {"refused": None, "unwritten": str(error)}
    return {"refused": None, "unwritten": None}


if __name__ == "__main__":
    _, _source, _path, _fonts, _memory = sys.argv
    resource.setrlimit(resource.RLIMIT_AS, (int(_memory), int(_memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    _said = sys.stdin.buffer.read().decode()
    sys.stdout.write(json.dumps(_compile(Path(_source), Path(_path), Path(_fonts), _said)))
