"""A short storm: kills and lost answers, and every delivery comes out once."""

import pytest

from benchmarks import chaos
from benchmarks.database import Mode
from tests import postgres
from tests.requirements import need

DELIVERIES = 45


@pytest.mark.parametrize("mode", ["embedded", "postgresql"])
def test_every_delivery_of_a_storm_comes_out_once(mode: Mode) -> None:
    if mode == "postgresql":
        need(postgres.programs() is not None, "PostgreSQL (apt-get install postgresql)")

    result = chaos.storm(mode, DELIVERIES, seed=20)

    assert result.kills > 3
    assert result.bad_calls > 0
    assert (result.twice, result.missing, result.wrong) == (0, 0, 0)


def test_what_a_storm_did_wrong_is_counted() -> None:
    assert not chaos.Result("embedded", 3, twice=1).clean
    assert not chaos.Result("embedded", 3, missing=1).clean
    assert not chaos.Result("embedded", 3, wrong=1).clean
