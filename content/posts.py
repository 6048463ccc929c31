"""What channels are sent: a piece as a value, its posts, and the posts frozen at approval."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from content.media import Medium, MediumKind
from content.submissions import Kind


class Section(StrEnum):
    """The four sections of the web column; the value is the section's path."""

    NEWS = "notizie"
    ARTICLES = "articoli"
    VIDEO_INTERVIEWS = "videointerviste"
    DOCUMENTS = "documentazione"


SECTIONS: Final[Mapping[Kind, Section]] = {
    Kind.INITIATIVE: Section.NEWS,
    Kind.NEWS: Section.NEWS,
    Kind.IDEA: Section.ARTICLES,
    Kind.PROJECT: Section.ARTICLES,
    Kind.DOCUMENT: Section.DOCUMENTS,
    Kind.VIDEO_INTERVIEW: Section.VIDEO_INTERVIEWS,
}


class Form(StrEnum):
    """What of a piece a social channel shows beside its words, as an editor chooses."""

    BOTH = "both"
    """Its link and its pictures or film: what stands as long as nobody chooses."""
    LINK = "link"
    """Its link alone, which the channel shows as a card."""
    MEDIA = "media"
    """Its pictures or film alone."""


class Piece(BaseModel):
    """An edited article as a value: all that any channel may render.

    `text` is Markdown. `organisation` is the body that tells it ("Comune di Tirano").
    `url` is its permalink on the web column, `link` the page its author points to.
    `texts` holds the words chosen for a channel, by channel name, and `forms` what is shown beside.
    `ai_model` names the model that wrote the first draft, None when no model did; `credit` says
    whose the pictures are and under which licence they are given. `lab` is the title of the Lab it
    was told in, `lab_slug` its name in links; `correction` says what this version puts right.
    """

    model_config = ConfigDict(frozen=True)

    article_id: int
    version: int
    receipt: str
    kind: Kind
    section: Section
    slug: str
    title: str
    lead: str
    text: str
    organisation: str
    municipality: str | None = None
    province: str | None = None
    author: str = ""
    sdgs: tuple[int, ...] = ()
    media: tuple[Medium, ...] = ()
    link: str | None = None
    url: str
    texts: dict[str, str] = {}
    forms: dict[str, Form] = {}
    ai_model: str | None = None
    credit: str = ""
    lab: str = ""
    lab_slug: str = ""
    correction: str = ""

    def on(self, channel: str) -> Self:
        """Return it with what one channel is to show: no media beside a link alone, or no `url`."""
        form = self.forms.get(channel, Form.BOTH)
        if form is Form.BOTH:
            return self
        return self.model_copy(update={"media": ()} if form is Form.LINK else {"url": ""})

    @property
    def pictures(self) -> tuple[Medium, ...]:
        """Its pictures, in order: of its media what every channel shows."""
        return tuple(one for one in self.media if one.kind is MediumKind.PICTURE)


class Post(BaseModel):
    """One channel's frozen content.

    `text` is what a social channel shows, `html` a page fragment, `facts` what else a channel
    must know to file it (slug, section, …), as plain JSON values. Where it is a thread, `more` are
    the texts that follow, each an answer to the one before. `answers` is the channel's id of the
    post that it answers, where one is looked for, and `begun` the id under which its creation was
    begun there, before anybody could see it; they are no part of what is approved.
    """

    model_config = ConfigDict(frozen=True)

    channel: str
    title: str
    text: str = ""
    html: str = ""
    link: str | None = None
    media: tuple[Medium, ...] = ()
    facts: dict[str, str | int | list[int] | list[str] | None] = {}
    more: tuple[str, ...] = ()
    answers: str | None = None
    begun: str | None = None

    @property
    def answer(self) -> "Post":
        """What answers this channel's older post: the words of the fact `reply`, if it has them."""
        words = self.facts.get("reply")
        return self.model_copy(update={"text": words, "media": (), "more": ()}) if words else self

    def without_answer(self) -> "Post":
        """Return it without the words that would answer an older post."""
        rest = {name: fact for name, fact in self.facts.items() if name != "reply"}
        return self.model_copy(update={"facts": rest})

    def canonical(self) -> str:
        """Return the one JSON text that stands for this post; what is hashed and stored."""
        apart = {"answers", "begun"}
        return self.model_dump_json(exclude=apart if self.more else {*apart, "more"})

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts of all its parts: one, where it is no thread."""
        return (self.text, *self.more)

    def from_part(self, number: int) -> "Post":
        """Return what a thread has from one part on, counted from 1; files go with the first."""
        if number == 1:
            return self
        rest = {"text": self.parts[number - 1], "more": self.parts[number:], "media": ()}
        return self.model_copy(update=rest | {"link": None})

    def part(self, number: int) -> "Post":
        """Return one part of a thread, counted from 1; of what is none, the whole."""
        return self.from_part(number).model_copy(update={"more": ()}) if self.more else self

    @property
    def sha256(self) -> str:
        """The hash of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


class NotAsApproved(ValueError):
    """The stored bytes of a post are not those that were approved."""


class FrozenPost(SQLModel, table=True):
    """A post as it was approved: `body` is its canonical text, never changed but emptied."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("article_id", "version", "channel"),)

    id: int = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    version: int
    channel: str
    body: str
    sha256: str
    frozen_at: datetime

    def post(self) -> Post:
        """Return the post; raises NotAsApproved when the stored bytes are others."""
        if hashlib.sha256(self.body.encode()).hexdigest() != self.sha256:
            raise NotAsApproved(f"post {self.id} is not the one that was approved")
        return Post.model_validate_json(self.body)


async def frozen(session: AsyncSession, article_id: int, version: int) -> list[Post]:
    """Return the posts of a version of an article as they were approved; none if it was not."""
    query = select(FrozenPost).where(
        FrozenPost.article_id == article_id,
        FrozenPost.version == version,
        FrozenPost.body != "",  # emptied: a person asked to be forgotten
    )
    return [one.post() for one in (await session.exec(query.order_by(col(FrozenPost.id)))).all()]


async def freeze(
    session: AsyncSession, article_id: int, version: int, posts: Sequence[Post], *, now: datetime
) -> list[FrozenPost]:
    """Store the posts of a version of an article, each with its hash, for good."""
    rows = [
        FrozenPost(
            article_id=article_id,
            version=version,
            channel=post.channel,
            body=post.canonical(),
            sha256=post.sha256,
            frozen_at=now,
        )
        for post in posts
    ]
    session.add_all(rows)
    await session.flush()
    return rows
