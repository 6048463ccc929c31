"""Every version of every article, so that what the model wrote and what people changed is seen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.history import Actor


class ArticleVersion(SQLModel, table=True):
    """What an article said in one version, and who made it so; never changed but emptied."""

    __tablename__ = "article_version"
    __table_args__ = (UniqueConstraint("article_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    version: int
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    by: str
    by_id: int | None = None
    at: datetime


def keep(
    session: AsyncSession,
    article_id: int,
    version: int,
    content: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> str:
    """Keep a version; return the hash of what it says."""
    session.add(
        ArticleVersion(
            article_id=article_id,
            version=version,
            content=dict(content),
            by=by.kind,
            by_id=by.id,
            at=now,
        )
    )
    return digest(content)


async def of(session: AsyncSession, article_id: int) -> Sequence[ArticleVersion]:
    """Return the versions of an article, the first one first."""
    query = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return (await session.exec(query.order_by(col(ArticleVersion.version)))).all()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the fields in which two versions differ, each with its hash before and after."""
    return {
        name: {"before": digest(before.get(name)), "after": digest(value)}
        for name, value in after.items()
        if before.get(name) != value
    }


def digest(value: object) -> str:
    """Return the SHA-256 of a plain JSON value, which tells nobody what it was."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
