"""Let an adapter in by its channel's account, whose token is renewed in time, once for all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from content import credentials
from content.credentials import Account, Credential, Grant
from content.store import Store
from content.vault import CannotOpen, Vault
from publishers.base import ChannelDown, NotLetIn, Publisher, Rejected, Unavailable, Unclear
from publishers.grants import ClosedChest, NotConnected, NotRenewed, StillRenewing, lost

log = structlog.get_logger()
EARLY: Final = timedelta(minutes=10)
"""A token is renewed this long before its end, so that it does not end during a call."""
Done = TypeVar("Done")
_STORE_AGAIN_SECONDS: Final = 1.0
_LOOKS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, *[2.0] * 13)
"""Seconds between the looks of a worker that waits for the one that renews: half a minute."""


async def acting(
    access: Callable[[Publisher], Awaitable[Publisher]] | None,
    publisher: Publisher,
    work: Callable[[Publisher], Awaitable[Done]],
) -> Done:
    """Do some work with an adapter that is let in.

    Where its token was refused because another worker renewed it meanwhile, with the new one: what
    was refused was not performed. Raises what the work raises; ChannelDown and Unavailable too
    when it could not be let in, before anything was done.
    """
    let_in = await _let_in(access, publisher)
    try:
        return await work(let_in)
    except NotLetIn:
        newer = await _let_in(access, publisher)
        if newer.account == let_in.account:
            raise
    return await work(newer)


async def _let_in(
    access: Callable[[Publisher], Awaitable[Publisher]] | None, publisher: Publisher
) -> Publisher:
    try:
        return publisher if access is None else await access(publisher)
    except (ChannelDown, Unavailable):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was sent
        raise Unavailable(type(error).__name__) from None


class Access:
    """Gives an adapter its account's token, or leaves it the keys it has from the settings.

    Raises ChannelDown when the account must be connected again, Unavailable when it will do later:
    certainly nothing was sent in either case.
    """

    def __init__(self, store: Store, vault: Vault | None, clock: Callable[[], datetime]) -> None:
        """Take where credentials are, what opens them, and the clock."""
        self._store, self._vault, self._clock = store, vault, clock
        self._renewing: set[asyncio.Task[None]] = set()

    async def __call__(self, publisher: Publisher) -> Publisher:
        """Return the adapter, ready to act for its account."""
        if not publisher.connects:
            return publisher
        found = await self._look(publisher.channel)
        if found is None:
            if publisher.has_keys:
                return publisher
            raise NotConnected(publisher)
        return publisher.signed_in(self._opened(publisher, await self._fresh(publisher, found)))

    async def finish(self) -> None:
        """Wait until every renewal that was begun is written down: its answer comes once."""
        await asyncio.gather(*self._renewing, return_exceptions=True)

    async def _fresh(self, publisher: Publisher, found: Credential) -> Credential:
        """Return a credential that lasts, renewed here or by whoever was faster."""
        for seconds in _LOOKS:
            if found.lost_at is not None:
                raise ChannelDown(found.lost_reason or "")
            renewing = found.renewing_until is not None and found.renewing_until > self._clock()
            if not renewing and not self._ends(found):
                return found
            if not renewing and await self._claimed(found):
                await self._apart(self._renew(publisher, found))
            else:
                await asyncio.sleep(seconds)
            found = await self._look(publisher.channel) or found
        raise StillRenewing(publisher)

    def _ends(self, found: Credential) -> bool:
        return found.expires_at is not None and found.expires_at - EARLY <= self._clock()

    async def _claimed(self, found: Credential) -> bool:
        async with self._store.transaction() as session:
            return await credentials.claim_renewal(session, found, now=self._clock())

    async def _apart(self, renewal: Coroutine[Any, Any, None]) -> None:
        """Await a renewal, which goes on to its end when whoever waits for it is stopped."""
        task = asyncio.create_task(renewal)
        self._renewing.add(task)
        task.add_done_callback(self._renewing.discard)
        await asyncio.shield(task)

    async def _renew(self, publisher: Publisher, found: Credential) -> None:
        """Ask for new tokens and store them; a refusal is the end of the credential."""
        begun = self._clock()
        grant = await self._asked(publisher, found)
        await self._write(publisher, found, grant, begun)
        log.info("renewed", channel=publisher.channel, outcome=type(grant).__name__)
        match grant:
            case Unclear(reason=reason):
                raise NotRenewed(publisher, reason)
            case ChannelDown() | Unavailable():
                raise grant

    async def _write(
        self, publisher: Publisher, found: Credential, grant: object, begun: datetime
    ) -> None:
        """Write down what a renewal brought, for as long as it takes: it must not be lost."""
        while True:
            try:
                async with self._store.transaction() as session:
                    await self._write_once(session, publisher, found, grant, begun)
            except SQLAlchemyError:
                log.exception("renewal_not_stored", channel=publisher.channel)
                await asyncio.sleep(_STORE_AGAIN_SECONDS)
            else:
                return

    async def _write_once(
        self,
        session: AsyncSession,
        publisher: Publisher,
        found: Credential,
        grant: object,
        begun: datetime,
    ) -> None:
        if isinstance(grant, Grant):
            await credentials.store_renewed(session, self._chest(), found, grant, now=begun)
        elif isinstance(grant, Rejected):
            reason = lost(publisher, found.account)
            await credentials.lose(session, found, reason, now=self._clock())
        else:
            await credentials.give_back(session, found)

    async def _asked(
        self, publisher: Publisher, found: Credential
    ) -> Grant | Rejected | Unclear | ChannelDown | Unavailable:
        try:
            account = self._opened(publisher, found)
            return await asyncio.to_thread(publisher.renew, account)
        except (Rejected, Unclear, ChannelDown, Unavailable) as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows what X did
            return Unclear(type(error).__name__)

    async def _look(self, channel: str) -> Credential | None:
        async with self._store.reading() as session:
            return await credentials.of(session, channel)

    def _opened(self, publisher: Publisher, found: Credential) -> Account:
        try:
            return credentials.opened(self._chest(), found)
        except CannotOpen:
            raise ClosedChest(publisher) from None

    def _chest(self) -> Vault:
        if self._vault is None:
            raise CannotOpen("there is no key")
        return self._vault
