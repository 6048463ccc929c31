"""Which methods of the Bot API the suite has called, and which kinds of update it has sent.

It is a pytest plugin, loaded by tests/conftest.py; the list is printed at the end of a run.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from telegram import Update

from bot.inbox import Inbox
from bottega.sandbox.core import Exchange, Switchboard

METHODS: Final = pytest.StashKey[set[str]]()
UPDATES: Final = pytest.StashKey[set[str]]()
KINDS_OF_UPDATE: Final = frozenset(Update.ALL_TYPES)
_KINDS: Final[Mapping[str, pytest.StashKey[set[str]]]] = {
    "Bot API methods": METHODS,
    "update types": UPDATES,
}


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing."""
    for key in _KINDS.values():
        config.stash[key] = set()


@pytest.fixture(autouse=True)
def exercised(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note what this test calls and sends."""
    stash = request.config.stash
    build, take = Switchboard.__init__, Inbox.take

    def listen(exchange: Exchange) -> None:
        if exchange.service == "telegram":
            stash[METHODS].add(exchange.path)

    def build_listening(board: Switchboard) -> None:
        build(board)
        board.listeners.append(listen)

    async def take_noting(inbox: Inbox, updates: Sequence[Mapping[str, Any]]) -> None:
        for one in updates:
            if isinstance(one, Mapping):
                stash[UPDATES].update(kind for kind in one if kind in KINDS_OF_UPDATE)
        await take(inbox, updates)

    monkeypatch.setattr(Switchboard, "__init__", build_listening)
    monkeypatch.setattr(Inbox, "take", take_noting)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this worker saw."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["exercised"] = [list(names) for names in _seen(session.config).values()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker saw."""
    seen = getattr(node, "workeroutput", {}).get("exercised", [[] for _ in _KINDS])
    for key, names in zip(_KINDS.values(), seen, strict=True):
        node.config.stash[key].update(names)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the list."""
    for title, names in _seen(config).items():
        if names:
            said = ", ".join(sorted(names))
            terminalreporter.write_line(f"{len(names)} {title} exercised: {said}")


def _seen(config: pytest.Config) -> dict[str, set[str]]:
    return {title: config.stash[key] for title, key in _KINDS.items()}
