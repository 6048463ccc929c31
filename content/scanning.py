"""Looking for viruses in what people send, where the newsroom has who does it."""

from typing import BinaryIO, Protocol


class ScannerDown(Exception):
    """Nobody could say whether the file is clean."""


class Scanner(Protocol):
    """Whoever looks for viruses."""

    async def scan(self, data: BinaryIO) -> str | None:
        """Return the name of what was found, None for a clean file; raises ScannerDown."""
        ...


class NullScanner:
    """Finds nothing, for it does not look."""

    async def scan(self, data: BinaryIO) -> str | None:  # noqa: ARG002 - the protocol's own
        """Return None."""
        return None
