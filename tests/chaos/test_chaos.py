"""A short storm: kills, lost answers, changes of mind; what was asked for is there, once."""

import pytest

from benchmarks import chaos, kinds
from benchmarks.database import Mode
from tests import postgres
from tests.requirements import need

DELIVERIES = 40


@pytest.mark.parametrize("mode", ["embedded", "postgresql"])
def test_all_that_was_asked_for_in_a_storm_is_there_once_and_nothing_else(mode: Mode) -> None:
    if mode == "postgresql":
        need(postgres.programs() is not None, "PostgreSQL (apt-get install postgresql)")

    result = chaos.storm(mode, DELIVERIES, seed=20)

    assert result.kills > 3
    assert result.bad_calls > 0
    assert DELIVERIES / len(chaos.CHANNELS) >= len(kinds.KINDS)  # each kind is among them
    assert (result.corrections > 3, result.retractions > 1) == (True, True)
    assert 0 < result.refused < result.presses
    assert (result.twice, result.missing, result.wrong, result.faults) == (0, 0, 0, 0)
