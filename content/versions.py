"""Every version of every article, so that what the model wrote and what people changed is seen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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


async def said(session: AsyncSession, article_id: int, version: int) -> ArticleVersion | None:
    """Return one version of an article, None where there is none."""
    query = select(ArticleVersion).where(
        ArticleVersion.article_id == article_id, ArticleVersion.version == version
    )
    return (await session.exec(query)).first()


@dataclass(frozen=True, slots=True)
class Merged:
    """Two texts that began as one, brought together: `content` is what a person wrote.

    Where they left a field as it was, it has what the article says now. `clashes` are the fields
    that were changed on both sides, with what the article says of each; `taken` those that were
    changed there alone.
    """

    content: dict[str, Any]
    clashes: dict[str, Any]
    taken: tuple[str, ...]


def merged(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Bring what a person wrote together with what the article says now; `base` is what they read.

    What is said of each channel counts as a field of its own: "texts.x", "forms.x".
    """
    read, wrote, says = _flat(base), _flat(mine), _flat(theirs)
    whole, clashes, taken = dict[str, Any](), dict[str, Any](), list[str]()
    for name in {**says, **wrote}:
        before, value, now = read.get(name), wrote.get(name), says.get(name)
        whole[name] = now if value == before else value
        if now in (before, value):
            continue
        if value == before:
            taken.append(name)
        else:
            clashes[name] = now
    content: dict[str, Any] = {field: {} for field in _BY_CHANNEL}
    for name, value in whole.items():
        field, _, channel = name.partition(".")
        if not channel:
            content[name] = value
        elif value:
            content[field][channel] = value
    return Merged(content, clashes, tuple(taken))


_BY_CHANNEL: Final = ("texts", "forms")


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in content.items() if name not in _BY_CHANNEL}
    for field in _BY_CHANNEL:
        plain |= {f"{field}.{name}": said for name, said in content.get(field, {}).items()}
    return plain


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
