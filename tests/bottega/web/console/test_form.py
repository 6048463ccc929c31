"""What the editor's form makes of an article."""

from typing import Any

from starlette.datastructures import FormData

from bottega.web.console.form import content_of
from tests.stories import PICTURE

OTHER = PICTURE | {"sha256": "b" * 64, "alt": "Un cortile"}
BASE: dict[str, Any] = {
    "kind": "news", "section": "notizie", "title": "Uno", "lead": "Due  volte", "text": "A\n\nB\n",
    "organisation": "Comune", "municipality": "Tirano", "province": "SO", "link": None,
    "sdgs": [11, 4], "texts": {"x": "Tre", "mastodon": "Quattro"}, "media": [PICTURE, OTHER],
    "credit": None,
}  # fmt: skip
SAME = [
    ("title", "Uno"), ("lead", "Due volte"), ("text", "A\r\n\r\nB"), ("organisation", "Comune"),
    ("link", ""), ("credit", ""), ("section", "notizie"), ("sdg", ""), ("sdg", "4"), ("sdg", "11"),
    ("testo-x", "Tre"), ("ordine", "a" * 64), ("ordine", "b" * 64),
    (f"alt-{'a' * 64}", "La sala di lettura"), (f"didascalia-{'a' * 64}", ""),
]  # fmt: skip


def said(*changed: tuple[str, str]) -> dict[str, Any]:
    names = {name for name, _ in changed}
    kept = [one for one in SAME if one[0] not in names]
    return content_of(FormData([*kept, *changed]), BASE, ["x"])


def test_a_form_sent_as_it_came_changes_nothing() -> None:
    assert said() == BASE


def test_each_field_says_what_it_says() -> None:
    found = said(
        ("title", "  Un\ttitolo \n nuovo"), ("text", "# A\r\n\r\n- b\r\n    - c"),
        ("link", "https://b.example"), ("credit", "Archivio"), ("section", "articoli"),
        ("correction", " Apre  il 12."), ("sdg", "17"), ("testo-x", ""),
        (f"didascalia-{'a' * 64}", "La sala, ieri"),
    )  # fmt: skip

    assert found["title"] == "Un titolo nuovo"
    assert found["text"] == "# A\n\n- b\n    - c"
    assert (found["link"], found["credit"]) == ("https://b.example", "Archivio")
    assert found["correction"] == "Apre il 12."
    assert (found["section"], found["sdgs"]) == ("articoli", [17])
    assert found["texts"] == {"mastodon": "Quattro"}
    assert found["media"][0]["caption"] == "La sala, ieri"


def test_what_a_channel_shows_is_kept_where_somebody_chose_and_the_form_says_nothing() -> None:
    before = BASE | {"forms": {"x": "link", "mastodon": "media"}}
    kept = content_of(FormData([*SAME]), before, ["x"])

    assert kept["forms"] == before["forms"]
    assert said(("forma-x", "media"))["forms"] == {"x": "media"}
    usual = content_of(FormData([*SAME, ("forma-x", "both")]), before, ["x"])
    assert usual["forms"] == {"mastodon": "media"}
    assert said(("forma-x", "tutto")) == BASE
    assert said(("forma-facebook", "link")) == BASE


def test_the_words_of_a_channel_that_the_page_did_not_have_yet_stay() -> None:
    assert content_of(FormData([*SAME]), BASE, ["x", "mastodon"]) == BASE


def test_files_come_in_the_order_of_the_form_and_none_is_lost() -> None:
    swapped = said(("ordine", "b" * 64), ("ordine", "a" * 64))
    forged = said(("ordine", "c" * 64))

    assert swapped["media"] == [OTHER, PICTURE]
    assert forged["media"] == [PICTURE, OTHER]


def test_what_no_page_of_ours_sends_is_taken_for_nothing() -> None:
    found = said(("section", "../altro"), ("sdg", "18"), ("sdg", "x"), ("title", "a\0b"))

    assert (found["section"], found["sdgs"], found["title"]) == ("notizie", [], "ab")
