"""Updates that could not be handled, seen from the terminal."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.inbox import Inbox, InboxState, give_up
from bottega.cli import app
from content.store import Store
from tests.bot.test_inbox import row, update
from tests.clock import Clock


@pytest.fixture
async def folder(empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newsroom that failed to handle two messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(empty_sqlite, tmp_path / "data" / "bottega.db")
    store, clock = opened(tmp_path), Clock()
    await Inbox(store, clock).take([update(5, text="parole di Ada"), update(6), update(7)])
    async with store.transaction() as session:
        for number in (5, 6):
            await give_up(session, number, "KeyError", final=True, now=clock())
    await store.close()
    return tmp_path


def opened(folder: Path) -> Store:
    return Store(f"sqlite+aiosqlite:///{folder}/data/bottega.db")


async def states(folder: Path) -> list[InboxState]:
    store = opened(folder)
    found = [(await row(store, number)).state for number in (5, 6, 7)]
    await store.close()
    return found


def test_they_are_listed_without_anybody_s_words(folder: Path) -> None:
    said = CliRunner().invoke(app, ["replay", "--list"])

    assert said.exit_code == 0
    assert said.output.splitlines() == [
        "5  2026-11-23 08:00 UTC  KeyError",
        "6  2026-11-23 08:00 UTC  KeyError",
    ]


@pytest.mark.parametrize(("arguments", "count", "code"), [([], 2, 0), (["6"], 1, 0), (["7"], 0, 1)])
def test_all_or_one_are_handled_again(
    folder: Path, arguments: list[str], count: int, code: int
) -> None:
    said = CliRunner().invoke(app, ["replay", *arguments])

    assert (said.exit_code, f"di nuovo: {count}." in said.output) == (code, True)
    assert asyncio.run(states(folder)).count(InboxState.WAITING) == 1 + count


def test_where_there_is_no_newsroom_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = CliRunner().invoke(app, ["replay"])

    assert said.exit_code == 1
    assert "Il database non" in said.output
