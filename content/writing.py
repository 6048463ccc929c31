"""What members of the newsroom are writing of an article and have not saved: kept as they type.

Nothing here changes an article: content.editing does, when they save.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.articles import Article, content_of
from content.people import Moderator
from content.store import locked

HERE_FOR: Final = timedelta(seconds=20)
"""For how long after their page was last heard of somebody counts as present."""


class Writing(SQLModel, table=True):
    """What one person has on their page of an article.

    `opened_at` names the page, the last of this article that they opened; `version` is the
    article's that they began from. `content` is empty where they changed nothing; `kept_at` is
    when they last did.
    """

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    moderator_id: int = Field(primary_key=True, foreign_key="moderator.id")
    opened_at: datetime
    seen_at: datetime
    version: int
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    kept_at: datetime | None = None


async def keep(
    session: AsyncSession,
    article: Article,
    moderator: Moderator,
    content: Mapping[str, Any],
    *,
    version: int,
    opened_at: datetime,
    now: datetime,
) -> bool:
    """Keep what a person wrote on a page; False, and nothing is kept, when it is not their last.

    `version` is the article's that they began from. What the article says anyway is not kept.
    """
    row = await _page(session, article, moderator, version, opened_at, now)
    if row is None:
        return False
    said = version == article.version and content == content_of(article)
    row.version, row.content = version, {} if said else dict(content)
    row.kept_at = None if said else now
    return True


async def here(
    session: AsyncSession,
    article: Article,
    moderator: Moderator,
    *,
    opened_at: datetime,
    now: datetime,
) -> bool:
    """Note that a person is at a page of an article; False when it is not their last."""
    return await _page(session, article, moderator, article.version, opened_at, now) is not None


async def settle(
    session: AsyncSession, article: Article, moderator: Moderator, *, now: datetime
) -> None:
    """Drop what a person had not saved: it is saved now, or not wanted.

    What their page still sends comes too late.
    """
    row = await _page(session, article, moderator, article.version, now, now)
    if row is not None:
        row.version, row.content, row.kept_at = article.version, {}, None


async def of(session: AsyncSession, article_id: int, moderator_id: int) -> Writing | None:
    """Return what a person has on their page of an article, None when they never opened it."""
    return await session.get(Writing, (article_id, moderator_id), populate_existing=True)


async def others(
    session: AsyncSession, article_id: int, moderator_id: int, *, now: datetime
) -> Sequence[tuple[str, bool]]:
    """Return who else has an article open, and whether each has words that are not saved."""
    query = (
        select(Writing, Moderator.name)
        .join(Moderator, col(Moderator.id) == col(Writing.moderator_id))
        .where(
            Writing.article_id == article_id,
            Writing.moderator_id != moderator_id,
            col(Writing.seen_at) > now - HERE_FOR,
        )
        .order_by(col(Moderator.name))
    )
    return [(name, bool(row.content)) for row, name in (await session.exec(query)).all()]


async def _page(
    session: AsyncSession,
    article: Article,
    moderator: Moderator,
    version: int,
    opened_at: datetime,
    now: datetime,
) -> Writing | None:
    """Return a person's row as seen now, a new one at need; None for any but their last page."""
    await locked(session, article)  # or two requests of one page would both begin the row
    row = await of(session, article.id, moderator.id)
    if row is None:
        row = Writing(
            article_id=article.id,
            moderator_id=moderator.id,
            opened_at=opened_at,
            seen_at=now,
            version=version,
            content={},
        )
    if opened_at < row.opened_at:
        return None
    row.opened_at, row.seen_at = min(opened_at, now), now
    session.add(row)
    return row
