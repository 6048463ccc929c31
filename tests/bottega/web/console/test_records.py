"""Registro, Risultati, Equilibrio and a case's way: read in the browser, taken away as tables."""

import csv
import io
from types import SimpleNamespace

import pytest

from bottega.web.console import Desk
from content import sending
from content.articles import Article
from content.deliveries import Operation
from content.people import Participant
from content.submissions import Revision
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless
from tests.stories import TEXT, approved

FORMULAS = ("=1+1", "+39 02 1234", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")')


@pytest.fixture
async def out(desk: Desk, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    """What Ada told, approved, and out on its first channel."""
    async with desk.store.transaction() as session:
        planned = await approved(session, cast, clock())
    async with desk.store.transaction() as session:
        claimed = await sending.claim_due(session, planned[0].id, "here", now=clock())
        assert claimed is not None
        await sending.settle(session, claimed, "1", "https://page.example/1", now=clock())
    return planned


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_a_case_is_traced_from_its_first_message_to_its_link(
    out: list[Operation], gaia: Browser
) -> None:
    page = (await gaia.get("/redazione/scheda/1/percorso")).text
    steps = ["Segnalazione iniziata", "Segnalazione ricevuta", "Bozza preparata", "Approvata"]
    places = [page.index(one) for one in [*steps, "Inviata", "https://page.example/1"]]
    assert places == sorted(places)
    assert TEXT in page
    assert "Tentativo 1" in page


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_the_record_is_filtered_by_case_step_and_who(
    out: list[Operation], bruno: Browser
) -> None:
    async def found(**asked: str) -> str:
        page = (await bruno.get("/redazione/registro", params=asked)).text
        return page.split('<ul class="cases">')[1]

    assert "apri la scheda" in await found(caso="26-0001")
    assert "Niente, con questi filtri" in await found(caso="26-9999")
    accepted = await found(verbo="accepted")
    assert "in lettura in redazione → approvata" in accepted
    assert accepted.count("<li>") == 1
    assert "Bruno" in accepted
    assert "Niente, con questi filtri" in await found(da="2099-01-01")
    assert "<li>" in await found(da="non-un-giorno")
    assert '<option value="edition"' in (await bruno.get("/redazione/registro")).text


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_the_record_comes_as_a_table_with_its_hashes(
    out: list[Operation], bruno: Browser
) -> None:
    answer = await bruno.get("/redazione/registro.csv", params={"caso": "26-0001"})
    rows = table(answer.text)
    assert "attachment" in answer.headers["content-disposition"]
    assert {"received", "accepted", "done"} & {row["verbo"] for row in rows}
    assert all(len(row["hash"]) == 64 for row in rows)


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_what_is_out_is_listed_with_its_link(out: list[Operation], gaia: Browser) -> None:
    page = (await gaia.get("/redazione/risultati")).text
    assert "https://page.example/1" in page
    assert "1 uscita" in page
    (row,) = table((await gaia.get("/redazione/risultati.csv")).text)
    assert (row["numero"], row["indirizzo"], row["rimossa"]) == (
        "26-0001", "https://page.example/1", "no",
    )  # fmt: skip
    assert "0 uscite" in (await gaia.get("/redazione/risultati?canale=red")).text


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_cell_is_a_formula(
    formula: str, out: list[Operation], desk: Desk, gaia: Browser, bruno: Browser
) -> None:
    async with desk.store.transaction() as session:
        article = await session.get_one(Article, 1)
        article.title = article.organisation = formula
        ada = await session.get_one(Participant, 1)
        ada.name = formula
    for text in (
        (await gaia.get("/redazione/risultati.csv")).text,
        (await bruno.get("/redazione/registro.csv")).text,
    ):
        cells = [cell for row in table(text) for cell in row.values()]
        assert cells
        assert not [one for one in cells if one[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize("payload", HOSTILE)
async def test_words_are_shown_as_they_were_written(
    payload: str, out: list[Operation], desk: Desk, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        (await session.get_one(Article, 1)).title = payload
        (await session.get_one(Revision, 1)).text = payload
    for path in ("/redazione/risultati", "/redazione/scheda/1/percorso"):
        assert is_harmless((await gaia.get(path)).text, payload)


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_the_balance_counts_who_is_heard_and_names_who_is_missing(
    out: list[Operation], desk: Desk, gaia: Browser, clock: Clock
) -> None:
    async with desk.store.transaction() as session:
        article = await session.get_one(Article, 1)
        article.municipality, article.province = "Tirano", "SO"
    day = clock().date().isoformat()
    page = (await gaia.get("/redazione/equilibrio", params={"da": day, "a": day})).text
    assert "1 segnalazione ricevuta, 1 accettata" in page
    assert "SO: 1 comuni su 77" in page
    assert "<strong>Apparsi:</strong> Tirano." in page
    assert "Obiettivo 4" in page
    empty = (await gaia.get("/redazione/equilibrio", params={"da": "2031-01-01"})).text
    assert "0 segnalazioni ricevute" in empty
