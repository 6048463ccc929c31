"""An edition as a value: all that its e-book says, and what is not in it and why."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import articles, editions, publication
from content.articles import EDITABLE, Article
from content.editions import Edition, Order
from content.media import Medium
from content.people import Lab, Participant
from content.posts import Piece, Section
from content.publication import Absence, Standing
from content.submissions import Kind, Revision, Submission
from content.versions import ArticleVersion


class Chapter(BaseModel):
    """A piece in a book, with the moment at which it came out."""

    model_config = ConfigDict(frozen=True)

    piece: Piece
    published: datetime


class Part(BaseModel):
    """A part of a book: `key` is of what it is (see EditionPart), `introduction` Markdown."""

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    introduction: str
    chapters: tuple[Chapter, ...]


class Book(BaseModel):
    """An edition as a value. `arranged` is what its parts were made by.

    `modified` is when anything in it last changed, `name` what its files are called,
    `lab_slug` the Lab's name in links;
    `cover` the picture that stands on it, None where one is drawn;
    `site` is the address of the web column, `owner` the body that answers for it.
    """

    model_config = ConfigDict(frozen=True)

    edition_id: int
    name: str
    title: str
    subtitle: str = ""
    isbn: str = ""
    credits: str = ""
    foreword: str = ""
    lab: str
    lab_slug: str = ""
    year: int
    theme: str = ""
    cover: Medium | None = None
    arranged: Order = Order.SECTION
    parts: tuple[Part, ...]
    modified: datetime
    site: str
    owner: str = ""

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Its pieces in order, whatever their parts."""
        return tuple(one for part in self.parts for one in part.chapters)

    @property
    def sha256(self) -> str:
        """The hash of all that it says: equal books have equal files."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An article of the Lab that is not in the edition; `reason` is what a person said."""

    article_id: int
    title: str
    why: Absence
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A book, what was left out of it, and what came out since and nobody placed yet."""

    book: Book
    left_out: Sequence[LeftOut]
    fresh: Sequence[Article]


async def bind(
    session: AsyncSession, edition: Edition, page: str, site_url: str, owner: str = ""
) -> Bound:
    """Return an edition as its readers would have it now.

    `page` is the channel of the web column. Each piece says what its version says that is out,
    whatever was written since. What was retracted, and whose author does not consent, is left out.
    """
    lab = await session.get_one(Lab, edition.lab_id)
    standings = {one.article.id: one for one in await publication.of_lab(session, lab.id, page)}
    pieces = await editions.pieces(session, edition)
    inside = [
        standings[one.article_id]
        for one in pieces
        if one.part_id is not None and _may(standings.get(one.article_id))
    ]
    chapters = await _chapters(session, inside, site_url)
    parts = []
    for part in await editions.parts(session, edition):
        ids = [one.article_id for one in pieces if one.part_id == part.id]
        here = tuple(chapters[one] for one in ids if one in chapters)
        if here:
            told = {"key": part.key, "title": part.title, "introduction": part.introduction}
            parts.append(Part(**told, chapters=here))
    changes = [one.changed_at for one in inside if one.changed_at]
    book = Book(
        edition_id=edition.id, name=f"{lab.slug}-{edition.id}", title=edition.title,
        subtitle=edition.subtitle, isbn=edition.isbn, credits=edition.credits,
        foreword=edition.foreword, lab=lab.title, lab_slug=lab.slug, year=lab.year, theme=lab.theme,
        arranged=edition.arranged, parts=tuple(parts), modified=max([edition.changed_at, *changes]),
        site=site_url, owner=owner,
        cover=Medium.model_validate(edition.cover) if edition.cover else None,
    )  # fmt: skip
    placed = {one.article_id: one for one in pieces}
    left_out, fresh = [], []
    for article_id, standing in standings.items():
        piece, article = placed.get(article_id), standing.article
        if standing.absence is not None:
            left_out.append(LeftOut(article_id, article.title, standing.absence))
        elif piece is None:
            fresh.append(article)
        elif piece.part_id is None:
            left_out.append(LeftOut(article_id, article.title, Absence.BY_HAND, piece.reason))
    return Bound(book, left_out, fresh)


def _may(standing: Standing | None) -> bool:
    return standing is not None and standing.absence is None


async def _chapters(
    session: AsyncSession, standings: Sequence[Standing], site_url: str
) -> dict[int, Chapter]:
    """Return chapters by article, each as the version says that is out."""
    ids = [one.article.id for one in standings]
    query = select(ArticleVersion).where(col(ArticleVersion.article_id).in_(ids))
    said = {(one.article_id, one.version): one for one in (await session.exec(query)).all()}
    beside = await _beside(session, ids)
    chapters = {}
    for standing in standings:
        article, version = standing.article, said.get((standing.article.id, standing.version))
        shown = _as_it_was(article, version.content) if version is not None else article
        piece = await articles.piece(session, shown, site_url)
        link = {"url": standing.permalink} if standing.permalink else {}
        piece = piece.model_copy(update={"version": standing.version, **link})
        assert standing.at is not None  # what is out came out at some moment
        chapters[article.id] = Chapter(piece=piece, published=standing.at)
    del beside
    return chapters


async def _beside(session: AsyncSession, ids: Sequence[int]) -> object:
    """Read at once the rows that `articles.piece` looks up for each; the session remembers them.

    It does as long as somebody holds what this returns.
    """
    query = (
        select(Submission, Participant, Revision, Lab)
        .join(Article, col(Article.submission_id) == col(Submission.id))
        .join(Participant, col(Participant.id) == col(Submission.participant_id))
        .join(Revision, col(Revision.id) == col(Article.revision_id))
        .join(Lab, col(Lab.id) == col(Submission.lab_id))
        .where(col(Article.id).in_(ids))
    )
    return (await session.exec(query)).all()


def _as_it_was(article: Article, said: dict[str, Any]) -> Article:
    """Return an article as a version of it says; it is in no session."""
    told: dict[str, Any] = {name: said[name] for name in EDITABLE if name in said}
    told |= {"kind": Kind(told["kind"]), "section": Section(told["section"])}
    whole: dict[str, Any] = article.model_dump() | told
    return Article(**whole)
