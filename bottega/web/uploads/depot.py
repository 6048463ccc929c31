"""The files that are arriving: as much of each as is on the disk, which its size says."""

import asyncio
import errno
import fcntl
import os
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Collection
from contextlib import asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Final

import anyio
from starlette.requests import ClientDisconnect

BLOCK: Final = 1024 * 1024
IDLE_SECONDS: Final = 30
"""After so long without a byte whoever sends is gone: a phone that sleeps does not hang up."""
PATIENCE_SECONDS: Final = 5
_SUFFIX: Final = ".part"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Busy(Exception):
    """Somebody else works on this file, and does not let go of it."""


class Full(Exception):
    """There is no room on the disk; what is there stays."""


class End(Enum):
    """Why no more was written."""

    ALL = auto()
    TOO_MUCH = auto()
    IDLE = auto()
    WANTED = auto()


class Part:
    """A file that is arriving, in the hands of one alone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor
        self._scope: anyio.CancelScope | None = None
        self._wanted = False
        self.free = asyncio.Event()

    def let_go(self) -> None:
        """Have `append` end early: whoever comes later is the one that still sends."""
        self._wanted = True
        if self._scope is not None:
            self._scope.cancel()

    async def size(self) -> int:
        """Return how many bytes are on the disk for good."""
        return await anyio.to_thread.run_sync(_settled, self._descriptor)

    async def append(self, blocks: AsyncIterable[bytes], most: int) -> End:
        """Write what comes, `most` bytes at the most, until it ends or fails to come.

        All that was received is on the disk afterwards. Raises Full.
        """
        end, waiting = End.ALL, bytearray()
        with anyio.CancelScope() as self._scope:
            if self._wanted:
                self._scope.cancel()
            self._scope.deadline = anyio.current_time() + IDLE_SECONDS
            try:
                async for block in blocks:
                    self._scope.deadline = anyio.current_time() + IDLE_SECONDS
                    waiting += block[:most]
                    if len(block) > most:
                        end = End.TOO_MUCH
                        break
                    most -= len(block)
                    if len(waiting) >= BLOCK:
                        taken, waiting = waiting, bytearray()
                        await self._write(taken)
            except ClientDisconnect:
                pass
        if self._scope.cancelled_caught:
            end = End.WANTED if self._wanted else End.IDLE
        with anyio.CancelScope(shield=True):
            await self._write(waiting)
        return end

    async def empty(self) -> None:
        """Begin again."""
        await anyio.to_thread.run_sync(os.ftruncate, self._descriptor, 0)

    async def remove(self) -> None:
        """Delete the file."""
        await anyio.to_thread.run_sync(lambda: self.path.unlink(missing_ok=True))

    async def _write(self, data: bytearray) -> None:
        try:
            await anyio.to_thread.run_sync(_written, self._descriptor, data)
        except OSError as error:
            if error.errno in _FULL:
                raise Full from error
            raise


class Depot:
    """The folder of these files, each named by the hash of its link."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: dict[str, Part] = {}
        self._closing = False

    @asynccontextmanager
    async def holding(self, key: str) -> AsyncIterator[Part]:
        """Have a file for oneself; who had it, here, lets go. Raises Busy."""
        await self._freed(key)
        path = self._root / f"{key}{_SUFFIX}"
        try:
            descriptor = _locked(path)
        except OSError as error:
            raise (Full if error.errno in _FULL else Busy) from error
        part = self._held[key] = Part(path, descriptor)
        try:
            yield part
        finally:
            del self._held[key]
            os.close(descriptor)
            part.free.set()

    def arrived(self, key: str) -> int:
        """Return how much there is of a file that nobody need hold."""
        path = self._root / f"{key}{_SUFFIX}"
        return path.stat().st_size if path.exists() else 0

    def room(self) -> int:
        """Return how many bytes the disk has free."""
        self._root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    def keys(self) -> set[str]:
        """Return the name of every file that there is."""
        return {one.name.removesuffix(_SUFFIX) for one in self._root.glob(f"*{_SUFFIX}")}

    async def discard(self, keys: Collection[str]) -> None:
        """Delete files that nobody holds."""
        for key in keys:
            try:
                async with self.holding(key) as part:
                    await part.remove()
            except Busy:
                continue

    def close(self) -> None:
        """Have everything that arrives end where it is, and take no more."""
        self._closing = True
        for part in self._held.values():
            part.let_go()

    async def _freed(self, key: str) -> None:
        with anyio.move_on_after(PATIENCE_SECONDS):
            while (held := self._held.get(key)) is not None:
                held.let_go()
                await held.free.wait()
        if self._closing or key in self._held:
            raise Busy


def _locked(path: Path) -> int:
    """Open a file for oneself among all processes; BlockingIOError says that another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # deleted between our opening it and our locking it


def _settled(descriptor: int) -> int:
    os.fsync(descriptor)
    return os.fstat(descriptor).st_size


def _written(descriptor: int, data: bytearray) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
