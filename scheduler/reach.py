"""Reads back how far posts went, politely: a few times each, so many at once, within the cap."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog

from content import accounts, reach
from content.store import Store
from publishers.base import ChannelDown, Publisher, Unavailable

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
        now = self._clock()
        try:  # before anything is taken: a reading that nobody may make is no try
            reader = publisher if self._access is None else await self._access(publisher)
        except (ChannelDown, Unavailable) as error:
            self._let_rest(publisher, error)
            return
        async with self._store.transaction() as session:
            most = publisher.figures_at_once
            if publisher.monthly_cap and publisher.price_of_figures:
                known = await reach.begun_this_month(session, publisher.channel, now=now)
                posts = await accounts.spent(session, publisher.channel, publisher.cost, now=now)
                left = publisher.monthly_cap - posts - known * publisher.price_of_figures
                most = min(most, _times(left, publisher.price_of_figures))
            if most <= 0:
                return
            asked = await reach.take(session, publisher.channel, now=now, limit=most)
        if not asked:
            return
        try:
            ids = [one.remote_id for one in asked]
            found = await asyncio.to_thread(reader.figures, ids)
        except Exception as error:  # noqa: BLE001 - no figures, no harm
            self._let_rest(publisher, error)
            return
        async with self._store.transaction() as session:
            await reach.keep(session, asked, found, now=self._clock())
        log.info("figures_read", channel=publisher.channel, posts=len(asked))

    def _let_rest(self, publisher: Publisher, error: Exception) -> None:
        log.warning("no_figures", channel=publisher.channel, why=type(error).__name__)
        named = error.retry_at if isinstance(error, Unavailable) else None
        self._rest[publisher.channel] = named or self._clock() + _REST


def _times(amount: Decimal, price: Decimal) -> int:
    return max(0, int(amount // price))
