"""Seals over the whole record, so that the loss of a chain's end, or of a whole chain, shows."""

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, func
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.chain import START, linked
from content.history import History

AT_ONCE: Final = 20_000
"""How many rows one seal covers: it is made in one transaction, and nobody should wait for it."""
SEALING: Final = 0x0B075EA1
"""The lock that history_end, in the migrations, shares among all who write to the record."""
PATIENCE: Final = "500ms"
"""Less than PostgreSQL's deadlock_timeout: it is the sealing that gives way, not the newsroom."""
_LOCK_NOT_AVAILABLE: Final = "55P03"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class Seal(SQLModel, table=True):
    """One hash over the seal before and all history rows after it, up to the one `up_to`."""

    id: int = Field(default=None, primary_key=True)
    at: datetime
    up_to: int = Field(sa_type=BigInteger)
    rows: int
    sha256: str


class Busy(Exception):
    """Somebody writes to the record all the time: later."""


async def seal(session: AsyncSession, *, now: datetime) -> Seal | None:
    """Seal what happened since the last seal; None when nothing did. Harmless when doubled.

    On PostgreSQL it waits until nobody is writing to the record: then no row can still come below
    the last one. Raises Busy when that takes too long, and the transaction is lost.
    """
    if session.get_bind().dialect.name == "postgresql":
        await _alone(session)
    last = (await session.exec(select(Seal).order_by(col(Seal.id).desc()).limit(1))).first()
    since, before = (last.up_to, last.sha256) if last else (0, START)
    rows = (
        await session.exec(
            select(History.id, History.sha256)
            .where(col(History.id) > since)
            .order_by(col(History.id))
            .limit(AT_ONCE)
        )
    ).all()
    if not rows:
        return None
    facts: dict[str, Any] = {"at": now, "up_to": rows[-1][0], "rows": len(rows)}
    whole = hashlib.sha256("".join(sha256 for _, sha256 in rows).encode()).hexdigest()
    made = Seal(**facts, sha256=linked(before, *facts.values(), whole))
    session.add(made)
    await session.flush()
    return made


async def _alone(session: AsyncSession) -> None:
    await session.exec(select(func.set_config("lock_timeout", PATIENCE, True)))
    try:
        await session.exec(select(func.pg_advisory_xact_lock(SEALING)))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise Busy from error
        raise
