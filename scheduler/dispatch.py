"""Perform one operation: claim it, publish it, settle it by what was proved."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from content import accounts, channels, sending, tries
from content.history import NEWSROOM
from content.sending import Claimed
from content.store import Store
from publishers.base import (
    BudgetSpent,
    Call,
    ChannelDown,
    Published,
    Publisher,
    Rejected,
    Tampered,
    Unavailable,
    Unclear,
)
from publishers.films import Begun
from scheduler.access import acting

log = structlog.get_logger()
AT_ONCE: Final = 16
MOST_AHEAD: Final = 1000
"""How many operations are looked at before their time."""
SHORTEST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
LONGEST_CALL: Final = timedelta(minutes=2)
"""Nothing is sent with less than this left of its lease: the answer must come within it."""
_SETTLE_AGAIN_SECONDS: Final = 1.0
_NOT_SHORT: Final = 0.8
"""What must be left of a lease for nobody to ask for more."""
_LEASE_SECONDS: Final = 10.0


class Dispatch:
    """Sends what is due, several operations at a time."""

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        clock: Callable[[], datetime],
        worker: str,
        happened: Callable[[], None],
        hands: int = AT_ONCE,
        access: Callable[[Publisher], Awaitable[Publisher]] | None = None,
    ) -> None:
        """Take what sending needs; `hands` is how many operations are under way at once.

        `access` lets an adapter in by its channel's account, before anything is sent.
        """
        self._store, self._publishers, self._clock = store, publishers, clock
        self._worker, self._happened = worker, happened
        self.hands, self._access = hands, access
        self._free = asyncio.Semaphore(hands)
        self._threads = ThreadPoolExecutor(hands, thread_name_prefix="publish")
        self._under_way: dict[int, asyncio.Task[None]] = {}

    @property
    def channels(self) -> list[str]:
        """The channels whose keys are here."""
        return list(self._publishers)

    async def sweep(self) -> None:
        """Start on every operation that is due, as far as there are hands free."""
        free = self.hands - len(self._under_way)
        if free <= 0:
            return
        async with self._store.reading() as session:
            waiting = await sending.due(session, self.channels, now=self._clock(), limit=free)
        for operation_id in waiting:
            if operation_id not in self._under_way:
                task = asyncio.create_task(self._perform_safely(operation_id))
                self._under_way[operation_id] = task
                task.add_done_callback(partial(self._done, operation_id))

    async def soon(
        self, within: timedelta, *, after: int | None = None
    ) -> list[tuple[int, str, timedelta]]:
        """Return id, channel and time left of what is due within a time.

        `after` asks only for what waited for that operation.
        """
        now = self._clock()
        async with self._store.reading() as session:
            found = await sending.upcoming(
                session, self.channels, now=now + within, after=after, limit=MOST_AHEAD
            )
        return [(one, channel, max(at - now, timedelta(0))) for one, channel, at in found]

    async def perform(self, operation_id: int) -> bool:
        """Carry one operation from its claim to its end, once there is a hand free.

        False when there was nothing to claim, as a doubled hint finds.
        """
        async with self._free:
            performed = await self._perform(operation_id)
        if performed:
            self._happened()
        return performed

    async def finish(self) -> None:
        """Wait for what is on its way; nothing new is started."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._threads.shutdown(wait=True)

    async def _perform(self, operation_id: int) -> bool:
        async with self._store.transaction() as session:
            now = self._clock()
            claimed = await sending.claim_due(session, operation_id, self._worker, now=now)
            overspent = claimed is not None and await self._overspent(session, claimed, now)
        if claimed is None:
            return False
        publisher = self._publishers[claimed.channel]
        if overspent:
            result: Published | Exception = BudgetSpent(claimed.channel, publisher.monthly_cap)
        else:
            result = await self._publish(publisher, claimed)
        await self._settle(claimed, result)
        return True

    async def _overspent(self, session: AsyncSession, claimed: Claimed, now: datetime) -> bool:
        """Whether a post that was just claimed costs more than is left of the month's cap."""
        publisher = self._publishers[claimed.channel]
        cap = publisher.monthly_cap
        if not cap or claimed.post is None or claimed.action not in accounts.PAID:
            return False
        if not publisher.cost(claimed.post):
            return False
        return await accounts.overspent(session, claimed.channel, publisher.prices, cap, now=now)

    async def _publish(self, publisher: Publisher, claimed: Claimed) -> Published | Exception:
        """Make the call in a thread, and return what came of it."""
        post = claimed.post
        if post is None:
            return Tampered()
        call = Call(
            key=f"operation-{claimed.operation_id}",
            action=claimed.action,
            now=self._clock(),
            due_at=claimed.due_at,
            remote_id=claimed.remote_id,
            still_ours=Lease(self._store, self._clock, claimed).holds,
        )

        async def publish(let_in: Publisher) -> Published:
            begun = await self._note(claimed, let_in.account_id) if let_in.connects else None
            sent = post.model_copy(update={"begun": begun})

            def go() -> Published:
                call.last_check()
                return let_in.publish(sent, call)

            return await asyncio.get_running_loop().run_in_executor(self._threads, go)

        try:
            return await acting(self._access, publisher, publish)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows if it came out
            return error

    async def _note(self, claimed: Claimed, account: str) -> str | None:
        """Note whose try it is, and return what an earlier one began there.

        Raises Unavailable when that is not written: nothing was sent.
        """
        try:
            async with self._store.transaction() as session:
                await tries.made_on(session, claimed, account)
                if claimed.number == 1:
                    return None
                return await tries.begun(session, claimed.operation_id, account)
        except SQLAlchemyError as error:
            raise Unavailable(type(error).__name__) from None

    async def _perform_safely(self, operation_id: int) -> None:
        try:
            await self.perform(operation_id)
            await self.sweep()  # what waited for this one, or for a free hand
        except Exception:
            log.exception("dispatch_failed", operation=operation_id)

    def _done(self, operation_id: int, _task: asyncio.Task[None]) -> None:
        self._under_way.pop(operation_id, None)

    async def _settle(self, claimed: Claimed, result: Published | Exception) -> None:
        """Write down how a try ended, for as long as it takes: it must not be lost."""
        while True:
            try:
                async with self._store.transaction() as session:
                    await self._write(session, claimed, result)
            except SQLAlchemyError:
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
            case Published(remote_id, permalink, quiet_until):
                await sending.settle(session, claimed, remote_id, permalink, now=now)
                if quiet_until is not None:
                    await channels.quiet(session, claimed.channel, quiet_until)
                said.info("published", remote_id=remote_id)
            case Begun(reason=reason, remote_id=remote_id):
                await tries.begin(session, claimed, remote_id, reason, now=now)
                said.info("begun", remote_id=remote_id)
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
            case Unclear(reason=reason, refused=refused):
                await sending.leave_unconfirmed(session, claimed, reason, now=now, refused=refused)
                said.warning("unconfirmed", reason=reason)
            case _:
                name = type(result).__name__
                await sending.leave_unconfirmed(session, claimed, name, now=now)
                said.warning("unconfirmed", error=name)


