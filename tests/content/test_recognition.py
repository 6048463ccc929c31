import json
import time
from pathlib import Path
from typing import Any

import pytest

from content import whereabouts
from content.cleaning import clean
from content.organisations import OrganisationKind
from content.recognition import LONGEST_TITLE, recognise, title_of
from content.submissions import Kind
from tests.requirements import need

OWN = json.loads(Path(__file__).with_name("municipal_texts.json").read_text("utf-8"))
SHARED = Path(__file__).parents[3] / "shared" / "samples" / "municipal-news.json"


@pytest.fixture(scope="module")
def news() -> list[dict[str, str]]:
    need(SHARED.exists(), "../shared/samples/municipal-news.json")
    found: list[dict[str, str]] = json.loads(SHARED.read_text("utf-8"))
    return found


@pytest.mark.parametrize("with_title", [False, True])
def test_a_real_text_that_names_its_municipality_is_placed_and_no_other(
    news: list[dict[str, str]], with_title: bool
) -> None:
    named = 0
    for one in news:
        text = f"{one['title']}\n\n{one['text']}" if with_title else one["text"]
        found = recognise(text).municipality
        expected = one["comune"] if one["comune"] in text else None
        assert (found.name if found else None) == expected, one["title"]
        named += expected is not None
    assert named == 16


def test_real_texts_have_titles_and_keep_their_words(news: list[dict[str, str]]) -> None:
    for one in news:
        alone = recognise(one["text"])
        assert 10 <= len(alone.title) <= LONGEST_TITLE
        titled = recognise(f"{one['title']}\n\n{one['text']}")
        if len(one["title"]) <= LONGEST_TITLE:
            assert titled.title == one["title"].rstrip(".")
        assert len(alone.text) >= 81


@pytest.mark.parametrize("one", OWN, ids=[one["text"][:40] for one in OWN])
def test_a_text_is_placed_or_left_open_but_never_misplaced(one: dict[str, Any]) -> None:
    seen = recognise(one["text"])
    assert (seen.municipality.name if seen.municipality else None) == one["municipality"]
    if "province" in one:
        assert seen.municipality
        assert seen.municipality.province == one["province"]
    if "candidates" in one:
        assert [found.label for found in seen.candidates] == one["candidates"]
    if "organisation" in one:
        assert seen.organisation
        assert seen.organisation.name == one["organisation"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Provincia di Sondrio, un percorso nuovo", OrganisationKind.PROVINCE),
        ("Città metropolitana di Milano", OrganisationKind.METROPOLITAN_CITY),
        ("Unione Lombarda dei Comuni di Bellusco e Mezzago", OrganisationKind.UNION),
        ("Comunità Montana di Valle Sabbia", OrganisationKind.MOUNTAIN_COMMUNITY),
        ("Politecnico di Milano, un corso", OrganisationKind.UNIVERSITY),
        ("Regione Lombardia informa", OrganisationKind.REGION),
        ("ATS Insubria e i suoi medici", OrganisationKind.HEALTH),
        ("Liceo Statale Donegani", OrganisationKind.SCHOOL),
        ("La Rossi Impianti S.r.l. installa", OrganisationKind.COMPANY),
        ("Associazione Amici del Fiume ODV", OrganisationKind.ASSOCIATION),
        ("Il Comune di Arese apre", OrganisationKind.MUNICIPALITY),
    ],
)
def test_an_organisation_is_told_by_its_form(text: str, kind: OrganisationKind) -> None:
    organisation = recognise(text).organisation
    assert organisation
    assert organisation.kind is kind


