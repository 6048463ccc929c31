"""Articolo: a piece as its editors write it, beside what each channel would show of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bottega.web.console import case
from bottega.web.console.looks import looks, written
from bottega.web.console.visit import Refused, Visit
from content import articles, editing, versions, writing
from content.alts import PROPOSED
from content.articles import Article
from content.dossier import Dossier
from content.goals import GOALS
from content.people import Moderator
from content.posts import Post, Section
from content.submissions import Revision
from content.threads import parts_of
from content.versions import ArticleVersion, Merged
from content.writing import Writing


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article on somebody's page: `merged` is what they wrote, with what the article says now.

    `mine` is what they did not save, if anything.
    """

    told: Dossier
    article: Article
    mine: Writing | None
    merged: Merged


@dataclass(frozen=True, slots=True)
class Thread:
    """The words for a channel, in the `parts` they are divided into: one is no thread.

    `price` is what a post of it costs, `price_with_link` one that has a link.
    """

    parts: Sequence[str]
    price: Decimal
    price_with_link: Decimal


async def show(visit: Visit) -> Response:
    """Show the editor; what was just done is told at its head."""
    return await page(visit, visit.query.get("fatto", ""))


async def page(visit: Visit, said: str = "", status: int = HTTPStatus.OK) -> Response:
    """Answer with the editor, with what this person has not saved; `said` is as in article.html."""
    async with visit.desk.store.reading() as session:
        sheet = await opened(visit, session)
        content, article = sheet.merged.content, sheet.article
        values: dict[str, Any] = {
            "looks": await looks(visit.desk, session, article, content),
            "others": await writing.others(session, article.id, visit.me.id, now=visit.now),
            "newest": await newest(session, article),
            "credit": articles.credit_of(
                article, await session.get_one(Revision, article.revision_id)
            ),
        }
    return visit.show(
        "article.html",
        status,
        said=said,
        sheet=sheet,
        editable=editing.open_to_edits(sheet.told.submission, article),
        goals=GOALS,
        sections=list(Section),
        written=written(visit.desk),
        threads=threads(visit, content),
        proposed={one["sha256"]: one.get("alt") for one in article.media if one.get(PROPOSED)},
        **beside(article, content),
        **values,
    )


async def preview(visit: Visit) -> Response:
    """Show a channel's page of what this person wrote, which article.html frames."""
    async with visit.desk.store.reading() as session:
        sheet = await opened(visit, session)
        piece = editing.trial(sheet.article, sheet.merged.content)
        sent = await visit.desk.render(session, piece)
    return case.page_of(visit, sent, sheet.told)


async def opened(visit: Visit, session: AsyncSession) -> Sheet:
    """Return the article of the case in the path as this person left it; raises Refused."""
    told = await case.opened(visit, session)
    if told.article is None:
        raise Refused(HTTPStatus.NOT_FOUND, "missing")
    article, says = told.article, articles.content_of(told.article)
    mine = await writing.of(session, article.id, visit.me.id)
    if mine is None or not mine.content:
        return Sheet(told, article, None, Merged(says, {}, ()))
    base = await base_of(session, article, mine.version)
    return Sheet(told, article, mine, versions.merged(base, mine.content, says))


async def base_of(session: AsyncSession, article: Article, version: int) -> Mapping[str, Any]:
    """Return what a version of an article said; nothing where it is not kept."""
    if version == article.version:
        return articles.content_of(article)
    kept = await versions.said(session, article.id, version)
    return kept.content if kept else {}


async def newest(session: AsyncSession, article: Article) -> tuple[ArticleVersion, str] | None:
    """Return the last version of an article, and the name of the moderator who made it."""
    kept = await versions.said(session, article.id, article.version)
    if kept is None:
        return None
    who = await session.get(Moderator, kept.by_id) if kept.by == "moderator" else None
    return kept, who.name if who else ""


def beside(article: Article, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page and its preview both say of an article's content."""
    return {
        "content": content,
        "flaws": editing.flaws(content),
        "longest": editing.LONGEST,
        "number": article.submission_id,
        "numbers": {one["sha256"]: number for number, one in enumerate(article.media)},
    }


def threads(visit: Visit, content: Mapping[str, Any]) -> dict[str, Thread]:
    """Return how the words of each channel that has threads are divided."""
    found = {}
    for name, one in visit.desk.publishers.items():
        if one.limits.thread > 1:
            plain, linked = (
                one.cost(Post(channel=name, title="", text=text))
                for text in ("Apre", "https://example.it/")
            )
            found[name] = Thread(parts_of(content["texts"].get(name, "")), plain, linked)
    return found
