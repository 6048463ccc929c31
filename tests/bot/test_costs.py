"""What a moderator reads of a post's price before approving it."""

from decimal import Decimal

import pytest

from bot import texts
from publishers.base import dollars


def test_a_card_says_what_a_post_costs_and_what_is_left() -> None:
    said = texts.card_cost("X", Decimal("0.20"), Decimal("3.4"), Decimal(25))

    assert said == "💶 X: 0,20 $ · questo mese 3,40 $ di 25,00 $"


def test_without_a_cap_only_what_was_spent_is_said() -> None:
    said = texts.card_cost("X", Decimal("0.015"), Decimal(0), Decimal(0))

    assert said == "💶 X: 0,015 $ · questo mese 0,00 $"


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0.2", "0,20 $"), ("0.015", "0,015 $"), ("1.23", "1,23 $"), ("1200", "1200,00 $")],
)
def test_dollars_are_said_in_italian(amount: str, said: str) -> None:
    assert dollars(Decimal(amount)) == said
