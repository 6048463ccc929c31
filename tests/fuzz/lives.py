"""The life of a thread as chance has it: sent, lost, refused, put right and taken down."""

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from types import SimpleNamespace
from typing import Final

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.judgement import Asked, Known, verdict
from benchmarks.newsroom import Outside
from benchmarks.outlets import Seen
from content import channels, doubts, sending
from content.corrections import Remedy
from content.deliveries import Action, Operation
from content.planning import resend
from content.posts import Post
from content.retractions import NothingOut, retract
from content.standing import standing
from content.workflow import OperationState
from tests import stories
from tests.clock import Clock
from tests.content.test_threads import CHANNEL, Thread

_LONGEST: Final = 400
_NOWHERE: Final = Outside("", "", {CHANNEL: {}}, 1.0)
_ENDED: Final = (OperationState.DONE, OperationState.CANCELLED)


class Channel:
    """A channel in memory: `posts` has the words of each, and the post that it answers."""

    def __init__(self) -> None:
        self.posts: dict[str, tuple[str, str | None]] = {}
        self._made = 0

    def knows(self, claimed: sending.Claimed) -> bool:
        """Whether what a call is aimed at is there."""
        return claimed.action in (Action.CREATE, Action.DELETE) or claimed.remote_id in self.posts

    def perform(self, claimed: sending.Claimed) -> str:
        """Do what is asked, and return the post's id."""
        assert claimed.post is not None
        aim, words = claimed.remote_id or "", claimed.post.text
        if claimed.action is Action.DELETE:
            self.posts.pop(aim, None)
        elif claimed.action is Action.EDIT:
            self.posts[aim] = (words, self.posts[aim][1])
        else:
            self._made += 1
            number = f"r{self._made}"
            self.posts[number] = (words, aim or None)
            return number
        return aim

    def found(self, post: Post) -> str | None:
        """Return the id of what reads like a post and answers the same, None where none does."""
        like = (post.text, post.answers)
        return next((number for number, one in self.posts.items() if one == like), None)


