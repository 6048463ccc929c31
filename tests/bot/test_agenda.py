"""How the words of /blackout and /pausa are understood."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot import texts
from bot.agenda import Unclear, channel_called, period
from content.slots import ROME
from tests.clock import MONDAY


def said_in_rome(words: str, now: datetime = MONDAY) -> tuple[str, str, str]:
    begins, ends, reason = period(words, now)
    return (
        f"{begins.astimezone(ROME):%d/%m/%y %H:%M}",
        f"{ends.astimezone(ROME):%d/%m/%y %H:%M}",
        reason,
    )


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("24/11 08:00 25/11 23:00", "24/11/26 08:00", "25/11/26 23:00"),
        ("dal 24/11 alle 8 al 25/11 alle 23", "24/11/26 08:00", "25/11/26 23:00"),
        ("Dal 24/11/2026 ore 8.30 fino al 25-11-26", "24/11/26 08:30", "26/11/26 00:00"),
        ("24/11 08:00 - 14:00", "24/11/26 08:00", "24/11/26 14:00"),
        ("24/11", "24/11/26 00:00", "25/11/26 00:00"),
        ("24/11 26/11", "24/11/26 00:00", "27/11/26 00:00"),
        ("oggi domani", "23/11/26 00:00", "25/11/26 00:00"),
        ("ora domani 12:00", "23/11/26 09:00", "24/11/26 12:00"),
        ("subito alle 18", "23/11/26 09:00", "23/11/26 18:00"),
        ("24/11 20:00 24:00", "24/11/26 20:00", "25/11/26 00:00"),
        ("31/12 20:00 2/1 8:00", "31/12/26 20:00", "02/01/27 08:00"),
        ("2/1 3/1", "02/01/27 00:00", "04/01/27 00:00"),
        ("22/11 24/11", "22/11/26 00:00", "25/11/26 00:00"),
    ],
)
def test_a_period_is_understood_in_many_ways(words: str, begins: str, ends: str) -> None:
    assert said_in_rome(f"{words} silenzio elettorale") == (begins, ends, "silenzio elettorale")


def test_a_reason_may_begin_with_a_number() -> None:
    assert said_in_rome("24/11 08:00 20:00 25 anni dal voto")[2] == "25 anni dal voto"


def test_a_period_keeps_the_hours_on_the_wall_over_a_clock_change() -> None:
    begins, ends, _ = period("24/10/2026 12:00 25/10/2026 12:00 voto", MONDAY.replace(month=9))

    assert (ends - begins).total_seconds() == 25 * 3600


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("domattina lutto", texts.BLACKOUT_USAGE),
        ("24/11 08:00 lutto", texts.BLACKOUT_USAGE),
        ("31/02 1/3 lutto", texts.BLACKOUT_USAGE),
        ("24/11 25:00 26/11 lutto", texts.BLACKOUT_USAGE),
        ("24/11 08:61 26/11 lutto", texts.BLACKOUT_USAGE),
        ("25/11 08:00 24/11 08:00 lutto", texts.BLACKOUT_BACKWARDS),
        ("24/11 08:00 08:00 lutto", texts.BLACKOUT_BACKWARDS),
        ("20/11 21/11 lutto", texts.BLACKOUT_PAST),
        ("24/11 24/03 lutto", texts.BLACKOUT_TOO_LONG),
        ("24/11 08:00 25/11 23:00", texts.BLACKOUT_NEEDS_A_REASON),
    ],
)
def test_what_cannot_be_followed_is_answered_with_what_is_missing(words: str, answer: str) -> None:
    with pytest.raises(Unclear) as unclear:
        period(words, MONDAY)

    assert str(unclear.value) == answer


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ("facebook", "facebook"), ("Facebook", "facebook"), ("fb", "facebook"),
        ("face", "facebook"),
        ("x", "x"), ("X", "x"), ("twitter", "x"), ("rubrica", "rubrica"), ("sito", "rubrica"),
        ("telegram", None), ("", None), ("xx", None),
    ],
)  # fmt: skip
def test_a_channel_is_known_by_its_name_its_nickname_or_a_beginning(
    said: str, channel: str | None
) -> None:
    labels = {"facebook": "Facebook", "x": "X", "rubrica": "Rubrica"}
    newsroom: Any = SimpleNamespace(publishers=labels, label=labels.__getitem__)

    assert channel_called(newsroom, said) == channel
