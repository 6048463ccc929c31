"""Every request that the suite makes to the sandbox is held against the published specifications.

It is a pytest plugin, loaded by tests/conftest.py. The stand-ins' own tests, and those of the
checks themselves, ask what is wrong on purpose and are left out.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bottega.sandbox.core import Exchange, Switchboard
from tests.conformance import facebook, telegram, x

_ON_PURPOSE = ("tests/bottega/sandbox/", "tests/conformance/", "tests/content/outside/")


@pytest.fixture(autouse=True)
def within_the_specifications(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that asked the sandbox for something no specification knows."""
    where = Path(request.node.path).as_posix()
    if not telegram.spec_path().exists() or any(part in where for part in _ON_PURPOSE):
        yield
        return
    outside: list[str] = []
    build = Switchboard.__init__

    def listen(exchange: Exchange) -> None:
        for one in (telegram, facebook, x):
            outside.extend(one.violations(exchange))

    def build_listening(board: Switchboard) -> None:
        build(board)
        board.listeners.append(listen)

    monkeypatch.setattr(Switchboard, "__init__", build_listening)
    yield
    assert outside == []
