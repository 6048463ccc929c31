"""Markdown that is read the short way says what it says when it is read whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishers import markdown
from publishers.ebook import prose

SIGNS = list("ab Zè1209  \n\n\n\t.)(«»’'\"–—-+*_=~`#>[]<&!\\|:/@€…\u00a0\u2003\u200b\u0663😀م")
LINES = st.sampled_from(
    [
        "Il Comune apre", "1. primo", "12) dodici", "1574. Venezia", "1574 Venezia", "2026",
        "# titolo", "- voce", "=====", "-----", "> detto", "```", "    rientro", " uno spazio", "",
        "due spazi  ", "a capo\\", "&nbsp; e &amp;", "[qui](https://a.example/)", "[a]: b.example",
        "https://www.comune.example.it/pagina.", "**forte** e *lieve*", "a_b_c", "<b>no</b>",
        "\u00a0", "\ufeffinizio", "\tscheda", "(fra parentesi)", "«citato»", "…", "| a | b |",
    ]
)  # fmt: skip


def whole(text: str, monkeypatch: pytest.MonkeyPatch) -> list[prose.Node]:
    with monkeypatch.context() as patched:
        patched.setattr(prose, "paragraphs", lambda _: None)
        return prose.read(text)


@settings(max_examples=600, deadline=None)
@given(
    st.text(st.sampled_from(SIGNS), max_size=40)
    | st.lists(LINES, max_size=8).map("\n".join)
    | st.lists(LINES, max_size=6).map("\n\n".join)
)
def test_the_short_way_says_the_same(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        assert prose.read(text) == whole(text, patched)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uno.\n\n\nDue,\na capo.  ", ["Uno.", "Due,\na capo."]),
        ("L’8 marzo\n \t\n1574 e «altro»", ["L’8 marzo", "1574 e «altro»"]),
        ("1. Un elenco", None),
        ("Titolo\n===", None),
        ("- voce", None),
        ("  rientro", None),
    ],
)
def test_only_lines_of_words_go_the_short_way(text: str, expected: list[str] | None) -> None:
    assert markdown.paragraphs(text) == expected


def test_a_text_of_many_lines_is_judged_at_once() -> None:
    assert markdown.paragraphs("parola\n \t\n" * 20_000 + "- voce") is None
