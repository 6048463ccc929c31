"""A group is never written to more often than Telegram allows, in any minute."""

from datetime import datetime, timedelta

from bot.tempo import Tempo
from tests.clock import Clock

GROUP, PERSON = -100, 100


def test_no_minute_has_more_calls_than_allowed(clock: Clock) -> None:
    tempo = Tempo(20, clock)
    made: list[datetime] = []
    for _ in range(10 * 60):
        if tempo.free(GROUP):
            tempo.count(GROUP)
            made.append(clock())
        clock.forward(seconds=1)

    assert len(made) >= 9 * 19
    for begin in made:
        assert sum(begin <= at < begin + timedelta(minutes=1) for at in made) <= 20


def test_people_and_other_groups_do_not_wait_for_a_group(clock: Clock) -> None:
    tempo = Tempo(1, clock)
    tempo.count(GROUP)
    for _ in range(5):
        tempo.count(PERSON)

    assert not tempo.free(GROUP)
    assert tempo.free(PERSON)
    assert tempo.free(GROUP - 1)


def test_without_a_brake_only_telegram_itself_makes_anybody_wait(clock: Clock) -> None:
    tempo = Tempo(0, clock)
    for _ in range(100):
        tempo.count(GROUP)
    assert tempo.free(GROUP)

    tempo.hold(GROUP, clock() + timedelta(seconds=5))
    assert not tempo.free(GROUP)
    clock.forward(seconds=5)
    assert tempo.free(GROUP)
