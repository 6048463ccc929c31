"""`python -m benchmarks [NAME [NUMBER]]`: run every benchmark, or one; each ends in a JSON line."""

import sys
from importlib import import_module
from typing import Final

EVERY: Final = ("delivery", "desk", "ebook", "inbox", "rubrica", "startup", "x_text")
ASKED_FOR: Final = ("chaos", "lighthouse", "talk")
"""Proofs that take minutes and compare with nothing: run when named."""


def main(names: list[str]) -> int:
    """Run what is named, or everything; return the worst exit code."""
    known = {*EVERY, *ASKED_FOR}
    if names and names[0] not in known:
        print(f"There is no benchmark {names[0]}: {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    arguments = [int(number) for number in names[1:]]
    wanted = names[:1] or EVERY
    codes: list[int] = [import_module(f"benchmarks.{name}").main(*arguments) for name in wanted]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
