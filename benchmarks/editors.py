"""The people of a storm: they correct and retract what comes out, and say what no reading proves.

All of it goes through the verbs that the desk and the console use.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final, Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.judgement import Asked
from benchmarks.kinds import in_parts
from benchmarks.newsroom import PAGE, SITE, said, utc_now
from benchmarks.outlets import telegram_channel
from bottega.sandbox import Sandbox
from content import articles, doubts, editing, review
from content.articles import Article
from content.corrections import Remedy
from content.deliveries import Operation
from content.history import Actor, NotAllowed
from content.people import Moderator
from content.posts import FrozenPost, Post, frozen
from content.retractions import NothingOut, retract
from content.store import Store
from content.submissions import Submission
from content.threads import parts_of
from content.workflow import OperationState
from publishers.base import Publisher
from publishers.mending import remedies

CORRECTED: Final = 0.5
CORRECTED_TWICE: Final = 0.4
"""Of those that are corrected."""
RETRACTED: Final = 0.25
UNREADABLE: Final = "telegram_channel"
"""The channel that no bot can read back: a person looks, and answers."""
_CHANNEL: Final = "https://t.me/laboratori_sandbox/"
_SOON: Final = 5.0
"""Within so many seconds after its time people want something of an article, out or not."""
_A_LOOK: Final = timedelta(seconds=2)
"""A person who is asked takes so long to go and look."""
_PAUSE: Final = 0.3
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
    """Those at the desk while it storms; they count what they did.

    `asked` is what they asked of each article, kept up as they do.
    """

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        sandbox: Sandbox,
        random: Random,
    ) -> None:
        self._store, self._publishers, self._sandbox = store, publishers, sandbox
        self._random = random
        self.asked: dict[int, Asked] = {}
        self.corrections = self.retractions = self.out = self.not_out = 0

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

    async def fulfil(self, wish: Wish, due: float) -> None:
        """Do what people want of one article, which is due in so many seconds."""
        await asyncio.sleep(due)
        for number, (wait, deed) in enumerate(wish.deeds, 2):
            await asyncio.sleep(wait)
            if deed == "correct":
                await self._correct(wish.article, number)
            else:
                await self._retract(wish.article)

    async def answer(self) -> None:
        """Say of what is in doubt where nobody can read whether it is there; never ends."""
        while True:
            async with self._store.reading() as session:
                query = (
                    select(Operation, FrozenPost)
                    .join(FrozenPost, col(FrozenPost.id) == col(Operation.post_id))
                    .where(
                        Operation.state == OperationState.UNCONFIRMED,
                        Operation.channel == UNREADABLE,
                        col(Operation.asked_at) < utc_now() - _A_LOOK,
                    )
                )
                waiting = (await session.exec(query)).all()
            for operation, post in waiting:
                with suppress(NotAllowed):  # its sender said so meanwhile
                    await self._look(operation, post.post())
            await asyncio.sleep(_PAUSE)

    async def _correct(self, number: int, version: int) -> None:
        async with self._store.transaction() as session:
            _, article = await self._case(session, number)
            changes = {
                "text": f"{article.text}\n\nVersione {version}.",
                "texts": {
                    name: _put_right(article.texts.get(name, ""), number, version)
                    for name in self._publishers
                    if name != PAGE
                },
            }
            await editing.edit(session, article, changes, by=self._by, now=utc_now())
        await asyncio.sleep(self._random.uniform(0, _PAUSE))
        async with self._store.transaction() as session:
            submission, article = await self._case(session, number)
            chosen = {name: self._remedy(one) for name, one in self._publishers.items()}
            piece = await articles.piece(session, article, SITE)
            posts = [one.render(piece) for one in self._publishers.values()]
            await review.approve(
                session, submission, self._bruno, posts, version=article.version,
                seen=review.view_hash(posts), page_channel=PAGE, immediately=True,
                remedies=chosen, now=utc_now(),
            )  # fmt: skip
        self.asked[number].versions.append(({one.channel: one for one in posts}, chosen))
        self.corrections += 1

    async def _retract(self, number: int) -> None:
        """Take an article down, as soon as there is anything of it to take down."""
        while True:
            try:
                async with self._store.transaction() as session:
                    submission, _ = await self._case(session, number)
                    await retract(session, submission, "Errore", by=self._by, now=utc_now())
            except NothingOut:
                await asyncio.sleep(_PAUSE)
            else:
                break
        self.asked[number].retracted = True
        self.retractions += 1

    async def _look(self, operation: Operation, post: Post) -> None:
        """Look on the channel for a post, and say what was seen, with its link if it is there."""
        with self._sandbox.board.lock:
            there = [one for one in telegram_channel(self._sandbox) if one.words == post.text]
        now = utc_now()
        async with self._store.transaction() as session:
            if there:
                links = [f"{_CHANNEL}{number}" for number in there[0].id.split(",")]
                number = self._publishers[UNREADABLE].id_in(post, links) or links[0]
                await doubts.confirm(session, operation.id, number, links[0], by=self._by, now=now)
                self.out += 1
            else:
                await doubts.deny(session, operation.id, by=self._by, now=now)
                self.not_out += 1

    def _remedy(self, publisher: Publisher) -> Remedy:
        """Return what is chosen on a channel, of all that it can do."""
        offered = remedies(publisher, page=publisher.channel == PAGE)
        return self._random.choice([one for one in offered if one is not Remedy.LEAVE])

    @property
    def _by(self) -> Actor:
        return Actor("moderator", self._bruno.id)

    async def _case(self, session: AsyncSession, number: int) -> tuple[Submission, Article]:
        article = await session.get_one(Article, number)
        return await session.get_one(Submission, article.submission_id), article


def _put_right(words: str, number: int, version: int) -> str:
    """Return what corrects words for a channel: a thread where they were one."""
    right = f"{said(number)} Errata corrige {version}."
    return in_parts(right) if len(parts_of(words)) > 1 else right
