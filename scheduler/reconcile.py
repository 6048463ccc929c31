"""Resolve what is unconfirmed, by reading the channel back; ask people where it cannot tell."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from content import channels, doubts, lapses
from content.doubts import Doubt
from content.history import NEWSROOM, NotAllowed
from content.store import Store
from publishers.base import CannotTell, ChannelDown, Published, Publisher, Unavailable

log = structlog.get_logger()
AT_ONCE: Final = 20
CLOCKS_APART: Final = timedelta(days=1)
"""How far our clock may have been from the channel's: a post carries its own address, so that an
earlier one is never taken for it."""
_SHORTEST_LOOK: Final = timedelta(seconds=2)
_LONGEST_LOOK: Final = timedelta(minutes=5)


class Reconcile:
    """Looks for proof that an operation was performed, or that it was not."""

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        clock: Callable[[], datetime],
        happened: Callable[[], None],
    ) -> None:
        self._store, self._publishers, self._clock = store, publishers, clock
        self._happened = happened

    async def sweep(self, *, alone: bool = False) -> None:
        """Look at everything unconfirmed; `alone` says that no other process can be sending."""
        now = self._clock()
        async with self._store.transaction() as session:
            await lapses.expire_leases(session, now=now, all_of_them=alone)
            waiting = await doubts.waiting(session, list(self._publishers), now=now, limit=AT_ONCE)
        await asyncio.gather(*(self.resolve(doubt) for doubt in waiting))
        if waiting:
            self._happened()

    async def resolve(self, doubt: Doubt) -> None:
        """Close one doubt if there is proof, else say when to look again."""
        publisher = self._publishers[doubt.channel]
        now = self._clock()
        if publisher.idempotent:
            await self._close(doubt, None)
            return
        try:
            found = await asyncio.to_thread(publisher.find, doubt.post, doubt.since - CLOCKS_APART)
        except ChannelDown as down:
            async with self._store.transaction() as session:
                await channels.pause(
                    session, doubt.channel, down.reason, by=NEWSROOM, now=self._clock()
                )
            await self._look_again(doubt)
        except Unavailable as unavailable:
            await self._look_again(doubt, unavailable.retry_at)
        except Exception as error:  # noqa: BLE001 - no reading, no proof
            await self._cannot_tell(doubt, type(error).__name__, ask=isinstance(error, CannotTell))
        else:
            if found is not None or now - doubt.last_try >= publisher.settling:
                await self._close(doubt, found)
            else:
                await self._look_again(doubt)

    async def _close(self, doubt: Doubt, found: Published | None) -> None:
        now = self._clock()
        try:
            async with self._store.transaction() as session:
                if found is None and doubt.refusal is not None:
                    await doubts.refuse(
                        session, doubt.operation_id, doubt.refusal, by=NEWSROOM, now=now
                    )
                elif found is None:
                    await doubts.deny(session, doubt.operation_id, by=NEWSROOM, now=now)
                else:
                    await doubts.confirm(
                        session,
                        doubt.operation_id,
                        found.remote_id,
                        found.permalink,
                        by=NEWSROOM,
                        now=now,
                    )
        except NotAllowed:
            return  # a person, or the try itself, was faster
        log.info("reconciled", operation=doubt.operation_id, found=found is not None)

    async def _cannot_tell(self, doubt: Doubt, why: str, *, ask: bool) -> None:
        log.warning("cannot_tell", operation=doubt.operation_id, why=why)
        patience = self._publishers[doubt.channel].settling
        if ask or self._clock() - doubt.last_try > patience:
            async with self._store.transaction() as session:
                await doubts.ask_people(session, doubt.operation_id, now=self._clock())
        await self._look_again(doubt)

    async def _look_again(self, doubt: Doubt, at: datetime | None = None) -> None:
        now = self._clock()
        age = now - doubt.last_try
        wait = min(max(age / 4, _SHORTEST_LOOK), _LONGEST_LOOK)
        async with self._store.transaction() as session:
            await doubts.look_again(session, doubt.operation_id, at or now + wait)
