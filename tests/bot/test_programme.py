"""How the days and the numbers are said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot import texts
from content.calendar import Entry
from content.decisions import Verdict
from content.deliveries import Action
from content.silence import Blackout
from content.slots import Place
from content.tally import Tally
from content.workflow import OperationState
from tests.clock import MONDAY

DAY = date(2026, 11, 23)


def entry(
    hour: str = "12:30", channel: str = "x", number: int = 1, title: str = "Apre <presto>",
    state: OperationState = OperationState.SCHEDULED, **more: object,
) -> Entry:  # fmt: skip
    facts = {"action": Action.CREATE, "due_at": MONDAY, "permalink": None} | more
    at = f"{DAY}T{hour}"
    return Entry(1, number, title, channel, state=state, local_time=at, **facts)  # type: ignore[arg-type]


def test_today_is_said_by_time_with_the_channels_of_a_piece_together() -> None:
    entries = [
        entry("09:00", "rubrica", state=OperationState.DONE, permalink="https://a.example/?a&b"),
        entry("12:30", "facebook", 2), entry("12:30", "x", 2),
        entry("17:30", "x", 3, hold_reason="aspetta"),
        entry("18:00", "x", 3, action=Action.EDIT),
    ]  # fmt: skip

    said = texts.today(DAY, entries, str.upper, None).splitlines()

    assert said == [
        "📅 <b>Oggi, lunedì 23 novembre</b>",
        '09:00 RUBRICA · «<a href="https://a.example/?a&amp;b">Apre &lt;presto&gt;</a>» (uscito)',
        "12:30 FACEBOOK, X · «Apre &lt;presto&gt;» (in programma)",
        "17:30 X · «Apre &lt;presto&gt;» (✋ trattenuto)",
        "18:00 X · «Apre &lt;presto&gt;» (correzione, in programma)",
    ]


def test_an_empty_day_says_what_comes_next() -> None:
    said = texts.today(DAY, [], str, entry())

    assert "non esce niente" in said
    assert "lunedì 23 novembre alle 12:30: x, «Apre &lt;presto&gt;»" in said


def test_the_fullest_days_fit_in_one_message() -> None:
    many = [
        entry(f"{9 + n // 60:02}:{n % 60:02}", number=n, title="Titolo " * 40) for n in range(300)
    ]
    places = [Place(1, DAY, MONDAY + timedelta(minutes=n)) for n in range(60)]
    days = [DAY + timedelta(days=n) for n in range(7)]
    everywhere = [
        Entry(**{name: getattr(one, name) for name in one.__slots__} | {"local_time": local})
        for day in days
        for one in many
        if (local := f"{day}{one.local_time[10:]}")
    ]

    today = texts.today(DAY, many, str, None)
    week = texts.week(days, everywhere, {"x": places}, [], str)

    assert len(today) <= 4096
    assert "altri 276" in today
    assert len(week) <= 4096
    assert week.count("altri 296") == 7


def test_a_week_shows_each_day_its_free_places_and_its_blackouts() -> None:
    free = {
        "X": [Place(1, DAY, MONDAY.replace(hour=11, minute=30))],
    }
    blackout = Blackout(
        begins_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
        ends_at=datetime(2026, 11, 24, 23, tzinfo=UTC),  # midnight in Rome
        reason="voto",
    )
    days = [DAY + timedelta(days=n) for n in range(3)]

    said = texts.week(days, [entry(title="Apre")], free, [blackout], str)

    assert said.split("\n\n") == [
        "🗓 <b>Dal 23 novembre al 25 novembre</b>",
        "<b>Lunedì 23 novembre</b>\n12:30 x · «Apre» (in programma)\n🟢 liberi: 12:30 X",
        "<b>Martedì 24 novembre</b>\n🔇 blackout",
        "<b>Mercoledì 25 novembre</b>\n—",
    ]


def test_the_numbers_are_said_in_words() -> None:
    counted = Tally(
        waiting=2, oldest=MONDAY - timedelta(days=3), came=5,
        decided={Verdict.ACCEPTED: 1, Verdict.REJECTED: 2}, out={"x": 1, "facebook": 2}, ahead={},
        median_wait=timedelta(hours=5, minutes=20),
    )  # fmt: skip

    assert texts.figures(DAY, counted, str, MONDAY).splitlines()[1:] == [
        "In attesa: 2, la più vecchia da 3 giorni.",
        "",
        "<b>Questa settimana</b>, da lunedì 23 novembre",
        "Arrivate: 5.",
        "Decise: 3 (1 approvata, 2 rifiutate).",
        "Uscite: facebook 2, x 1.",
        "In programma: niente.",
        "Metà delle decisioni arriva entro 5 ore.",
    ]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "un minuto"), (1, "un minuto"), (59, "59 minuti"), (60, "1 ora"), (90, "90 minuti"),
        (150, "2 ore"), (1440, "1 giorno"), (2000, "33 ore"), (4400, "3 giorni"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_the_unit_that_people_use(minutes: int, said: str) -> None:
    assert texts.lasting(timedelta(minutes=minutes)) == said
