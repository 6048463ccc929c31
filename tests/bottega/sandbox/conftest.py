"""One sandbox for each module, as new for each test."""

from collections.abc import Iterator

import pytest

from bottega.sandbox.server import Sandbox, running


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served
