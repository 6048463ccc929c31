"""The buttons of a moderators' card."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot import cards
from publishers import PUBLISHERS


@pytest.mark.parametrize("count", range(1, len(PUBLISHERS) + 1))
def test_the_previews_stand_in_rows_that_can_be_read_on_a_phone(count: int) -> None:
    newsroom: Any = SimpleNamespace(publishers={one.channel: one for one in PUBLISHERS[:count]})
    submission: Any = SimpleNamespace(id=7)

    rows = cards.previews(newsroom, submission)

    assert all(1 <= len(row) <= 3 for row in rows)
    assert [data for row in rows for _, data in row] == [
        f"d:see:7:{one.channel}" for one in PUBLISHERS[:count]
    ]
    assert max(len(data.encode()) for row in rows for _, data in row) <= 64
