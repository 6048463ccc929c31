"""A short storm of people: each is heard once and answered, whatever happens to the newsroom."""

import pytest

from benchmarks import talk
from benchmarks.database import Mode
from tests import postgres
from tests.requirements import need

PEOPLE = 40


@pytest.mark.parametrize("stop", ["kill", "term"])
@pytest.mark.parametrize("mode", ["embedded", "postgresql"])
def test_everybody_is_heard_once_and_answered(mode: Mode, stop: talk.Stop) -> None:
    if mode == "postgresql":
        need(postgres.programs() is not None, "PostgreSQL (apt-get install postgresql)")

    result = talk.storm(mode, stop, PEOPLE, seed=20)

    assert result.kills > 0
    assert (result.lost, result.twice, result.wrong_order, result.unanswered) == (0, 0, 0, 0)


def test_what_went_wrong_with_the_crowd_is_counted() -> None:
    assert talk.Result("embedded", "kill", 1).clean
    for name in ("lost", "twice", "wrong_order", "unanswered"):
        assert not talk.Result("embedded", "kill", 1, **{name: 1}).clean
