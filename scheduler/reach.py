"""Reads back how far posts went, politely: a few times each, so many at once, within the cap."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog

from content import accounts, reach
from content.reach import Asked, Figures
from content.store import Store
from publishers.base import Publisher, Unavailable
from scheduler.access import acting

log = structlog.get_logger()
_REST: Final = timedelta(hours=1)
"""How long a channel that gives no figures is left alone, where it names no time itself."""


class Reach:
    """Asks each channel about posts whose reading is due; what one crash loses is read again."""

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        clock: Callable[[], datetime],
        access: Callable[[Publisher], Awaitable[Publisher]] | None = None,
    ) -> None:
        """Take also who signs an adapter in for its connected account, where there are any."""
        self._store, self._publishers, self._clock, self._access = store, publishers, clock, access
        self._rest: dict[str, datetime] = {}

    async def sweep(self) -> None:
        """Read what is due once, channel after channel."""
        for publisher in self._publishers.values():
            rest = self._rest.get(publisher.channel)
            if publisher.figures_at_once and (rest is None or rest <= self._clock()):
                await self._read(publisher)

    async def _read(self, publisher: Publisher) -> None:
        asked: list[Asked] = []

        async def read(let_in: Publisher) -> Mapping[str, Figures]:
            if not asked:  # only now: a reading that nobody may make is no try
                asked.extend(await self._take(publisher))
            ids = [one.remote_id for one in asked]
            return await asyncio.to_thread(let_in.figures, ids) if ids else {}

        try:
            found = await acting(self._access, publisher, read)
        except Exception as error:  # noqa: BLE001 - no figures, no harm
            self._let_rest(publisher, error)
            return
        if not asked:
            return
        async with self._store.transaction() as session:
            await reach.keep(session, asked, found, now=self._clock())
        log.info("figures_read", channel=publisher.channel, posts=len(asked))

    async def _take(self, publisher: Publisher) -> Sequence[Asked]:
        """Take what is due, as much as there is money for beside the posts."""
        now, name, most = self._clock(), publisher.channel, publisher.figures_at_once
        cap, prices = publisher.monthly_cap, publisher.prices
        async with self._store.transaction() as session:
            if cap and prices.figures:
                spare = await accounts.spare(session, name, prices, cap, now=now)
                most = min(most, _times(spare, prices.figures))
            return await reach.take(session, name, now=now, limit=most) if most > 0 else []

    def _let_rest(self, publisher: Publisher, error: Exception) -> None:
        log.warning("no_figures", channel=publisher.channel, why=type(error).__name__)
        named = error.retry_at if isinstance(error, Unavailable) else None
        self._rest[publisher.channel] = named or self._clock() + _REST


def _times(amount: Decimal, price: Decimal) -> int:
    return max(0, int(amount // price))
