"""What was drawn of articles: made once, anew where an article changed, told to other processes."""

from dataclasses import dataclass, field

from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Entry
from publishers.rubrica.memory import Memory

_MASTHEAD = Masthead("https://rubrica.example", "Laboratori", "Comune di Tirano", "")


@dataclass
class Maker:
    made: list[int] = field(default_factory=list)

    def __call__(self, card: Card) -> str:
        self.made.append(card.entry.article_id)
        return f"{card.entry.article_id} {card.entry.sha256}"


def article(number: int, says: str = "a") -> Entry:
    row = (number, number, "notizie", f"orto-{number}", "2026-11-22T08:30:00+00:00", None, None)
    return Entry((*row, says), lambda _: None)


def test_of_an_article_it_is_made_once_until_the_article_changes() -> None:
    make = Maker()
    memory = Memory(_MASTHEAD, make, most=9)
    assert [memory.of(article(1)), memory.of(article(1))] == ["1 a", "1 a"]
    assert memory.of(article(1, says="b")) == "1 b"
    assert make.made == [1, 1]


def test_what_another_learnt_it_makes_no_more_and_tells_nobody() -> None:
    first, make = Memory(_MASTHEAD, Maker(), most=9), Maker()
    second = Memory(_MASTHEAD, make, most=9)
    first.of(article(1))
    second.learn(first.news())
    assert [second.of(article(1)), second.of(article(2))] == ["1 a", "2 a"]
    assert make.made == [2]
    made_by_third = Maker()
    third = Memory(_MASTHEAD, made_by_third, most=9)
    third.learn(second.news())
    assert [third.of(article(1)), third.of(article(2))] == ["1 a", "2 a"]
    assert made_by_third.made == [1]


def test_it_remembers_no_more_than_its_most_whoever_tells() -> None:
    first, make = Memory(_MASTHEAD, Maker(), most=9), Maker()
    second = Memory(_MASTHEAD, make, most=3)
    for number in range(1, 6):
        first.of(article(number))
    second.of(article(9))
    second.learn(first.news())
    for number in (9, 1, 2):
        second.of(article(number))
    assert make.made == [9]
    second.of(article(3))
    assert make.made == [9, 3]
