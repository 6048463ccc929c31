import time

import pytest

from content.municipalities import (
    Municipality,
    by_domain,
    find,
    is_capital,
    is_ordinary,
    provinces_of,
    resolve,
)

HOSTILE = (
    "",
    " ",
    "🎉🎊",
    "\u202e\u200fTir\u200bano",
    "a" * 100_000,
    "\ud800",
    "<b>Tirano</b>" * 1000,
    "S. " * 30_000,
    "A-" * 50_000,
    "Comune di " * 10_000,
    "(" * 50_000,
)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("gorgonzola", "Gorgonzola (MI)"),
        ("Comune di Gorgonzolla", "Gorgonzola (MI)"),
        ("San Donato M.se", "San Donato Milanese (MI)"),
        ("S. Donato Mil.se", "San Donato Milanese (MI)"),
        ("Cantù", "Cantù (CO)"),
        ("Cantu'", "Cantù (CO)"),
        ("Cantu\u0300", "Cantù (CO)"),
        ("S. Giuliano Milanese", "San Giuliano Milanese (MI)"),
        ("Cernusco s/N", "Cernusco sul Naviglio (MI)"),
        ("Sesto S. Giovanni", "Sesto San Giovanni (MI)"),
        ("Sesto S.G.", "Sesto San Giovanni (MI)"),
        ("Trezzo s/Adda", "Trezzo sull'Adda (MI)"),
        ("Paderno D.no", "Paderno Dugnano (MI)"),
        ("Cesano M.no", "Cesano Maderno (MB)"),
        ("sandonatomilanese", "San Donato Milanese (MI)"),
        ("Abbiate Grasso", "Abbiategrasso (MI)"),
        ("Cassina de Pecchi", "Cassina de' Pecchi (MI)"),
        ("sono di Tirano, provincia di Sondrio", "Tirano (SO)"),
        ("Castro (BG)", "Castro (BG)"),
        ("castro bg", "Castro (BG)"),
        ("Livo, Como", "Livo (CO)"),
        ("Reggio Emilia", "Reggio nell'Emilia (RE)"),
        ("Città di Castello", "Città di Castello (PG)"),
        ("il comune di Bormio grazie", "Bormio (SO)"),
        ("Desenzano", "Desenzano del Garda (BS)"),
        ("Re", "Re (VB)"),
        ("\u202eTir\u200bano\u202c", "Tirano (SO)"),
    ],
)
def test_an_answer_is_resolved_as_people_write_it(answer: str, label: str) -> None:
    found = resolve(answer).municipality
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        ("Castro", {"Castro (BG)", "Castro (LE)"}),
        ("Samone", {"Samone (TN)", "Samone (TO)"}),
        ("Cernusco", {"Cernusco Lombardone (LC)", "Cernusco sul Naviglio (MI)"}),
        ("Mandello", {"Mandello del Lario (LC)", "Mandello Vitta (NO)"}),
        ("Sesto", {"Sesto San Giovanni (MI)", "Sesto (BZ)"}),
        ("Melso", {"Melzo (MI)", "Mello (SO)"}),
        ("Mandelo", {"Mandello del Lario (LC)"}),
        ("Limito", {"Limido Comasco (CO)"}),
        ("Londra", {"Londa (FI)"}),
    ],
)
def test_namesakes_and_near_ties_are_offered_and_never_guessed(
    answer: str, offered: set[str]
) -> None:
    resolution = resolve(answer)
    assert resolution.municipality is None
    assert offered <= {one.label for one in resolution.candidates}


def test_those_of_the_home_region_are_offered_first() -> None:
    regions = [one.region for one in resolve("Ponte").candidates]
    assert regions == sorted(regions, key=lambda region: region != "Lombardia")
    assert regions[0] == "Lombardia"
    assert regions[-1] != "Lombardia"


@pytest.mark.parametrize("answer", ["Atlantide", "boh", "Comune di", "12345", "🎉"])
def test_what_is_no_municipality_is_none(answer: str) -> None:
    resolution = resolve(answer)
    assert resolution.municipality is None
    assert resolution.candidates == ()


def test_a_wrong_province_is_only_a_suggestion() -> None:
    resolution = resolve("Tirano (MI)")
    assert resolution.municipality is None
    assert [one.label for one in resolution.suggestions] == ["Tirano (SO)"]


def test_names_are_found_in_a_text_with_where_they_stand() -> None:
    text = "Da Pozzo d’Adda a Cernusco sul naviglio, poi a S. Giuliano Milanese."
    found = find(text)
    assert [text[one.start : one.end] for one in found] == [
        "Pozzo d’Adda",
        "Cernusco sul naviglio",
        "S. Giuliano Milanese",
    ]
    assert [one.score for one in found] == [1.0, 1.0, 0.9]


def test_a_name_in_small_letters_is_a_word() -> None:
    assert find("la vita, il sole, un re, il gorgonzola") == []


def test_a_site_tells_its_municipality_by_province() -> None:
    assert [one.name for one in by_domain("mandello", "lc")] == ["Mandello del Lario"]
    assert [one.name for one in by_domain("gorgonzola", None)] == ["Gorgonzola"]
    assert by_domain("atlantide", "mi") == ()


def test_provinces_are_told_by_sign_name_and_region() -> None:
    assert provinces_of("mi") == provinces_of("Milano") == {"MI"}
    assert {"MI", "SO", "BG"} <= provinces_of("Lombardia")
    assert provinces_of("Atlantide") == frozenset()


def test_capitals_and_ordinary_words_are_known() -> None:
    sondrio, tirano = resolve("Sondrio").municipality, resolve("Tirano").municipality
    assert isinstance(sondrio, Municipality)
    assert isinstance(tirano, Municipality)
    assert is_capital(sondrio)
    assert not is_capital(tirano)
    assert all(map(is_ordinary, ("Re", "Vita", "Lago", "San Lorenzo", "Bruno")))
    assert not is_ordinary("Gorgonzola")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_read_in_time(text: str) -> None:
    resolve("Tirano")
    began = time.process_time()
    find(text)
    assert resolve(text).candidates is not None
    assert time.process_time() - began < 5