class Lease:
    """How long an operation is ours: longer and longer, as long as its work goes on."""

    def __init__(self, store: Store, clock: Callable[[], datetime], claimed: Claimed) -> None:
        """Take the operation; made in the loop, asked in a thread beside it."""
        self._store, self._clock, self._claimed = store, clock, claimed
        self._until, self._loop = claimed.lease_until, asyncio.get_running_loop()

    def holds(self) -> bool:
        """Tell whether there is time left for the changing call, after taking more if it is short.

        A lease that has ended is not taken up again: somebody may be looking for what came of it.
        """
        now = self._clock()
        if now < self._until < now + sending.LEASE * _NOT_SHORT:
            self._until = self._lengthened()
        return self._clock() < self._until - LONGEST_CALL

    def _lengthened(self) -> datetime:
        asking = asyncio.run_coroutine_threadsafe(self._ask(), self._loop)
        try:
            return asking.result(_LEASE_SECONDS) or self._clock()
        except Exception as error:  # noqa: BLE001 - whatever it is, there is no more time
            log.warning("lease_not_lengthened", error=type(error).__name__)
            return self._until

    async def _ask(self) -> datetime | None:
        async with self._store.transaction() as session:
            return await tries.lengthen(session, self._claimed, now=self._clock())


def wait_before(number: int) -> timedelta:
    """Return how long to wait after the n-th try: doubling, at most 15 minutes, with jitter."""
    longest: timedelta = min(SHORTEST_WAIT * 2 ** min(number, 10), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
