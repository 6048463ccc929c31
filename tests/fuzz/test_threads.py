"""Whatever becomes of a thread on its way, the channel has what was asked for last, once.

24 lives here; `make fuzz` has 2,000. What fails names its seed, with which it fails again.
"""

import os
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from content.store import Store
from tests.clock import Clock
from tests.fuzz.lives import Life

LIVES = int(os.environ.get("FUZZ_LIVES", "12"))


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = Store(sqlite_url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("refusals", [0.0, 0.2], ids=["taken", "sometimes refused"])
@pytest.mark.parametrize("seed", range(LIVES))
async def test_a_thread_ends_as_it_was_asked_for(
    store: Store, cast: SimpleNamespace, clock: Clock, seed: int, refusals: float
) -> None:
    async with store.transaction() as session:
        life = Life(session, cast, clock, seed, refusals)
        await life.live()
        found = await life.judged()
    assert found is None, "\n".join(map(str, [found, *life.log]))
