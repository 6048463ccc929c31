"""Whatever Telegram sends: nothing ends the bot, nothing is lost, no stranger is written to.

2,000 updates here; `make fuzz` sends 100,000 and looks at the memory too.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot import clerk, texts
from bot.inbox import InboxState
from tests.conformance.telegram import spec_path
from tests.fuzz.newsroom import Storm, storm
from tests.fuzz.shapes import CHANNEL, DESK, PEOPLE, updates
from tests.requirements import need

UPDATES = int(os.environ.get("FUZZ_UPDATES", "2000"))
A_ROUND = 2000
TOGETHER = 25
WARM = 10_000
MOST_GROWTH = 1.1


class Fuzz:
    """One newsroom for all examples, in a loop of its own."""

    def __init__(self, storm: Storm, runner: asyncio.Runner) -> None:
        self._storm, self._runner = storm, runner
        self.memory: list[float] = []

    def blow(self, some: list[dict[str, Any]]) -> None:
        self._runner.run(self._storm.blow(some))
        if self._storm.count // WARM > len(self.memory):
            self.memory.append(psutil.Process().memory_info().rss)


@pytest.fixture
def newsroom(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Storm, asyncio.Runner]]:
    need(spec_path().exists(), "the published Bot API (../shared/specs)")
    monkeypatch.setattr(clerk, "TRY_AGAIN_SECONDS", 0.0)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with asyncio.Runner() as runner:
        opened = storm(sqlite_url, tmp_path)
        yield runner.run(opened.__aenter__()), runner
        runner.run(opened.__aexit__(None, None, None))
    structlog.reset_defaults()


def test_whatever_telegram_sends(newsroom: tuple[Storm, asyncio.Runner]) -> None:
    blown, runner = newsroom
    fuzz = Fuzz(blown, runner)

    for number in range(-(-UPDATES // A_ROUND)):  # hypothesis remembers all of a round

        @seed(number)
        @settings(
            max_examples=A_ROUND // TOGETHER, deadline=None, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.lists(updates(), min_size=TOGETHER, max_size=TOGETHER))
        def examples(some: list[dict[str, Any]]) -> None:
            fuzz.blow(some)

        examples()

    states = runner.run(blown.states())
    assert blown.count >= UPDATES
    assert sum(states.values()) == blown.count
    assert set(states) <= {InboxState.HANDLED, InboxState.HELD, InboxState.FAILED}
    assert runner.run(blown.failed()) == []
    assert states[InboxState.FAILED] < blown.count / 10
    nobody_else_was_written_to(blown)
    if len(fuzz.memory) > 1:
        assert fuzz.memory[-1] <= fuzz.memory[0] * MOST_GROWTH, fuzz.memory


@pytest.mark.parametrize("chat_id", [-1, DESK, PEOPLE[1]])
def test_in_a_private_chat_of_another_nothing_is_said(
    newsroom: tuple[Storm, asyncio.Runner], chat_id: int
) -> None:
    """Telegram gives a private chat the id of its person: any other pair is forged."""
    blown, runner = newsroom
    ada = {"id": PEOPLE[0], "is_bot": False, "first_name": "Ada"}
    chat = {"id": chat_id, "type": "private"}
    message = {"message_id": 7, "date": 1_790_000_000, "chat": chat, "from": ada, "text": "/start"}
    button = {"id": "1", "from": ada, "chat_instance": "1", "message": message, "data": "g:start"}
    some: list[dict[str, Any]] = [
        {"message": message}, {"edited_message": message}, {"callback_query": button},
    ]  # fmt: skip
    runner.run(blown.blow(some))
    assert chat_id not in blown.telegram.written


def nobody_else_was_written_to(blown: Storm) -> None:
    """Those who wrote in private are answered, and the desk; other groups get one sentence."""
    polite = {texts.STRANGER_GROUP, texts.ONLY_ADMINISTRATORS, texts.ONLY_MODERATORS}
    written = blown.telegram.written
    assert CHANNEL not in written
    for chat, said in written.items():
        if chat < 0 and chat != DESK:
            assert set(said) <= polite, chat
    assert set(PEOPLE) & set(written)
