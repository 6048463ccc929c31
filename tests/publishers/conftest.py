"""What the tests of the channels share: the services, served here, and nothing to wait for."""

from collections.abc import Iterator

import pytest

from bottega.sandbox.server import Sandbox, running


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    """The services' stand-ins, for all tests of a module: each resets them."""
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A film is looked at again at once while it is being processed."""
    monkeypatch.setattr("publishers.films._SHORTEST_WAIT", 0.0)
    monkeypatch.setattr("publishers.films._LONGEST_WAIT", 0.0)
