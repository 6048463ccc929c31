"""ClamAV's daemon, asked by its INSTREAM command.

https://docs.clamav.net/manual/Usage/Scanning.html#clamd, and clamd(8).
"""

import asyncio
import re
from pathlib import Path
from typing import BinaryIO, Final

from content.scanning import ScannerDown

_BLOCK: Final = 64 * 1024
_SECONDS: Final = 60
_FOUND: Final = re.compile(r"stream: (.+) FOUND")


class Clamd:
    """A clamd at `host:port`, or at the path of a Unix socket."""

    def __init__(self, address: str, seconds: float = _SECONDS) -> None:
        self._address, self._seconds = address, seconds

    async def scan(self, data: BinaryIO) -> str | None:
        """Return the name of what clamd found, None for a clean file; raises ScannerDown."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(data)
        except (OSError, TimeoutError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from error
        if answer == "stream: OK":
            return None
        found = _FOUND.fullmatch(answer)
        if found is None:  # "size limit exceeded" and the like
            raise ScannerDown(answer[:100])
        return found[1]

    async def _ask(self, data: BinaryIO) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            while block := data.read(_BLOCK):
                writer.write(len(block).to_bytes(4, "big") + block)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
        except asyncio.IncompleteReadError as error:
            raise ValueError("no whole answer") from error
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, colon, port = self._address.rpartition(":")
        if colon and port.isdecimal():
            return await asyncio.open_connection(host.strip("[]"), int(port))
        return await asyncio.open_unix_connection(Path(self._address))
