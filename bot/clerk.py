"""Handles what waits in the inbox: each person's updates in order, many people's at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

import structlog
from telegram import Bot, Update

from bot.inbox import Received, give_up, read, waiting
from bot.rounds import Rounds
from content.store import Store

log = structlog.get_logger()
AT_ONCE: Final = 64
TRY_AGAIN_SECONDS: Final = 2.0
UNREADABLE: Final = "unreadable"
"""What is noted of an update that the library cannot make sense of."""
_LOOKS: Final = 4


class Turns(Protocol):
    """Whom this process may serve, where several processes serve the same people."""

    async def claim(self, people: Sequence[int]) -> set[int]:
        """Return those of these people whom no other process is serving: they are ours now."""

    async def release(self, people: Sequence[int]) -> None:
        """Let others serve these people."""


class Clerk(Rounds):
    """Handles until stopped; what fails in passing is tried again, before the person's next."""

    breath: ClassVar[float] = 0.02

    def __init__(
        self,
        store: Store,
        bot: Bot,
        handle: Callable[[Update], Awaitable[None]],
        clock: Callable[[], datetime],
        turns: Turns | None = None,
    ) -> None:
        """Take what handles an update; `turns` is None where there is no other process."""
        super().__init__()
        self._store, self._bot, self._handle, self._clock = store, bot, handle, clock
        self._turns = turns
        self._busy: set[int] = set()
        self._claimed: set[int] = set()
        self._served: dict[int, Received] = {}
        """What was attempted since the last look: if it still waits, it is not settled."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Begin with whoever waits and is served by nobody, as far as there are hands."""
        served, self._served = self._served, {}
        await self._release()
        others: set[int] = set()
        for _ in range(_LOOKS):
            free = AT_ONCE - len(self._tasks)
            if free <= 0 or self._stopping:
                self._served = served | self._served
                return
            async with self._store.reading() as session:
                rows = await waiting(session, 2 * free, but=[*self._busy, *others])
            firsts: dict[int, Received] = {}
            for row in rows:
                firsts.setdefault(row.person_id, row)
            for row in list(firsts.values()):
                before = served.get(row.person_id)
                if before is not None and before.update_id == row.update_id:
                    del firsts[row.person_id]
                    await self._rest(row, before)
            asked = list(firsts)[:free]
            mine = await self._claim(asked)
            for person in mine:
                self._begin(firsts[person])
            others.update(asked)
            if len(mine) == len(asked):
                return

    async def finish(self) -> None:
        """Wait for what is being handled; the rest waits in the inbox."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._release()

    def _begin(self, row: Received) -> None:
        self._busy.add(row.person_id)
        task = asyncio.create_task(self._serve(row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, row: Received) -> None:
        """Handle a person's oldest update."""
        person = row.person_id
        try:
            # Between our look and our claim another process may have served the person.
            if self._turns is None or await self._still_waits(row):
                await self._attempt(row)
        except Exception:
            log.exception("inbox_failed")
        finally:
            self._served[person] = row
            self._awake(person)

    async def _attempt(self, row: Received) -> None:
        try:
            update = read(row.body, self._bot)
        except Exception as error:  # noqa: BLE001 - a shape that nobody knows
            log.warning("update_unreadable", update_id=row.update_id, error=type(error).__name__)
            await self._fail(row, f"{UNREADABLE}: {type(error).__name__}", final=True)
            return
        await self._handle(update)

    async def _rest(self, row: Received, before: Received) -> None:
        """Leave a person alone for a while, whose update is not settled."""
        self._busy.add(row.person_id)
        asyncio.get_running_loop().call_later(TRY_AGAIN_SECONDS, self._awake, row.person_id)
        if row.tries == before.tries:  # neither handled nor given up: not for ever
            await self._fail(row, "NotSettled", final=False)

    async def _still_waits(self, row: Received) -> bool:
        async with self._store.reading() as session:
            first = await waiting(session, 1, person=row.person_id)
        return bool(first) and first[0].update_id == row.update_id

    async def _fail(self, row: Received, problem: str, *, final: bool) -> None:
        async with self._store.transaction() as session:
            await give_up(session, row.update_id, problem, final=final, now=self._clock())

    async def _claim(self, people: Sequence[int]) -> set[int]:
        if self._turns is None or not people:
            return set(people)
        mine = await self._turns.claim(people)
        self._claimed |= mine
        return mine

    async def _release(self) -> None:
        """Let others serve those whom we are done with."""
        done = self._claimed - self._busy
        self._claimed -= done
        if self._turns is not None and done:
            try:
                await self._turns.release(list(done))
            except Exception as error:  # noqa: BLE001 - the locks went with their connection
                log.warning("turns_lost", error=type(error).__name__)

    def _awake(self, person: int) -> None:
        self._busy.discard(person)
        self.nudge()
