"""The people of a storm who correct and retract what comes out, by the verbs of the doors."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.judgement import Asked
from benchmarks.kinds import in_parts
from benchmarks.newsroom import PAGE, SITE, said, utc_now
from benchmarks.pressing import Hand
from content import articles, editing, review
from content.articles import Article
from content.corrections import Remedy
from content.history import Actor
from content.people import Moderator
from content.posts import Post, frozen
from content.retractions import retract
from content.store import Store
from content.submissions import Submission
from content.threads import parts_of
from content.workflow import ArticleState
from publishers.base import Publisher
from publishers.mending import remedies

CORRECTED: Final = 0.5
CORRECTED_TWICE: Final = 0.4
"""Of those that are corrected."""
RETRACTED: Final = 0.25
BY_TWO: Final = 0.3
"""Of the corrections, those that two people make at the same time."""
_SOON: Final = 5.0
"""Within so many seconds after its time people want something of an article, out or not."""
_PAUSE: Final = 0.3
_A_LOOK: Final = 1.5
"""How long people look, at most, at what they then press."""
_SURELY: Final = ((1, False), (2, False), (0, True), (2, True), (0, False))
"""How often the first are corrected, and whether they are retracted in the end."""

Deed = Literal["correct", "retract"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What people want of an article, so many seconds after it was due, one after the other."""

    article: int
    deeds: tuple[tuple[float, Deed], ...]


def wishes(each: Sequence[int], random: Random) -> Iterator[Wish]:
    """Draw what people will want of articles; the first few want everything that there is."""
    for place, article in enumerate(each):
        times = 1 + (random.random() < CORRECTED_TWICE) if random.random() < CORRECTED else 0
        down = random.random() < RETRACTED
        if place < len(_SURELY):
            times, down = _SURELY[place]
        deeds: list[tuple[float, Deed]] = [(random.uniform(0, _SOON), "correct")] * min(times, 1)
        deeds += [(random.uniform(0, _SOON / 4), "correct")] * (times - 1)
        deeds += [(random.uniform(0, _SOON), "retract")] * down
        if deeds:
            yield Wish(article, tuple(deeds))


class Editors:
    """Those who edit while it storms; they count what they did.

    `asked` is what they asked of each article, kept up as they do.
    """

    def __init__(
        self, store: Store, publishers: Mapping[str, Publisher], hand: Hand, random: Random
    ) -> None:
        self._store, self._publishers, self._hand = store, publishers, hand
        self._random = random
        self.asked: dict[int, Asked] = {}
        self.corrections = self.retractions = 0

    async def arrive(self) -> list[int]:
        """Take note of what was approved so far; return the articles, the oldest first."""
        async with self._store.reading() as session:
            everything = (await session.exec(select(Article).order_by(col(Article.id)))).all()
            for one in everything:
                posts = await frozen(session, one.id, one.version)
                first = {post.channel: post for post in posts}
                self.asked[one.id] = Asked([(first, {})])
            self._bruno = (await session.exec(select(Moderator))).one()
        return [one.id for one in everything]

    @property
    def by(self) -> Actor:
        """Who they all are to the newsroom."""
        return Actor("moderator", self._bruno.id)

    async def fulfil(self, wish: Wish, due: float) -> None:
        """Do what people want of one article, which is due in so many seconds."""
        await asyncio.sleep(due)
        for wait, deed in wish.deeds:
            await asyncio.sleep(wait)
            if deed == "correct":
                people = 2 if self._random.random() < BY_TWO else 1
                await asyncio.gather(*(self._correct(wish.article) for _ in range(people)))
            else:
                await self._retract(wish.article)

    async def _correct(self, number: int) -> None:
        """Edit an article as it is, unless somebody is faster; approve what it says then."""
        async with self._store.reading() as session:
            article = await session.get_one(Article, number)
        await self._look()
        await self._edit(article)
        while (draft := await self._draft(number)) is not None:
            await self._look()
            await self._approve(*draft)

    async def _edit(self, read: Article) -> None:
        new = read.version + 1
        changes = {
            "text": f"{read.text}\n\nVersione {new}.",
            "texts": {
                name: _put_right(read.texts.get(name, ""), read.id, new)
                for name in self._publishers
                if name != PAGE
            },
        }

        async def act(session: AsyncSession) -> None:
            article = await session.get_one(Article, read.id)
            await editing.edit(
                session, article, changes, by=self.by, now=utc_now(), version=read.version
            )

        await self._hand.press(act)

    async def _draft(self, number: int) -> tuple[Article, str] | None:
        """Return an article that waits for an approval, with the hash of what it shows."""
        async with self._store.reading() as session:
            article = await session.get_one(Article, number)
            if article.state is not ArticleState.DRAFT:
                return None
            return article, review.view_hash(await self._posts(session, article))

    async def _approve(self, read: Article, view: str) -> None:
        chosen = {name: self._remedy(one) for name, one in self._publishers.items()}

        async def act(session: AsyncSession) -> None:
            article = await session.get_one(Article, read.id)
            submission = await session.get_one(Submission, article.submission_id)
            posts = await self._posts(session, article)
            await review.approve(
                session, submission, self._bruno, posts, version=read.version, seen=view,
                page_channel=PAGE, immediately=True, remedies=chosen, now=utc_now(),
            )  # fmt: skip
            # Before it is committed: nobody else approves, or drops, anything of it meanwhile.
            self.asked[read.id].versions.append(({one.channel: one for one in posts}, chosen))
            self.corrections += 1

        await self._hand.press(act)

    async def _retract(self, number: int) -> None:
        """Take an article down, as soon as there is anything of it to take down."""

        async def act(session: AsyncSession) -> None:
            article = await session.get_one(Article, number)
            submission = await session.get_one(Submission, article.submission_id)
            await retract(session, submission, "Errore", by=self.by, now=utc_now())
            self.asked[number].retracted = True
            self.retractions += 1

        while not self.asked[number].retracted:
            await self._hand.press(act)
            await asyncio.sleep(_PAUSE)

    async def _look(self) -> None:
        await asyncio.sleep(self._random.uniform(0, _A_LOOK))

    async def _posts(self, session: AsyncSession, article: Article) -> list[Post]:
        piece = await articles.piece(session, article, SITE)
        return [one.render(piece) for one in self._publishers.values()]

    def _remedy(self, publisher: Publisher) -> Remedy:
        """Return what is chosen on a channel, of all that it can do."""
        offered = remedies(publisher, page=publisher.channel == PAGE)
        return self._random.choice([one for one in offered if one is not Remedy.LEAVE])


def _put_right(words: str, number: int, version: int) -> str:
    """Return what corrects words for a channel: a thread where they were one."""
    right = f"{said(number)} Errata corrige {version}."
    return in_parts(right) if len(parts_of(words)) > 1 else right
