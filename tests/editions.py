"""Short ways to an edition: a Lab whose pieces are out in the column."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, channels, labs, review, sending, submissions
from content.articles import Article
from content.deliveries import Delivery, Operation
from content.drafting import Draft
from content.history import Actor
from content.people import Lab, Participant
from tests import stories

PAGE = stories.FIRST
SITE = "https://column.example"


async def lab_of(session: AsyncSession, cast: SimpleNamespace, now: datetime) -> Lab:
    """Return the Lab that Ada is in, opened by Bruno."""
    by = Actor("moderator", cast.bruno.id)
    lab, _ = await labs.create(session, "Città intelligenti", 2027, by=by, now=now)
    await labs.join(session, await session.get_one(Participant, cast.ada.id), lab, now=now)
    return lab


async def approved(
    session: AsyncSession,
    cast: SimpleNamespace,
    now: datetime,
    title: str,
    *,
    person: Participant | None = None,
    sdgs: tuple[int, ...] = (4,),
    **fields: Any,
) -> Article:
    """Return an approved piece that Ada, or another person, told; nothing of it is out."""
    teller = await session.get_one(Participant, (person or cast.ada).id)
    await channels.open_channels(session, [PAGE])
    by = Actor("participant", teller.id)
    submission, revision = await submissions.begin(session, teller, now=now)
    told = {"text": stories.TEXT, "title": title, "organisation": "Comune di Tirano", **fields}
    await submissions.write(session, revision, told, by=by, now=now)
    await submissions.receive(session, submission, revision, by=by, now=now)
    words = {"lead": "Orario serale.", "text": f"{stories.TEXT} ({title})"}
    draft = Draft(title=title, sdgs=sdgs, texts={}, **words)
    article = await articles.draft(session, revision, draft, now=now)
    posts = [one for one in stories.posts_of(article) if one.channel == PAGE]
    await review.approve(
        session, submission, await session.merge(cast.bruno), posts, version=article.version,
        seen=review.view_hash(posts), page_channel=PAGE, immediately=True, now=now,
    )  # fmt: skip
    return article


async def send(session: AsyncSession, article: Article, now: datetime) -> None:
    """Let what was planned of a piece go out."""
    query = select(Operation.id).join(Delivery).where(Delivery.article_id == article.id)
    for operation_id in (await session.exec(query)).all():
        claimed = await sending.claim_due(session, operation_id, "worker", now=now)
        if claimed is not None:
            link = f"{SITE}/notizie/{article.slug}/"
            await sending.settle(session, claimed, f"{article.id}", link, now=now)


async def published(
    session: AsyncSession, cast: SimpleNamespace, now: datetime, title: str, **how: Any
) -> Article:
    """Return a piece that is out."""
    article = await approved(session, cast, now, title, **how)
    await send(session, article, now)
    return article
