"""Addresses: what a page's tells of who leads there."""

import pytest

from publishers.addresses import sourced, unsourced

PAGE = "https://rubrica.example/notizie/un-orto/"


def test_an_address_says_where_its_reader_comes_from() -> None:
    said = sourced(PAGE, source="x", medium="social", campaign="citta-2026")
    assert said == f"{PAGE}?utm_source=x&utm_medium=social&utm_campaign=citta-2026"


def test_what_is_not_known_is_not_said() -> None:
    assert sourced(PAGE, source="x", campaign="") == f"{PAGE}?utm_source=x"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{PAGE}?a=1&b=", f"{PAGE}?a=1&b=&utm_source=x"),
        (f"{PAGE}#foto", f"{PAGE}?utm_source=x#foto"),
        (f"{PAGE}?utm_source=facebook&utm_term=y", f"{PAGE}?utm_source=x"),
    ],
)
def test_what_an_address_says_already_stays(before: str, after: str) -> None:
    assert sourced(before, source="x") == after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Apre\n{PAGE}?utm_source=x&utm_medium=social", f"Apre\n{PAGE}"),
        (f"{PAGE}?a=1;b&utm_source=x#foto", f"{PAGE}?a=1;b#foto"),
        (f"{PAGE}?utm_source=x&a=1 e poi", f"{PAGE}?a=1 e poi"),
        (f"{PAGE}?a=1;b&c", f"{PAGE}?a=1;b&c"),
        ("Perché? utm_source=x &utm_medium=y", "Perché? utm_source=x &utm_medium=y"),
    ],
)
def test_only_what_addresses_say_is_taken_away(text: str, expected: str) -> None:
    assert unsourced(text) == expected
