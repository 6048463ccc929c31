import time

import pytest

from content.goals import FALLBACK, GOALS, suggest


def test_there_are_seventeen_goals_in_order_with_names_and_colours() -> None:
    assert [goal.number for goal in GOALS] == list(range(1, 18))
    assert len({goal.colour for goal in GOALS}) == 17
    assert GOALS[10].name == "Città e comunità sostenibili"
    assert GOALS[10].colour == "#FD9D24"


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("Una comunità energetica con pannelli fotovoltaici", 7),
        ("La raccolta differenziata e il riuso", 12),
        ("Lo sportello antiviolenza per le donne", 5),
        ("La casa dell'acqua in piazza", 6),
        ("Un corso di alfabetizzazione per gli studenti", 4),
        ("Digitalizzazione dei servizi con SPID", 9),
        ("Nel bosco, per la biodiversità e le api", 15),
        ("Emporio solidale contro la povertà", 1),
        ("Una pista ciclabile nel quartiere", 11),
    ],
)
def test_a_goal_is_suggested_by_the_words_of_a_text(text: str, goal: int) -> None:
    assert goal in suggest(text)


@pytest.mark.parametrize("text", ["", "🎉", "xyz", "\ud800", "a" * 100_000])
def test_a_text_that_tells_nothing_gets_the_fallback(text: str) -> None:
    assert suggest(text) == (FALLBACK,)


def test_at_most_three_goals_are_suggested_each_once() -> None:
    everything = " ".join(goal.stems.replace("_", " ") for goal in GOALS)
    began = time.process_time()
    suggested = suggest(everything * 50)
    assert len(suggested) == len(set(suggested)) == 3
    assert time.process_time() - began < 2
