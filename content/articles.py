"""The edited piece and what each channel is sent of it, frozen at approval."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from slugify import slugify
from sqlalchemy import Column, exists, func
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content import alts as words
from content import attachments, bodies, versions
from content.drafting import Draft, Source
from content.history import NEWSROOM, record
from content.media import Medium
from content.people import LICENCE, Lab, Participant
from content.posts import SECTIONS, Form, Piece, Section
from content.store import by_value
from content.submissions import Kind, Revision, Submission
from content.workflow import ArticleState, SubmissionState

SLUG_LENGTH: Final = 80
EDITABLE: Final = (
    "kind", "section", "title", "lead", "text", "organisation", "municipality", "province",
    "link", "sdgs", "texts", "forms", "media", "credit", "correction",
)  # fmt: skip
"""What a person may change of an article."""
_NAMES_A_LICENCE: Final = re.compile(
    r"\bCC[ -]?(?:BY|0)\b|©|\bcopyright\b|\blicen[zs]|\briservat|\bpubblico dominio\b",
    re.IGNORECASE,
)


class Article(SQLModel, table=True):
    """The edited piece of one submission; `drafted` keeps what the assistant first wrote.

    `credit` says whose the pictures are, where the newsroom wrote something else than the author;
    `correction` says in a sentence what this version puts right of what is out. `forms` holds what
    an editor chose to show on a channel, by its name, where that is not the link and the media.
    """

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", unique=True)
    revision_id: int = Field(foreign_key="revision.id", index=True)
    state: ArticleState = Field(sa_column=by_value(ArticleState))
    version: int = 1
    kind: Kind = Field(sa_column=by_value(Kind))
    section: Section = Field(sa_column=by_value(Section))
    slug: str
    title: str
    lead: str
    text: str
    organisation: str
    municipality: str | None = None
    province: str | None = None
    link: str | None = None
    credit: str | None = None
    correction: str | None = None
    sdgs: list[int] = Field(sa_column=Column(JSON, nullable=False))
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    forms: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    media: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    drafted: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime


async def draft(
    session: AsyncSession,
    revision: Revision,
    drafted: Draft,
    *,
    alts: Mapping[str, str] = MappingProxyType({}),
    now: datetime,
) -> Article:
    """Lay down what the assistant wrote of a revision as the case's article.

    `alts` are suggestions of what pictures show, by hash, where the author did not say it. A new
    revision of the same case gives its article a new version, back to DRAFT.
    """
    pictures = [one.medium for one in await attachments.of(session, revision.id)]
    fields: dict[str, Any] = {
        "revision_id": revision.id,
        "kind": revision.kind,
        "section": SECTIONS[revision.kind],
        "title": drafted.title,
        "lead": drafted.lead,
        "text": drafted.text,
        "organisation": revision.organisation or "",
        "municipality": revision.municipality,
        "province": revision.province,
        "link": revision.link,
        "sdgs": list(drafted.sdgs),
        "texts": dict(drafted.texts),
        "media": words.suggested(pictures, alts, drafted.title),
        "drafted": drafted.model_dump(mode="json"),
        "correction": None,
    }
    article = await of_submission(session, revision.submission_id)
    if article is None:
        article = Article(
            submission_id=revision.submission_id,
            state=ArticleState.DRAFT,
            slug="",
            created_at=now,
            **fields,
        )
        session.add(article)
        await session.flush()
        article.slug = slug(drafted.title, article.id)
    else:
        for name, value in fields.items():
            setattr(article, name, value)
        article.version += 1
    session.add(article)
    await session.flush()
    said = content_of(article)
    sha256 = versions.keep(session, article.id, article.version, said, by=NEWSROOM, now=now)
    await record(
        session,
        "article",
        article.id,
        "drafted",
        by=NEWSROOM,
        now=now,
        data={
            "version": article.version,
            "model": drafted.model,
            "note": drafted.note,
            "sha256": sha256,
        },
    )
    return article


def content_of(article: Article) -> dict[str, Any]:
    """Return what an article says, as plain JSON values: all that a person may edit."""
    said = article.model_dump(mode="json", include=set(EDITABLE))
    return {**said, "media": words.accepted(said["media"])}


async def undrafted(session: AsyncSession, *, limit: int, only: int | None = None) -> Sequence[int]:
    """Return the ids of revisions that came in and have no draft yet, the oldest first."""
    last = (
        select(func.max(Revision.number))
        .where(
            col(Revision.submission_id) == col(Submission.id), col(Revision.sent_at).is_not(None)
        )
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        select(Revision.id)
        .join(Submission, col(Submission.id) == col(Revision.submission_id))
        .where(
            col(Submission.state).in_([SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW]),
            col(Revision.number) == last,
            ~exists().where(col(Article.revision_id) == col(Revision.id)),
        )
        .order_by(col(Revision.id))
        .limit(limit)
    )
    if only is not None:
        query = query.where(Revision.id == only)
    return (await session.exec(query)).all()


async def source_of(session: AsyncSession, revision_id: int) -> Source:
    """Return a revision as the data that an assistant drafts from."""
    revision = await session.get_one(Revision, revision_id)
    submission = await session.get_one(Submission, revision.submission_id)
    author = await session.get_one(Participant, submission.participant_id)
    return Source(
        kind=revision.kind,
        organisation=revision.organisation or "",
        municipality=revision.municipality,
        province=revision.province,
        title=revision.title,
        text=revision.text,
        link=revision.link,
        place=revision.place,
        photos=sum(one.is_picture for one in await attachments.of(session, revision.id)),
        no_model=author.ai_refused_at is not None,
        accounts=await bodies.accounts_of(session, revision.organisation or ""),
    )


async def of_submission(session: AsyncSession, submission_id: int) -> Article | None:
    """Return the article of a case, None before it is drafted."""
    query = select(Article).where(Article.submission_id == submission_id)
    return (await session.exec(query)).first()


async def piece(session: AsyncSession, article: Article, site_url: str) -> Piece:
    """Return an article as the value that channels render; `site_url` is the column's address."""
    submission = await session.get_one(Submission, article.submission_id)
    author = await session.get_one(Participant, submission.participant_id)
    revision = await session.get_one(Revision, article.revision_id)
    lab = await session.get(Lab, submission.lab_id) if submission.lab_id else None
    credit = credit_of(article, revision)
    return Piece(
        article_id=article.id,
        version=article.version,
        receipt=submission.receipt or "",
        kind=article.kind,
        section=article.section,
        slug=article.slug,
        title=article.title,
        lead=article.lead,
        text=article.text,
        organisation=article.organisation,
        municipality=article.municipality,
        province=article.province,
        author=author.name,
        sdgs=tuple(article.sdgs),
        media=tuple(Medium.model_validate(one) for one in article.media),
        link=article.link,
        url=f"{site_url.rstrip('/')}/{article.section}/{article.slug}/",
        texts=article.texts,
        forms={name: Form(form) for name, form in article.forms.items()},
        ai_model=article.drafted.get("model"),
        credit=licensed(credit) if credit and article.media else "",
        lab=lab.title if lab else "",
        lab_slug=lab.slug if lab else "",
        correction=article.correction or "",
    )


def credit_of(article: Article, revision: Revision) -> str:
    """Return whose the pictures are: as the newsroom wrote, else the author, else the body."""
    return article.credit or revision.credit or article.organisation


def licensed(credit: str) -> str:
    """Return whose the pictures are with their licence: ours, unless it names another itself."""
    return credit if _NAMES_A_LICENCE.search(credit) else f"{credit} ({LICENCE})"


def slug(title: str, article_id: int) -> str:
    """Return an article's part of its address: from the title, and the id, so that it is one."""
    words = slugify(title, max_length=SLUG_LENGTH, word_boundary=True)
    return f"{words}-{article_id}" if words else f"{article_id}"
