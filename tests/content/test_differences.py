"""What changed between two texts, told word by word, whatever they are."""

import time

import pytest

from content.differences import Change, differences

BORING = " ".join(f"a a {n}" for n in range(500)), " ".join(f"a a {-n}" for n in range(500))
STEPS = " ".join(f"{n % 100}" for n in range(1500)), " ".join(f"{n * 7 % 100}" for n in range(1500))
LINES = "\n".join(f"a\na\n{n}" for n in range(6000)), "\n".join(f"a\na\n{-n}" for n in range(6000))
SAME = "a\n" * 20_000, "a\n" * 19_999 + "b\n"
LIMIT_SECONDS = 6.0
"""Of the processor's time, for two texts that took it for minutes."""


def test_words_that_changed_are_told_among_those_that_did_not() -> None:
    assert differences("Apre lunedì a Tirano.", "Apre martedì a Tirano.") == [
        Change("same", "Apre "),
        Change("removed", "lunedì "),
        Change("added", "martedì "),
        Change("same", "a Tirano."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [BORING, STEPS, LINES, SAME, ("", "Uno"), ("Uno", ""), ("a " * 300, "a " * 301)],
    ids=["boring", "steps", "lines", "same", "new", "gone", "more"],
)
def test_both_texts_can_be_read_from_what_is_told_and_none_takes_long(
    before: str, after: str
) -> None:
    began = time.process_time()

    told = differences(before, after)

    assert time.process_time() - began < LIMIT_SECONDS
    assert "".join(one.text for one in told if one.what != "removed") == after
    assert "".join(one.text for one in told if one.what != "added") == before
