"""Resolve what is unconfirmed, by reading the channel back; ask people where it cannot tell."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from content import channels, doubts, lapses
from content.doubts import Doubt
from content.history import NEWSROOM, NotAllowed
from content.store import Store
from publishers import mending
from publishers.base import CannotTell, ChannelDown, Published, Publisher, Unavailable
from publishers.grants import Elsewhere
from scheduler.access import acting

log = structlog.get_logger()
AT_ONCE: Final = 100
CLOCKS_APART: Final = timedelta(days=1)
"""How far our clock may have been from the channel's: a post carries its own address, so that an
earlier one is never taken for it."""
_BEFORE_MENDING_AGAIN: Final = timedelta(minutes=1)
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
        access: Callable[[Publisher], Awaitable[Publisher]] | None = None,
    ) -> None:
        self._store, self._publishers, self._clock = store, publishers, clock
        self._happened, self._access = happened, access

    async def sweep(self, *, alone: bool = False) -> None:
        """Look at everything unconfirmed; `alone` says that no other process can be sending."""
        now = self._clock()
        async with self._store.transaction() as session:
            await lapses.expire_leases(session, now=now, all_of_them=alone)
            waiting = await doubts.waiting(session, list(self._publishers), now=now, limit=AT_ONCE)
        by_channel: dict[str, list[Doubt]] = {}
        for doubt in [one for one in waiting if not one.mends]:
            by_channel.setdefault(doubt.channel, []).append(doubt)
        for doubt in [one for one in waiting if one.mends]:
            await self._mend_again(doubt)
        await asyncio.gather(*(self._resolve(*one) for one in by_channel.items()))
        if waiting:
            self._happened()

    async def _mend_again(self, doubt: Doubt) -> None:
        """Have an edit or a deletion done again, after a while: no reading could prove it undone.

        The post that it aims at is older than any reading goes back, and one that is found may be
        there because the deletion is not done. Whether one went that is to stay, people say.
        """
        publisher = self._publishers[doubt.channel]
        rest = max(publisher.settling, _BEFORE_MENDING_AGAIN)
        if not doubt.is_wanted:
            await self._cannot_tell(doubt, CannotTell(mending.IN_VAIN))
        elif publisher.idempotent or self._clock() - doubt.last_try >= rest:
            await self._close(doubt, None)
        else:
            await self._look_again(doubt, doubt.last_try + rest)

    async def _resolve(self, channel: str, waiting: Sequence[Doubt]) -> None:
        """Close each doubt about a channel for which there is proof, else say when to look again.

        The channel is read once for all of them: readings cost money, and may fail.
        """
        publisher = self._publishers[channel]
        now = self._clock()
        found, away, error = await self._read(publisher, waiting)
        if isinstance(error, ChannelDown):
            await self._pause(channel, error.reason)
        for doubt in waiting:
            proof = found.get(doubt.operation_id)
            problem = Elsewhere(publisher) if doubt in away else error
            settled = publisher.idempotent or now - doubt.last_try >= publisher.settling
            if proof is not None or (problem is None and settled):
                await self._close(doubt, proof)
            elif problem is None or publisher.idempotent or isinstance(problem, ChannelDown):
                await self._look_again(doubt)
            elif isinstance(problem, Unavailable):
                await self._look_again(doubt, problem.retry_at)
            else:
                await self._cannot_tell(doubt, problem)

    async def _read(
        self, publisher: Publisher, waiting: Sequence[Doubt]
    ) -> tuple[dict[int, Published], list[Doubt], Exception | None]:
        """Return the proofs found, what was tried on another account, and what went wrong."""
        found: dict[int, Published] = {}
        away: list[Doubt] = []

        async def read(let_in: Publisher) -> None:
            away[:] = [one for one in waiting if one.account not in (None, let_in.account_id)]
            here = [one for one in waiting if one not in away]
            if here:
                await asyncio.to_thread(_read, let_in, here, found)

        try:
            await acting(self._access, publisher, read)
        except Exception as error:  # noqa: BLE001 - no reading, no proof
            return found, away, error
        return found, away, None

    async def _pause(self, channel: str, reason: str) -> None:
        async with self._store.transaction() as session:
            await channels.pause(session, channel, reason, by=NEWSROOM, now=self._clock())

    async def _close(self, doubt: Doubt, found: Published | None) -> None:
        now = self._clock()
        try:
            async with self._store.transaction() as session:
                if found is None and doubt.refusal is not None:
                    await doubts.refuse(
                        session, doubt.operation_id, doubt.refusal,
                        tries=doubt.tries, by=NEWSROOM, now=now,
                    )  # fmt: skip
                elif found is None:
                    await doubts.deny(
                        session, doubt.operation_id, tries=doubt.tries, by=NEWSROOM, now=now
                    )
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

    async def _cannot_tell(self, doubt: Doubt, error: Exception) -> None:
        log.warning("cannot_tell", operation=doubt.operation_id, why=type(error).__name__)
        patience = self._publishers[doubt.channel].settling
        if isinstance(error, CannotTell) or self._clock() - doubt.last_try > patience:
            why = str(error) if isinstance(error, Elsewhere) or not doubt.is_wanted else None
            async with self._store.transaction() as session:
                await doubts.ask_people(session, doubt.operation_id, now=self._clock(), why=why)
        await self._look_again(doubt)

    async def _look_again(self, doubt: Doubt, at: datetime | None = None) -> None:
        now = self._clock()
        age = now - doubt.last_try
        wait = min(max(age / 16, _SHORTEST_LOOK), _LONGEST_LOOK)
        async with self._store.transaction() as session:
            await doubts.look_again(session, doubt.operation_id, at or now + wait)


def _read(publisher: Publisher, waiting: Sequence[Doubt], found: dict[int, Published]) -> None:
    """Note the proofs found, by operation; raises what kept the reading from being complete."""
    since = min(doubt.since for doubt in waiting) - CLOCKS_APART
    for post, proof in publisher.seek([doubt.post for doubt in waiting], since):
        found.update({one.operation_id: proof for one in waiting if one.post is post})
