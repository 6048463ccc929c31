"""Texts are cut where a reader would, and always fit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers.cutting import cut

SENTENCES = "Apre lo sportello di Tirano. I volontari aiutano chi vuole imparare."


def test_what_fits_stays_as_it_is() -> None:
    assert cut(f"  {SENTENCES}\n", len(SENTENCES), len) == SENTENCES


def test_little_is_lost_after_a_sentence() -> None:
    assert cut(SENTENCES, 40, len) == "Apre lo sportello di Tirano."


@pytest.mark.parametrize(
    ("room", "left"),
    [(60, "Apre lo sportello di Tirano. I volontari aiutano chi vuole…"), (13, "Apre lo…")],
)
def test_else_it_is_cut_between_words(room: int, left: str) -> None:
    assert cut(SENTENCES, room, len) == left


def test_no_comma_stands_before_the_ellipsis() -> None:
    assert cut("Uno, due, tre e quattro", 11, len) == "Uno, due…"


def test_a_word_that_does_not_fit_alone_is_cut_between_signs() -> None:
    assert cut("👨‍👩‍👧‍👦" * 9, 14, len) == "👨‍👩‍👧‍👦…"


@given(st.text(max_size=200), st.integers(2, 60))
def test_it_always_fits_and_begins_as_it_did(text: str, room: int) -> None:
    left = cut(text, room, len)

    assert len(left) <= room
    assert unicodedata.normalize("NFC", text).strip().startswith(left.removesuffix("…"))
