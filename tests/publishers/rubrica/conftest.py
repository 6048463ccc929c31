"""What follows publishing happens when a test asks for it."""

import pytest

from publishers.rubrica import Rubrica


@pytest.fixture(autouse=True)
def _nothing_follows_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rubrica, "rest", 3600.0)