class Life:
    """One thread on one channel from its approval to its end; `log` tells what happened to it.

    `refusals` is how often the channel refuses a call, 0 to 1. Where versions are `alike` they
    share parts, which only edits and replacements may put right: what stands is then told by its
    words alone.
    """

    def __init__(
        self, session: AsyncSession, cast: SimpleNamespace, clock: Clock, seed: int, refusals: float
    ) -> None:
        self._session, self._clock, self._refusals = session, clock, refusals
        self._thread, self._channel = Thread(session, cast, clock), Channel()
        chance = self._chance = Random(seed)  # noqa: S311 - the same life for the same seed
        self._author = cast.ada
        self._alike = chance.random() < 0.4
        self._remedies = [Remedy.EDIT, Remedy.REPLACE]
        if not self._alike:
            self._remedies += [Remedy.REPLY]
        self._weights = [chance.choice([1, 2, 5, 12]) for _ in range(5)]
        self._patience = chance.choice([6, 12, 20, 30])
        self._versions = chance.choice([2, 2, 3, 4])
        self._length = chance.choice([3, 3, 3, None])
        self._parts: tuple[str, ...] = ()
        self._asked = Asked()
        self._sending: list[sending.Claimed] = []
        self._drafting = False
        self._steps = 0
        self.log: list[object] = []

    async def live(self) -> None:
        """Begin, and go on until nothing is left to do."""
        await channels.open_channels(self._session, [CHANNEL])
        await stories.drafted(self._session, self._author, self._clock())
        await self._approve()
        while step := await self._next():
            self._steps += 1
            assert self._steps < _LONGEST, "there is no end to it"
            self._clock.forward(seconds=1)
            await step()

    async def judged(self) -> str | None:
        """Return what is not as it was asked for, None when all is."""
        query = select(Operation).order_by(Operation.id)  # type: ignore[arg-type]  # a column
        operations = (await self._session.exec(query)).all()
        known = Known(
            [one.remote_id or "" for one in standing(operations)],
            [f"{one.id} {one.action} {one.state}" for one in operations if one.state not in _ENDED],
        )
        posts = self._channel.posts
        if not self._alike or self._asked.retracted:
            there = [Seen(number, *one) for number, one in posts.items()]
            return verdict(self._asked, CHANNEL, there, known, _NOWHERE)
        if self._read() != list(self._parts) or len(posts) != len(self._parts):
            return f"it reads {self._read()}"
        told = sorted(known.ids) == sorted(posts) and not known.unended
        return None if told else f"the newsroom believes {known}"

    def _read(self) -> list[str]:
        """Return what somebody reads who follows the answers from the first post on."""
        said: list[str] = []
        under = None
        while True:
            posts = self._channel.posts.items()
            found = [(number, words) for number, (words, above) in posts if above == under]
            if len(found) != 1:
                return said
            under = found[0][0]
            said.append(found[0][1])

    async def _next(self) -> Callable[[], Awaitable[None]] | None:
        """Return what happens next, None when nothing can."""
        session, now = self._session, self._clock()
        due = list(await sending.due(session, [CHANNEL], now=now, limit=99))
        doubtful = await doubts.waiting(session, [CHANNEL], now=now, limit=99)
        query = select(Operation.id).where(Operation.state == OperationState.FAILED)
        failed = (await session.exec(query)).all()
        stands = not self._asked.retracted and self._steps < self._patience
        more = stands and not self._drafting and len(self._asked.versions) < self._versions
        can: list[tuple[Callable[[], Awaitable[None]], float]] = [
            (step, weight)
            for step, weight, possible in (
                (lambda: self._claim(due), self._weights[0], due),
                (self._finish, self._weights[1], self._sending),
                (lambda: self._look(doubtful), self._weights[2], doubtful),
                (lambda: self._send_again(failed), self._weights[3], failed),
                (self._edit, self._weights[4], more),
                (self._retract, 0.3, stands and not self._drafting),
                (self._approve, 3, self._drafting),
            )
            if possible
        ]
        quiet = not (due or self._sending or doubtful or failed or self._drafting)
        if quiet and (not more or self._chance.random() < 0.1):
            return None
        steps, weights = zip(*can, strict=True)
        chosen: Callable[[], Awaitable[None]] = self._chance.choices(steps, weights)[0]
        return chosen

    async def _approve(self) -> None:
        self._drafting = False
        version = len(self._asked.versions) + 1
        parts = self._length or self._chance.choice([1, 2, 3])
        self._parts = tuple(self._words(version, number) for number in range(parts))
        remedy = self._chance.choice(self._remedies) if version > 1 else None
        _, article = await self._thread.case()
        first, *more = self._parts
        post = Post(channel=CHANNEL, title=article.title, text=first, more=tuple(more))
        planned = await self._thread.approved(self._parts, remedy)
        self._asked.versions.append(({CHANNEL: post}, {CHANNEL: remedy} if remedy else {}))
        self.log.append((remedy, self._parts, [(one.id, one.action, one.part) for one in planned]))

    def _words(self, version: int, number: int) -> str:
        kept = self._alike and number < len(self._parts) and self._chance.random() < 0.5
        return self._parts[number] if kept else f"v{version} p{number + 1}"

    async def _edit(self) -> None:
        self.log.append("edited")
        await self._thread.edited()
        self._drafting = True

    async def _retract(self) -> None:
        case, _ = await self._thread.case()
        by, now = self._thread.bruno, self._clock()
        try:
            await retract(self._session, case, "Errore", by=by, now=now)
        except NothingOut:
            return
        self.log.append("retracted")
        self._asked.retracted = True

    async def _claim(self, due: Sequence[int]) -> None:
        number, now = self._chance.choice(due), self._clock()
        claimed = await sending.claim_due(self._session, number, "worker", now=now)
        if claimed is not None:
            self._sending.append(claimed)

    async def _finish(self) -> None:
        """End a call: well, refused, or lost, after it was performed or before."""
        claimed = self._sending.pop(self._chance.randrange(len(self._sending)))
        bad = self._steps < self._patience + 10
        ends = ["done", "late", "lost"] if bad else ["done"]
        end = self._chance.choices(ends, [5, 2, 3][: len(ends)])[0]
        if not self._channel.knows(claimed):
            end = "lost" if end == "lost" else "refused"
        elif bad and self._chance.random() < self._refusals:
            end = "refused"
        self.log.append((end, claimed.operation_id, claimed.action, claimed.remote_id))
        number = self._channel.perform(claimed) if end in ("done", "late") else ""
        session, now = self._session, self._clock()
        match end:
            case "done":
                await sending.settle(session, claimed, number, "https://r.it/", now=now)
            case "refused":
                await sending.fail(session, claimed, "No", now=now)
            case _:
                await sending.leave_unconfirmed(session, claimed, "timeout", now=now)

    async def _look(self, doubtful: Sequence[doubts.Doubt]) -> None:
        """Read the channel back for what is in doubt; what mends is done again instead."""
        one, session, now = self._chance.choice(doubtful), self._session, self._clock()
        found = None if one.mends else self._channel.found(one.post)
        self.log.append(("looked", one.operation_id, found))
        by, number = self._thread.bruno, one.operation_id
        if found is None:
            await doubts.deny(session, number, by=by, now=now)
        else:
            await doubts.confirm(session, number, found, "https://r.it/", by=by, now=now)

    async def _send_again(self, failed: Sequence[int]) -> None:
        number, now = self._chance.choice(failed), self._clock()
        self.log.append(("sent again", number))
        await resend(self._session, number, by=self._thread.bruno, now=now)
