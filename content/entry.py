"""How members of the newsroom come into its console: no passwords, but links, launches, sessions.

A link is sent by the bot and works once; a launch is what Telegram signs when the console is opened
inside it. Of links, launches and sessions only hashes are kept.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from content import people
from content.history import Actor, record
from content.people import Moderator

LINK_LASTS: Final = timedelta(minutes=10)
LAUNCH_LASTS: Final = timedelta(minutes=10)
SESSION_LASTS: Final = timedelta(hours=12)
LONGEST_BROWSER: Final = 120


class EntryLink(SQLModel, table=True):
    """A link into the console that works once."""

    __tablename__ = "entry_link"

    code_sha256: str = Field(primary_key=True)
    moderator_id: int = Field(foreign_key="moderator.id")
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class Launch(SQLModel, table=True):
    """A launch that was used, remembered for as long as it would be good."""

    sha256: str = Field(primary_key=True)
    expires_at: datetime = Field(index=True)


class ConsoleSession(SQLModel, table=True):
    """A browser in which a member of the newsroom is at work; `browser` is what it calls itself."""

    __tablename__ = "console_session"

    token_sha256: str = Field(primary_key=True)
    moderator_id: int = Field(foreign_key="moderator.id", index=True)
    created_at: datetime
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = None
    browser: str


async def link(session: AsyncSession, member: Moderator, *, now: datetime) -> str:
    """Make a one-time link for a member and return its code, which is stored nowhere."""
    code = secrets.token_urlsafe(32)
    session.add(
        EntryLink(code_sha256=_digest(code), moderator_id=member.id, expires_at=now + LINK_LASTS)
    )
    await session.flush()
    return code


async def by_link(session: AsyncSession, code: str, *, now: datetime) -> Moderator | None:
    """Use a link up and return whose it is; None when it is not good, or they left."""
    used = await session.exec(
        update(EntryLink)
        .where(
            col(EntryLink.code_sha256) == _digest(code),
            col(EntryLink.used_at).is_(None),
            col(EntryLink.expires_at) > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:
        return None
    row = await session.get_one(EntryLink, _digest(code))
    member = await session.get_one(Moderator, row.moderator_id)
    return member if member.active else None


async def by_launch(
    session: AsyncSession, sha256: str, telegram_id: int, *, now: datetime
) -> Moderator | None:
    """Take a launch that Telegram signed; None when it was used before, or by a stranger."""
    if await session.get(Launch, sha256) is not None:
        return None
    session.add(Launch(sha256=sha256, expires_at=now + LAUNCH_LASTS))
    await session.flush()
    return await people.moderator(session, telegram_id)


async def open_session(
    session: AsyncSession,
    member: Moderator,
    browser: str,
    way: str,
    *,
    now: datetime,
) -> str:
    """Let a member in and return the token that their browser keeps, which is stored nowhere.

    `way` is "link" or "launch".
    """
    await _forget_old(session, now)
    token = secrets.token_urlsafe(32)
    session.add(
        ConsoleSession(
            token_sha256=_digest(token),
            moderator_id=member.id,
            created_at=now,
            expires_at=now + SESSION_LASTS,
            browser=browser[:LONGEST_BROWSER],
        )
    )
    by = Actor("moderator", member.id)
    await record(session, "moderator", member.id, "entered", by=by, now=now, data={"way": way})
    return token


async def member_of(session: AsyncSession, token: str, *, now: datetime) -> Moderator | None:
    """Return whose a session is, with the role they have now; None when it is over."""
    query = (
        select(Moderator)
        .join(ConsoleSession, col(ConsoleSession.moderator_id) == col(Moderator.id))
        .where(
            ConsoleSession.token_sha256 == _digest(token),
            col(ConsoleSession.revoked_at).is_(None),
            col(ConsoleSession.expires_at) > now,
            col(Moderator.active),
        )
    )
    return (await session.exec(query)).first()


async def close_session(session: AsyncSession, token: str, *, now: datetime) -> None:
    """End one session."""
    await _revoke(session, col(ConsoleSession.token_sha256) == _digest(token), now)


async def close_all(session: AsyncSession, moderator_id: int, *, now: datetime) -> None:
    """End every session of a member, in whatever browser."""
    await _revoke(session, col(ConsoleSession.moderator_id) == moderator_id, now)


async def _revoke(session: AsyncSession, which: object, now: datetime) -> None:
    await session.exec(
        update(ConsoleSession)
        .where(which, col(ConsoleSession.revoked_at).is_(None))  # type: ignore[arg-type]
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


async def _forget_old(session: AsyncSession, now: datetime) -> None:
    for table in (EntryLink, Launch, ConsoleSession):
        await session.exec(delete(table).where(col(table.expires_at) < now - SESSION_LASTS))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
