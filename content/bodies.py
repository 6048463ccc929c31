"""Bodies with accounts of their own on the networks: a municipality, a university, a company.

A text names its body in words (content.organisations); what is the body's is kept by its name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Column
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor, record
from content.municipalities import fold
from content.store import locked

LONGEST_NAME: Final = 200


class Body(SQLModel, table=True):
    """A body, by the name it is shown with; `folded` is the same however people write it.

    `accounts` are its own on the networks, each by the name of the channel that posts there.
    """

    id: int = Field(default=None, primary_key=True)
    folded: str = Field(unique=True)
    name: str
    accounts: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


async def set_accounts(
    session: AsyncSession, name: str, changes: Mapping[str, str], *, by: Actor, now: datetime
) -> bool:
    """Change accounts of a body, by channel: "" takes one away, the others stay as they are.

    False, and nothing is written, where that changes nothing.
    """
    body = await named(session, name) or await _begun(session, name)
    await locked(session, body)
    before = {channel: body.accounts.get(channel, "") for channel in changes}
    changed = {channel: one for channel, one in changes.items() if one != before[channel]}
    if not changed:
        return False
    known = {**body.accounts, **changed}
    body.accounts = {channel: one for channel, one in known.items() if one}
    session.add(body)
    data = {"accounts": changed, "before": {channel: before[channel] for channel in changed}}
    await record(session, "body", body.id, "accounts_set", by=by, now=now, data=data)
    return True


async def accounts_of(session: AsyncSession, name: str) -> Mapping[str, str]:
    """Return the accounts of a body by channel; none where nobody wrote any down."""
    body = await named(session, name)
    return body.accounts if body else {}


async def named(session: AsyncSession, name: str) -> Body | None:
    """Return a body however its name is written, None where nothing is kept of it."""
    return (await session.exec(select(Body).where(Body.folded == folded(name)))).first()


def folded(name: str) -> str:
    """Return a body's name as it is the same for all who write it: signs, capitals, accents."""
    return " ".join(fold(name).replace("’", "'").split())


async def _begun(session: AsyncSession, name: str) -> Body:
    """Return a new row, or the one that somebody else has begun in this moment."""
    body = Body(folded=folded(name), name=" ".join(name.split()), accounts={})
    try:
        async with session.begin_nested():
            session.add(body)
            await session.flush()
    except IntegrityError:
        found = await named(session, name)
        assert found is not None
        return found
    return body
