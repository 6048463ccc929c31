"""The compiler in a process of its own: a book too large for the machine ends that one alone."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

MEMORY: Final = 3 * 1024**3
"""Bytes of address space that the compiler may have; a thousand pieces take half of it."""
SECONDS: Final = 600
"""Seconds that it may take."""
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
    """Compile `source`, which is told a JSON, to a PDF at `path`; raises Unprintable, TooLarge."""
    command = [sys.executable, "-P", __file__, str(source), str(path), str(fonts), str(MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file; what people wrote goes in by the pipe
            command,
            env=_LITTLE,
            input=told.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        refused = json.loads(done.stdout)["refused"]
    except (subprocess.TimeoutExpired, ValueError):
        raise TooLarge(f"more than {MEMORY >> 20} MB or {SECONDS} s") from None
    if refused is not None:
        raise Unprintable(refused)


def _compile(source: Path, path: Path, fonts: Path, told: str) -> str | None:
    """Return why the compiler refuses, in its own words; None when the PDF is there."""
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
        return str(error)
    return None


if __name__ == "__main__":
    _, _source, _path, _fonts, _memory = sys.argv
    resource.setrlimit(resource.RLIMIT_AS, (int(_memory), int(_memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    _said = sys.stdin.buffer.read().decode()
    _refused = _compile(Path(_source), Path(_path), Path(_fonts), _said)
    sys.stdout.write(json.dumps({"refused": _refused}))
