"""By what a channel's account lets us in: sealed in the database, renewed by one worker at a time.

A renewal is one conditional UPDATE that claims it, committed before anybody is asked; what comes of
it is stored before it is used.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import channels
from content.history import NEWSROOM, Actor, History, record
from content.vault import CannotOpen, Vault

__all__ = ["Account", "Credential", "Grant", "all_of", "claim_renewal", "disconnect", "give_back",
           "keep", "lose", "of", "opened", "reseal", "store_renewed"]  # fmt: skip

LONGEST_RENEWAL: Final = timedelta(minutes=2)
"""After so long a renewal that nobody heard of again may be tried by another worker."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account granted: its tokens, what they may do, and for how many seconds.

    `renewal` is the refresh token, "" where there is none; `seconds` is None where no end is told.
    """

    token: str = field(repr=False)
    scopes: Sequence[str]
    renewal: str = field(default="", repr=False)
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account that let us in: its id and name there, and the token that opens it now."""

    id: str
    name: str
    token: str = field(repr=False)
    renewal: str = field(default="", repr=False)


class Credential(SQLModel, table=True):
    """The account of a channel; `sealed` holds its tokens, `version` grows with each of them.

    `renewing_until` is the lease of the worker that renews it; `lost_at` says since when it opens
    nothing, `lost_reason` why, in Italian.
    """

    channel: str = Field(primary_key=True, foreign_key="channel.name")
    account_id: str
    account: str
    scopes: str
    sealed: str
    version: int = 1
    connected_at: datetime
    renewed_at: datetime
    expires_at: datetime | None = None
    renewing_until: datetime | None = None
    lost_at: datetime | None = None
    lost_reason: str | None = None


async def of(session: AsyncSession, channel: str) -> Credential | None:
    """Return a channel's credential as the database has it now, None without one."""
    query = select(Credential).where(Credential.channel == channel)
    found: Credential | None = (
        await session.exec(query.execution_options(populate_existing=True))
    ).first()
    return found


async def all_of(session: AsyncSession) -> Sequence[Credential]:
    """Return every credential, by the channel's name."""
    return (await session.exec(select(Credential).order_by(col(Credential.channel)))).all()


def opened(vault: Vault, credential: Credential) -> Account:
    """Return the account with its tokens; raises CannotOpen."""
    said = json.loads(vault.open(credential.sealed))
    if (said["channel"], said["account"]) != (credential.channel, credential.account_id):
        raise CannotOpen("it was sealed for another account")
    return Account(credential.account_id, credential.account, said["token"], said["renewal"])


async def keep(
    session: AsyncSession,
    vault: Vault,
    channel: str,
    grant: Grant,
    account: tuple[str, str],
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Keep the account (id, name) that was connected to a channel, in the place of any before.

    Lets the channel send again if it was the newsroom that paused it; returns whether it did.
    """
    await channels.open_channels(session, [channel])
    await session.get_one(channels.Channel, channel, with_for_update=True)
    before = await of(session, channel)
    row = Credential(
        channel=channel,
        account_id=account[0],
        account=account[1],
        scopes=" ".join(sorted(grant.scopes)),
        sealed=_sealed(vault, channel, account[0], grant),
        version=before.version + 1 if before else 1,
        connected_at=now,
        renewed_at=now,
        expires_at=_end(grant, now),
    )
    await session.merge(row)
    said = {"channel": channel, "account": account[1], "scopes": row.scopes}
    await record(session, "channel", 0, "connected", by=by, now=now, data=said)
    if not await _paused_by_itself(session, channel):
        return False
    return await channels.resume(session, channel, by=by, now=now)


async def disconnect(
    session: AsyncSession, channel: str, pause_for: str | None, *, by: Actor, now: datetime
) -> bool:
    """Forget a channel's account; False when it has none.

    With a reason the channel is paused, as for an account that was lost: connecting ends it.
    """
    await session.get(channels.Channel, channel, with_for_update=True)
    found = await of(session, channel)
    if found is None:
        return False
    said = {"channel": channel, "account": found.account}
    await session.delete(found)
    await session.flush()
    await record(session, "channel", 0, "disconnected", by=by, now=now, data=said)
    if pause_for is not None:
        await channels.pause(session, channel, pause_for, by=NEWSROOM, now=now)
    return True


async def claim_renewal(session: AsyncSession, credential: Credential, *, now: datetime) -> bool:
    """Take the renewal of a credential; False when another has it, or has done it."""
    return await _change(
        session,
        credential,
        or_(col(Credential.renewing_until).is_(None), col(Credential.renewing_until) <= now),
        renewing_until=now + LONGEST_RENEWAL,
    )


async def store_renewed(
    session: AsyncSession, vault: Vault, credential: Credential, grant: Grant, *, now: datetime
) -> bool:
    """Store what a renewal brought, before anybody uses it; False when it was connected anew.

    `now` is the moment before the service was asked: from then its seconds count.
    """
    return await _change(
        session,
        credential,
        sealed=_sealed(vault, credential.channel, credential.account_id, grant),
        scopes=" ".join(sorted(grant.scopes)) or credential.scopes,
        version=credential.version + 1,
        renewed_at=now,
        expires_at=_end(grant, now),
        renewing_until=None,
        lost_at=None,
        lost_reason=None,
    )


async def give_back(session: AsyncSession, credential: Credential) -> None:
    """Let anybody try a renewal again that brought nothing."""
    await _change(session, credential, renewing_until=None)


async def lose(
    session: AsyncSession, credential: Credential, reason: str, *, now: datetime
) -> None:
    """Note that a credential opens nothing any more, and pause its channel with one alert."""
    values = {"renewing_until": None, "lost_at": now, "lost_reason": reason}
    if await _change(session, credential, col(Credential.lost_at).is_(None), **values):
        await channels.pause(session, credential.channel, reason, by=NEWSROOM, now=now)


async def reseal(session: AsyncSession, vault: Vault) -> tuple[int, list[str]]:
    """Seal every credential with the vault's first key.

    Returns how many, and the channels whose credential no key opens, which stays as it was.
    """
    done, closed = 0, []
    for one in (await session.exec(select(Credential).with_for_update())).all():
        try:
            one.sealed = vault.seal(vault.open(one.sealed))
        except CannotOpen:
            closed.append(one.channel)
        else:
            session.add(one)
            done += 1
    return done, closed


def _sealed(vault: Vault, channel: str, account_id: str, grant: Grant) -> str:
    """Seal the tokens together with whose they are: no row can take another's."""
    said = {"channel": channel, "account": account_id}
    return vault.seal(json.dumps(said | {"token": grant.token, "renewal": grant.renewal}))


def _end(grant: Grant, now: datetime) -> datetime | None:
    return None if grant.seconds is None else now + timedelta(seconds=grant.seconds)


async def _change(
    session: AsyncSession, seen: Credential, *conditions: object, **values: object
) -> bool:
    """Change a credential that is still the version that was seen, of the same connection."""
    changed = await session.exec(
        update(Credential)
        .where(
            col(Credential.channel) == seen.channel,
            col(Credential.version) == seen.version,
            col(Credential.connected_at) == seen.connected_at,
            *conditions,  # type: ignore[arg-type]
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)


async def _paused_by_itself(session: AsyncSession, channel: str) -> bool:
    """Whether it was no person who paused the channel last."""
    query = (
        select(History.actor)
        .where(
            History.noun == "channel",
            History.verb == "paused",
            col(History.data)["channel"].as_string() == channel,
        )
        .order_by(col(History.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first() == NEWSROOM.kind
