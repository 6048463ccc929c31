"""The way to a channel's service and back, on which a person lets the newsroom in by its account.

One question has one state, good once, in the browser session that asked; PKCE is RFC 7636.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content.credentials import Grant
from content.vault import Vault

__all__ = ["Handshake", "Offer", "Secret", "accept", "ask", "asked", "drop", "fail", "forget_old",
           "keep_offers", "offered", "take", "underway"]  # fmt: skip

LASTS: Final = timedelta(minutes=15)
"""For how long a person may be away, and then may take to choose."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What proves that an answer is to our question: the state, and PKCE's verifier."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    @property
    def challenge(self) -> str:
        """The verifier's S256 challenge."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that a person may let post: its id and name there, and what it grants.

    `closed` says in Italian why it is not to be had, "" where it is.
    """

    id: str
    name: str
    grant: Grant
    closed: str = ""


class Handshake(SQLModel, table=True):
    """One question to a channel's service, asked in one browser session.

    `sealed` holds the Secret until the browser is back at `returned_at`, and then what is offered,
    once the service has said it; `problem` says in Italian why nothing came of it.
    """

    state_sha256: str = Field(primary_key=True)
    session_sha256: str = Field(index=True)
    channel: str
    sealed: str
    expires_at: datetime = Field(index=True)
    returned_at: datetime | None = None
    problem: str | None = None


async def ask(
    session: AsyncSession, vault: Vault, token: str, channel: str, *, now: datetime
) -> Secret:
    """Begin anew in the browser session of a token, and return what the question carries."""
    await forget_old(session, now=now)
    await drop(session, token, channel)
    secret = Secret()
    session.add(
        Handshake(
            state_sha256=_digest(secret.state),
            session_sha256=_digest(token),
            channel=channel,
            sealed=_seal(vault, state=secret.state, verifier=secret.verifier),
            expires_at=now + LASTS,
        )
    )
    await session.flush()
    return secret


async def underway(
    session: AsyncSession, token: str, channel: str, *, now: datetime
) -> Handshake | None:
    """Return how far a browser session is with a channel; None when it asked nothing."""
    query = select(Handshake).where(_of(token, channel), col(Handshake.expires_at) > now)
    return (await session.exec(query)).first()


def asked(vault: Vault, row: Handshake) -> Secret:
    """Return what a question carries that nobody answered yet; raises CannotOpen."""
    said = _open(vault, row)
    return Secret(said["state"], said["verifier"])


def offered(vault: Vault, row: Handshake) -> Sequence[Offer]:
    """Return what the service offered, nothing while it is asked; raises CannotOpen."""
    said = _open(vault, row)["offers"] if row.sealed else ()
    return [Offer(**one | {"grant": Grant(**one["grant"])}) for one in said]


async def take(
    session: AsyncSession, vault: Vault, token: str, state: str, *, now: datetime
) -> tuple[Handshake, Secret] | None:
    """Use up the state that a browser came back with; None when it is not this session's, or old.

    To be committed before anybody is asked what came with it. Raises CannotOpen.
    """
    ours = (
        col(Handshake.state_sha256) == _digest(state),
        col(Handshake.session_sha256) == _digest(token),
        col(Handshake.returned_at).is_(None),
        col(Handshake.expires_at) > now,
    )
    row = (await session.exec(select(Handshake).where(*ours))).first()
    if row is None:
        return None
    secret = asked(vault, row)
    used = await session.exec(
        update(Handshake)
        .where(*ours)
        .values(returned_at=now, expires_at=now + LASTS, sealed="")
        .execution_options(synchronize_session=False)
    )
    return (row, secret) if used.rowcount == 1 else None


async def keep_offers(
    session: AsyncSession, vault: Vault, row: Handshake, offers: Sequence[Offer]
) -> None:
    """Keep, sealed, what the service offered until a person has chosen."""
    said = [asdict(one) for one in offers]
    await _change(session, row, sealed=_seal(vault, offers=said))


async def fail(session: AsyncSession, row: Handshake, problem: str) -> None:
    """Note why nothing came of it, for the person who asked."""
    await _change(session, row, sealed="", problem=problem)


async def accept(
    session: AsyncSession, vault: Vault, token: str, channel: str, account_id: str, *, now: datetime
) -> Offer | None:
    """End it with the account that was chosen, once; None when it is not offered, or no longer.

    Raises CannotOpen.
    """
    row = await underway(session, token, channel, now=now)
    if row is None or row.returned_at is None:
        return None
    chosen = [one for one in offered(vault, row) if one.id == account_id and not one.closed]
    if not chosen or not await drop(session, token, channel):
        return None
    grant, away = chosen[0].grant, (now - row.returned_at).total_seconds()
    seconds = None if grant.seconds is None else grant.seconds - away
    return replace(chosen[0], grant=replace(grant, seconds=seconds))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Forget what nobody came back from, or chose from, in time."""
    await session.exec(delete(Handshake).where(col(Handshake.expires_at) <= now))


async def drop(session: AsyncSession, token: str, channel: str) -> bool:
    """End it with nothing; False when there was nothing to end."""
    ended = await session.exec(delete(Handshake).where(_of(token, channel)))
    return bool(ended.rowcount == 1)


def _of(token: str, channel: str) -> Any:
    return (col(Handshake.session_sha256) == _digest(token)) & (col(Handshake.channel) == channel)


async def _change(session: AsyncSession, row: Handshake, **values: object) -> None:
    """Change what is still there: the person may have begun anew meanwhile."""
    await session.exec(
        update(Handshake)
        .where(col(Handshake.state_sha256) == row.state_sha256)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _seal(vault: Vault, **said: object) -> str:
    return vault.seal(json.dumps(said))


def _open(vault: Vault, row: Handshake) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(vault.open(row.sealed))
    return said


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