def test_who_pays_or_helps_is_not_who_tells() -> None:
    text = "La Fondazione Cariplo finanzia il progetto del Comune di Lainate con Regione Lombardia."
    organisation = recognise(text).organisation
    assert organisation
    assert organisation.name == "Comune di Lainate"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Il Comune di Tirano apre lo sportello digitale.", Kind.INITIATIVE),
        ("Vorremmo creare una ciclofficina in stazione.", Kind.IDEA),
        ("Idea: una biblioteca degli oggetti.", Kind.IDEA),
        ("Il concorso di idee per la piazza ha un vincitore.", Kind.INITIATIVE),
        ("Progetto: sensori per il torrente.", Kind.PROJECT),
        ("La nuova scuola è finanziata con fondi PNRR.", Kind.PROJECT),
        ("Videointervista all'assessora: guardatela.", Kind.VIDEO_INTERVIEW),
        ("Ecco il video https://youtu.be/abc123 del Lab.", Kind.VIDEO_INTERVIEW),
        ("Le linee guida per l'uso dei dati aperti.", Kind.DOCUMENT),
        ("Comunicato stampa: riapre il ponte.", Kind.NEWS),
        ("", Kind.INITIATIVE),
    ],
)
def test_a_kind_is_told_by_labels_links_and_words(text: str, kind: Kind) -> None:
    assert recognise(text).kind is kind


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Puliamo il mondo\n\nSabato puliamo le rogge.", "Puliamo il mondo"),
        ("Titolo: Orti in città\nUn orto per tutti.", "Orti in città"),
        ("Buongiorno,\nApre lo sportello. Vi aspettiamo.", "Apre lo sportello"),
        ("La dott.ssa Ada Neri apre lo sportello. Vi aspettiamo.",
         "La dott.ssa Ada Neri apre lo sportello"),
        ("#lab Una camminata\nper tutti quanti", "#lab Una camminata"),
        ("🎉🎉🎉", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_title_is_the_first_line_or_sentence(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_long_sentence_is_cut_between_words() -> None:
    title = title_of("parola " * 40)
    assert len(title) <= LONGEST_TITLE
    assert title.endswith("parola…")


def test_the_furniture_of_municipal_sites_is_cleared() -> None:
    page = (
        "A cura di Allegati Contenuti correlati Municipium Descrizione Apre lo sportello."
        " Municipium A cura di Area servizi Vai alla Pagina Municipium Contenuti correlati IMU"
    )
    assert clean(page) == "Apre lo sportello."
    app = (
        "Chiude la strada. Con l'App è meglio! Sapevi che puoi leggere questo Avviso anche"
        " sull' App ufficiale del comune? Scaricala subito!"
    )
    assert clean(app) == "Chiude la strada."


@pytest.mark.parametrize(
    "text",
    [
        "A cura di Maria Rossi\nLa descrizione del progetto è semplice.",
        "Vai alla pagina del Comune per iscriverti.",
        "I contenuti correlati sono utili; gli Allegati pure.",
        "La mostra è a cura di AIDO gruppo comunale.",
        "Con l'App è meglio! Provatela.",
        "Prima riga\nseconda riga\n\nNuovo paragrafo 👨‍👩‍👧 fine.",
        "L'incontro Municipium A cura di noi è stato bello.",
    ],
)
def test_a_persons_own_words_are_left_whole(text: str) -> None:
    assert clean(text) == text


def test_words_after_the_furniture_on_a_new_line_stay() -> None:
    text = "Apre. Municipium A cura di Area Vai alla Pagina Municipium\nAggiungo: è gratuito."
    assert clean(text) == "Apre.\nAggiungo: è gratuito."


def test_links_and_dates_are_listed_once_as_written() -> None:
    seen = recognise(
        "Il 26 ottobre 2024 e il 01/11/2024, poi ancora il 26 ottobre 2024:"
        " (https://lab.example.it/a_b), www.example.it."
    )
    assert seen.links == ("https://lab.example.it/a_b", "www.example.it")
    assert seen.dates == ("26 ottobre 2024", "01/11/2024")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 100_000,
        "🎉" * 1000,
        "\u202e\u200f\u2066",
        "a" * 100_000,
        "\ud800 Tirano \udfff",
        "<script>alert(1)</script>" * 2000,
        "T\u200bi\u200br\u200ba\u200bn\u200bo",
        "A-" * 50_000,
        "Comune di Abc " * 7_000,
        "S.p.A. " * 15_000,
        "Roma, " * 16_000,
        "A cura di " * 10_000,
        " Municipium A cura di" * 5_000,
        "Ciao, " * 16_000,
        "www." * 25_000,
        "1/1/" * 25_000,
        "Tirano e " * 10_000,
        "".join(f"Comune di Xa{n}y " for n in range(5_000)),
    ],
    ids=range(19),
)
def test_hostile_messages_are_read_in_time(text: str) -> None:
    recognise("Comune di Tirano")
    began = time.process_time()
    seen = recognise(text)
    assert time.process_time() - began < 5
    assert len(seen.title) <= LONGEST_TITLE
    seen.model_dump_json()


@pytest.mark.parametrize(
    ("looked_up", "told"),
    [
        ("resolve", "Il Comune di Tirano {} apre la nuova biblioteca di quartiere."),
        ("by_domain", "Il Comune di Tirano apre la biblioteca, come www.comune.paese{}.so.it."),
    ],
)
def test_a_long_text_keeps_nobody_waiting_and_is_still_recognised(
    looked_up: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    really = getattr(whereabouts, looked_up)

    def counted(*asked: object) -> object:
        calls.append(asked)
        return really(*asked)

    monkeypatch.setattr(whereabouts, looked_up, counted)

    found = whereabouts.locate(" ".join(told.format(number) for number in range(400)))

    assert found.municipality is not None
    assert found.municipality.name == "Tirano"
    assert len(calls) < 100  # of some milliseconds each; thousands took minutes
