"""What people change of an article: each time a version of its own, and never unseen."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from content import alts, versions
from content.articles import EDITABLE, Article, content_of
from content.deliveries import call_off
from content.history import Actor, NotAllowed, change_state, record
from content.posts import Section
from content.store import locked
from content.submissions import Kind
from content.workflow import ARTICLE, ArticleState

_KNOWN: Final[Mapping[str, Callable[[Any], Any]]] = {"kind": Kind, "section": Section}


class EditedMeanwhile(Exception):
    """Somebody else changed the article since it was read."""


async def edit(
    session: AsyncSession,
    article: Article,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Article:
    """Change an article as a person asks; an approved one becomes a draft again.

    What was planned of it and is not on its way is dropped with the approval. `version` is the
    one that the person read: raises EditedMeanwhile when there is a newer one; NotAllowed when it
    was retracted; ValueError for a kind or section that there is not.
    """
    assert set(changes) <= set(EDITABLE)
    await locked(session, article)
    if version is not None and article.version != version:
        raise EditedMeanwhile
    if article.state is ArticleState.RETRACTED:
        raise NotAllowed("article", article.state, ArticleState.DRAFT)
    before = content_of(article)
    if article.state is ArticleState.APPROVED:
        await change_state(
            session, article, ARTICLE, ArticleState.DRAFT, verb="reopened", by=by, now=now
        )
        await call_off(session, article.id, by=by, now=now)
    for name, value in changes.items():
        changed = alts.reviewed(article.media, value) if name == "media" else value
        setattr(article, name, _KNOWN[name](changed) if name in _KNOWN else changed)
    article.version += 1
    session.add(article)
    await session.flush()
    await _note(session, article, before, by=by, now=now)
    return article


async def accept_alts(session: AsyncSession, article: Article, *, by: Actor, now: datetime) -> bool:
    """Take the words proposed for an article's pictures as they are; False when there are none.

    Nothing changes of what is sent, so this is no new version.
    """
    await locked(session, article)
    lacking = alts.lacking(article.media)
    if not lacking or not all(str(one.get("alt", "")).strip() for one in lacking):
        return False
    article.media = alts.accepted(article.media)
    session.add(article)
    data = {"version": article.version, "pictures": [one["sha256"] for one in lacking]}
    await record(session, "article", article.id, "alts_accepted", by=by, now=now, data=data)
    return True


async def _note(
    session: AsyncSession,
    article: Article,
    before: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    after = content_of(article)
    sha256 = versions.keep(session, article.id, article.version, after, by=by, now=now)
    data = {
        "version": article.version,
        "sha256": sha256,
        "fields": versions.changes(before, after),
    }
    await record(session, "article", article.id, "edited", by=by, now=now, data=data)
