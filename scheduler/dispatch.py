"""Perform one operation: claim it, publish it, settle it by what was proved."""

import asyncio
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from content import channels, sending
from content.history import NEWSROOM
from content.sending import Claimed
from content.store import Store
from publishers.base import Call, ChannelDown, Published, Publisher, Rejected, Unavailable

log = structlog.get_logger()
AT_ONCE: Final = 16
SHORTEST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
_SETTLE_AGAIN_SECONDS: Final = 1.0


class Dispatch:
    """Sends what is due, several operations at a time."""

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        clock: Callable[[], datetime],
        worker: str,
        happened: Callable[[], None],
    ) -> None:
        self._store, self._publishers, self._clock = store, publishers, clock
        self._worker, self._happened = worker, happened
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="publish")
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def sweep(self) -> None:
        """Start on every operation that is due, as far as there are hands free."""
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return
        async with self._store.reading() as session:
            names = list(self._publishers)
            waiting = await sending.due(session, names, now=self._clock(), limit=free)
        for operation_id in waiting:
            if operation_id not in self._under_way:
                task = asyncio.create_task(self._perform_safely(operation_id))
                self._under_way[operation_id] = task
                task.add_done_callback(partial(self._done, operation_id))

    async def perform(self, operation_id: int) -> None:
        """Carry one operation from its claim to its end; a doubled hint finds nothing to claim."""
        async with self._store.transaction() as session:
            claimed = await sending.claim_due(
                session, operation_id, self._worker, now=self._clock()
            )
        if claimed is None or claimed.lease_until <= self._clock():
            return
        publisher = self._publishers[claimed.channel]
        call = Call(
            key=f"operation-{claimed.operation_id}",
            action=claimed.action,
            now=self._clock(),
            due_at=claimed.due_at,
            remote_id=claimed.remote_id,
        )
        loop = asyncio.get_running_loop()
        result: Published | Exception
        try:
            result = await loop.run_in_executor(
                self._threads, publisher.publish, claimed.post, call
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows if it came out
            result = error
        await self._settle(claimed, result)

    async def finish(self) -> None:
        """Wait for what is on its way; nothing new is started."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._threads.shutdown(wait=True)

    async def _perform_safely(self, operation_id: int) -> None:
        try:
            await self.perform(operation_id)
        except Exception:
            log.exception("dispatch_failed", operation=operation_id)
            return
        self._happened()
        await self.sweep()  # what waited for this one, or for a free hand

    def _done(self, operation_id: int, _task: asyncio.Task[None]) -> None:
        self._under_way.pop(operation_id, None)

    async def _settle(self, claimed: Claimed, result: Published | Exception) -> None:
        """Write down how a try ended, for as long as it takes: it must not be lost."""
        while True:
            try:
                async with self._store.transaction() as session:
                    await self._write(session, claimed, result)
            except DBAPIError:
                log.exception("settle_failed", operation=claimed.operation_id)
                await asyncio.sleep(_SETTLE_AGAIN_SECONDS)
            else:
                return

    async def _write(
        self, session: AsyncSession, claimed: Claimed, result: Published | Exception
    ) -> None:
        now = self._clock()
        said = log.bind(operation=claimed.operation_id, channel=claimed.channel)
        match result:
            case Published(remote_id, permalink):
                await sending.settle(session, claimed, remote_id, permalink, now=now)
                said.info("published", remote_id=remote_id)
            case Unavailable(reason=reason, retry_at=retry_at, whole_channel=whole_channel):
                until = retry_at or now + wait_before(claimed.number)
                await sending.postpone(session, claimed, until, reason, now=now)
                if whole_channel:
                    await channels.quiet(session, claimed.channel, until)
                said.warning("unavailable", reason=reason, until=until.isoformat())
            case Rejected(reason=reason):
                await sending.fail(session, claimed, reason, now=now)
                said.error("rejected", reason=reason)
            case ChannelDown(reason=reason):
                await sending.postpone(session, claimed, now, reason, now=now)
                await channels.pause(session, claimed.channel, reason, by=NEWSROOM, now=now)
                said.error("channel_down", reason=reason)
            case _:
                name = type(result).__name__
                await sending.leave_unconfirmed(session, claimed, name, now=now)
                said.warning("unconfirmed", error=name)


def wait_before(number: int) -> timedelta:
    """Return how long to wait after the n-th try: doubling, at most 15 minutes, with jitter."""
    longest: timedelta = min(SHORTEST_WAIT * 2 ** min(number, 10), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
