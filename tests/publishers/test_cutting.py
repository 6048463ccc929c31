"""Texts are cut where a reader would, and always fit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers.cutting import cut, divided
from publishers.links import links
from publishers.x_text import weighted_length

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


def test_a_long_text_is_divided_after_paragraphs_where_they_fill_a_part() -> None:
    text = f"{SENTENCES}\n\n{SENTENCES}"

    assert divided(text, 80, 80, len) == [SENTENCES, SENTENCES]


def test_else_after_a_sentence_however_little_it_fills() -> None:
    assert divided(f"Apre. {'Lo sportello ' * 5}aiuta.", 70, 60, len) == [
        "Apre.", f"{'Lo sportello ' * 5}".strip(), "aiuta.",
    ]  # fmt: skip


def test_a_number_after_a_point_does_not_begin_a_sentence() -> None:
    parts = divided("Vale l’art. 5 del regolamento", 17, 17, len)

    assert parts == ["Vale l’art. 5 del", "regolamento"]


def test_the_first_part_may_have_less_room() -> None:
    assert divided("uno due tre quattro", 11, 3, len) == ["uno", "due tre", "quattro"]


def test_no_link_is_torn() -> None:
    words = f"日本語{'語' * 120}https://example.it/{'a' * 300} e poi"

    parts = divided(words, 280, 250, weighted_length)

    assert sum("https://example.it/" + "a" * 300 in one for one in parts) == 1


@given(st.text(alphabet="aZ .!\n,àè日👩\u200d🇮🇹/:" + "e\u0301"), st.integers(12, 60))
def test_nothing_is_lost_and_every_part_fits(text: str, room: int) -> None:
    parts = divided(text, room, room - 6, weighted_length)

    joined = "".join("".join(parts).split())
    assert joined == "".join(unicodedata.normalize("NFC", text).split())
    if not links(unicodedata.normalize("NFC", text)):
        assert all(weighted_length(one) <= room for one in parts)
    assert all(parts)


@pytest.mark.parametrize("words", ["parola ", "www.", "http://a.it/("])
def test_a_text_four_times_as_long_is_measured_some_four_times_as_much(words: str) -> None:
    def measured(length: int) -> int:
        seen = 0

        def measure(text: str) -> int:
            nonlocal seen
            seen += len(text)
            return len(text)

        assert "".join(divided((words * length)[:length], 250, 200, measure))
        return seen

    assert measured(20_000) < 6 * measured(5_000)


def test_a_first_part_without_room_is_as_short_as_can_be() -> None:
    assert divided("Apre lunedì", 20, 0, len) == ["A", "pre lunedì"]
