"""The bodies to be read: all that pieces speak for, and all that have accounts of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article
from content.bodies import Body, folded

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A body: how it is called, in how many pieces it speaks, its accounts by channel."""

    name: str
    pieces: int
    accounts: Mapping[str, str]


async def bodies(session: AsyncSession, wanted: str = "") -> Sequence[Entry]:
    """Return the bodies whose name has what is wanted in it, by name, at most MOST.

    Ways of writing one name are one body.
    """
    counted = (
        select(Article.organisation, func.count())
        .where(Article.organisation != "")
        .group_by(col(Article.organisation))
        .order_by(func.count(), col(Article.organisation))
    )
    found: dict[str, Entry] = {}
    for name, pieces in (await session.exec(counted)).all():  # the usual way of writing comes last
        before = found.get(folded(name))
        found[folded(name)] = Entry(name, pieces + (before.pieces if before else 0), {})
    for body in (await session.exec(select(Body))).all():
        told = found.get(body.folded)
        if body.accounts or told:
            name, pieces = (told.name, told.pieces) if told else (body.name, 0)
            found[body.folded] = Entry(name, pieces, body.accounts)
    part = folded(wanted)
    return [found[key] for key in sorted(found) if part in key][:MOST]
