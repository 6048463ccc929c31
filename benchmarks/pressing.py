"""How people press: once, twice at a time, again, and much later on what they saw before."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from content.doubts import NotAsked
from content.editing import EditedMeanwhile
from content.history import NotAllowed
from content.planning import NoPage
from content.retractions import NothingOut
from content.review import StaleView
from content.slots import NoFreeSlot
from content.store import Store

REFUSALS: Final = (
    NotAllowed, NotAsked, NoPage, NoFreeSlot, NothingOut, StaleView, EditedMeanwhile,
)  # fmt: skip
"""What people are told; whatever else a press raises is a fault."""
HABITS: Final = ((0.0,), (0.0,), (0.0, 0.0), (0.0, 0.5), (0.0, 6.0), (0.0, 0.0, 6.0))
"""After at most how many seconds each press of a thing comes, one habit as likely as another."""
AT_ONCE: Final = 8
"""How many presses the newsroom's front door takes at a time; the others wait for their turn."""
_SOON: Final = 1.0

Act = Callable[[AsyncSession], Awaitable[object]]
"""What a press does, in a transaction of its own, with what its page or message passes."""


class Hand:
    """The hand of all people: presses, and counts the presses, the refusals and the faults."""

    def __init__(self, store: Store, random: Random) -> None:
        self._store, self._random = store, random
        self._late: set[asyncio.Task[bool]] = set()
        self._door = asyncio.Semaphore(AT_ONCE)
        self.presses = self.refused = self.faults = 0

    @property
    def rests(self) -> bool:
        """Whether no press of before is still to come."""
        return not self._late

    async def press(self, act: Act) -> bool:
        """Press as people do; return whether it was done by what was not pressed late.

        Who presses late does something else meanwhile.
        """
        soon = []
        for longest in self._random.choice(HABITS):
            press = asyncio.create_task(self._once(act, self._random.uniform(0, longest)))
            if longest <= _SOON:
                soon.append(press)
            else:
                self._late.add(press)
                press.add_done_callback(self._late.discard)
        return any(await asyncio.gather(*soon))

    async def _once(self, act: Act, wait: float) -> bool:
        await asyncio.sleep(wait)
        self.presses += 1
        try:
            async with self._door, self._store.transaction() as session:
                await act(session)
        except REFUSALS:
            self.refused += 1
            return False
        except Exception:  # noqa: BLE001 - the person sees a page that excuses itself; we count
            self.faults += 1
            traceback.print_exc()
            return False
        return True
