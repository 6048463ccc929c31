"""The people of a storm who see to what asks for them, and meddle with what is planned.

They look at the channel before they say what is there, and tell the truth; but it takes them a
while, several see to the same thing, and the same is pressed again.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.judgement import Asked
from benchmarks.newsroom import PAGE, utc_now
from benchmarks.outlets import addresses, id_of, network
from benchmarks.pressing import Act, Hand
from bottega.sandbox import Sandbox
from content import doubts, planning
from content.deliveries import Action, Operation, article_of
from content.history import Actor
from content.posts import FrozenPost
from content.readiness import MENDING
from content.slots import NoFreeSlot, at_once
from content.store import Store
from content.threads import said
from content.workflow import GIVEN_UP, UNSENT, OperationState
from publishers import witness
from publishers.base import Publisher

LATE: Final = 4.0
"""So many seconds, at most, pass between what people see and what they press."""
EARLY: Final = 5
"""Of so many doubts they see one by themselves, before they are asked."""
_A_LOOK: Final = timedelta(seconds=2)
"""Who is asked takes so long to go and look."""
_PAUSE: Final = 0.3
_PACE: Final = 0.4
_FAR: Final = timedelta(seconds=30)


class Minders:
    """Those who see to operations; `out` and `not_out` count what they said of doubts.

    What they let go they write down in `asked`, by article.
    """

    def __init__(
        self,
        store: Store,
        publishers: Mapping[str, Publisher],
        sandbox: Sandbox,
        hand: Hand,
        random: Random,
        asked: Mapping[int, Asked],
        by: Actor,
    ) -> None:
        self._store, self._publishers, self._hand = store, publishers, hand
        self._sandbox, self._random, self._asked, self._by = sandbox, random, asked, by
        self.out = self.not_out = self.let_go = 0

    async def mind(self, last: float) -> None:
        """See to what asks for a person; never ends.

        `last` is in how many seconds the last is due: what is planned for much later was moved.
        """
        far = utc_now() + timedelta(seconds=last) + _FAR
        put_off = or_(col(Operation.hold_reason).is_not(None), col(Operation.due_at) > far)
        asks = or_(
            col(Operation.state).in_((*GIVEN_UP, OperationState.UNCONFIRMED)),
            and_(col(Operation.state) == OperationState.SCHEDULED, put_off),
        )
        in_mind: dict[int, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                for one in await self._found(asks):
                    if one.id not in in_mind or in_mind[one.id].done():
                        in_mind[one.id] = group.create_task(self._see_to(one))
                await asyncio.sleep(_PAUSE)

    async def meddle(self, seconds: float) -> None:
        """Move, hold and drop what is planned for these moments, for so many seconds."""
        ends = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < ends:
                await asyncio.sleep(self._random.uniform(0, 2 * _PACE))
                now, soon = utc_now(), timedelta(seconds=LATE)
                near = await self._found(
                    col(Operation.state).in_(UNSENT),
                    col(Operation.due_at).between(now - soon, now + soon),
                )
                if near:
                    one = self._random.choice(near)
                    group.create_task(self._press(self._random.choice(self._buttons(one))(one)))

    async def _found(self, *conditions: Any) -> Sequence[Operation]:
        async with self._store.reading() as session:
            query = select(Operation).where(*conditions).order_by(col(Operation.id))
            return (await session.exec(query)).all()

    async def _see_to(self, one: Operation) -> None:
        """Do what an operation asks for, as it was when it was looked at."""
        if one.state is OperationState.SCHEDULED and one.hold_reason is not None:
            await self._press(self._free(one))
        elif one.state is not OperationState.UNCONFIRMED:
            await self._press(self._send_now(one))
        elif (answer := await self._look(one)) is not None:
            await self._press(answer)

    def _buttons(self, one: Operation) -> Sequence[Callable[[Operation], Act]]:
        """Return what may be pressed of an operation: the page goes when its posts go."""
        if one.channel == PAGE:
            return (self._hold,)
        moving = (self._hold, self._move, self._move_on, self._send_now)
        return (*moving, self._let_go) if one.action is Action.CREATE else moving

    async def _press(self, act: Act) -> None:
        await asyncio.sleep(self._random.uniform(0, LATE))
        await self._hand.press(act)

    async def _look(self, one: Operation) -> Act | None:
        """Look on the channel for what is in doubt; return what answers so, if there is a say.

        Of what is not there yet nobody says so before they are asked.
        """
        is_asked = one.asked_at is not None and one.asked_at < utc_now() - _A_LOOK
        if one.channel == PAGE or not (is_asked or (one.id + one.tries) % EARLY == 0):
            return None
        async with self._store.reading() as session:
            frozen = await session.get_one(FrozenPost, one.post_id)
        posts = network(self._sandbox, one.channel)
        if one.action in MENDING:
            there = any(post.id == id_of(one.remote_id) for post in posts)
            if not is_asked or one.action is Action.EDIT:
                return None
            return self._not_seen(one) if there else self._seen(one, frozen, "")
        words = said(one, frozen.post()).text
        found = next((post for post in posts if post.words == words), None)
        if found is not None:
            return self._seen(one, frozen, addresses(one.channel, found))
        return self._not_seen(one) if is_asked else None

    def _seen(self, one: Operation, frozen: FrozenPost, links: str) -> Act:
        proof = witness.seen(self._publishers[one.channel], frozen, links)

        async def act(session: AsyncSession) -> None:
            await doubts.confirm(
                session, one.id, proof.remote_id, proof.permalink, by=self._by, now=utc_now()
            )
            self.out += 1

        return act

    def _not_seen(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            await doubts.not_seen(session, one.id, tries=one.tries, by=self._by, now=utc_now())
            self.not_out += 1

        return act

    def _send_now(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            operation, now = await session.get_one(Operation, one.id), utc_now()
            if operation.state in GIVEN_UP:
                await planning.resend(session, one.id, by=self._by, now=now)
            else:
                await planning.reschedule(session, one.id, at_once(now), by=self._by, now=now)
                if operation.hold_reason:
                    await planning.hold(session, one.id, None, by=self._by, now=now)

        return act

    def _move(self, one: Operation) -> Act:
        later = timedelta(seconds=LATE + self._random.uniform(0, LATE))
        place = at_once(utc_now() + later)

        async def act(session: AsyncSession) -> None:
            now = utc_now()
            if place.due_at > now:
                await planning.reschedule(session, one.id, place, by=self._by, now=now)

        return act

    def _move_on(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            try:
                await planning.move_on(session, one.id, by=self._by, now=utc_now())
            except IntegrityError:  # somebody took that place a moment ago
                raise NoFreeSlot(one.channel) from None

        return act

    def _hold(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            await planning.hold(session, one.id, "Un momento", by=self._by, now=utc_now())

        return act

    def _free(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            await planning.hold(session, one.id, None, by=self._by, now=utc_now())

        return act

    def _let_go(self, one: Operation) -> Act:
        async def act(session: AsyncSession) -> None:
            await planning.cancel(session, one.id, by=self._by, now=utc_now())
            asked = self._asked[(await article_of(session, one.id)).id]
            asked.let_go.add((one.channel, len(asked.versions)))
            self.let_go += 1

        return act
