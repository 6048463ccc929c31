"""What came of what is out: beside each post, summed, and as a month's report."""

import csv
import io
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pypdfium2
import pytest
from sqlmodel import select

from bottega.web.console import Desk
from content import reach, sending
from content.articles import Article
from content.reach import Figures
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless
from tests.statements import counted
from tests.stories import approved


async def out(desk: Desk, cast: SimpleNamespace, clock: Clock, figures: Figures) -> int:
    """Have an article out on each channel and read on two of them; return its id."""
    async with desk.store.transaction() as session:
        planned = await approved(session, cast, clock())
    for one in planned:
        async with desk.store.transaction() as session:
            claimed = await sending.claim_due(session, one.id, "here", now=clock())
            assert claimed is not None
            await sending.settle(
                session, claimed, f"{one.channel}-{one.id}", "https://a.example/1", now=clock()
            )
    for name in ("red", "blue"):
        async with desk.store.transaction() as session:
            later = clock() + timedelta(days=8)
            asked = await reach.take(session, name, now=later, limit=9)
            found = {one.remote_id: figures for one in asked}
            await reach.keep(session, asked, found, now=later)
    async with desk.store.reading() as session:
        return max((await session.exec(select(Article.id))).all())


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_each_post_is_shown_with_what_came_of_it(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    await out(desk, cast, clock, Figures(views=120, reactions=1, replies=0))

    page = (await gaia.get("/redazione/risultati")).text
    rows = table((await gaia.get("/redazione/risultati.csv")).text)

    assert page.count("120 visualizzazioni · 1 reazione · 0 risposte") == 2
    told = {(row["canale"], row["visualizzazioni"], row["condivisioni"]) for row in rows}
    assert told == {("page", "", ""), ("red", "120", ""), ("blue", "120", "")}


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_sums_are_by_channel_body_goal_and_month(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    await out(desk, cast, clock, Figures(views=100, reactions=4))
    clock.forward(days=-30)
    await out(desk, cast, clock, Figures(views=10, shares=1))
    clock.forward(days=30)

    page = (await gaia.get("/redazione/risultati/somme")).text

    whole = "<td>2</td><td>6</td><td>220</td><td>8</td><td>–</td><td>2</td>"
    assert f'<th scope="row">Tutte le uscite</th>{whole}' in page
    assert f'<th scope="row">Comune di Tirano</th>{whole}' in page
    assert f'<th scope="row">4. Istruzione di qualità</th>{whole}' in page
    november = "<td>1</td><td>3</td><td>200</td><td>8</td><td>–</td><td>–</td>"
    assert f'<th scope="row">novembre 2026</th>{november}' in page
    assert '<th scope="row">ottobre 2026</th><td>1</td>' in page
    assert '<th scope="row">red</th><td>2</td><td>2</td><td>110</td>' in page
    only = (await gaia.get("/redazione/risultati/somme?canale=red")).text
    assert '<th scope="row">blue</th>' not in only
    nothing = (await gaia.get("/redazione/risultati/somme?a=2020-01-01")).text
    assert "Ancora niente è uscito" in nothing


async def test_a_months_pieces_come_as_a_table_the_most_seen_first(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    await out(desk, cast, clock, Figures(views=5))
    await out(desk, cast, clock, Figures(views=50, replies=2))

    answer = await gaia.get("/redazione/risultati/mese.csv?mese=2026-11")

    assert 'filename="risultati-2026-11.csv"' in answer.headers["content-disposition"]
    rows = table(answer.text)
    assert [(row["numero"], row["uscite"], row["visualizzazioni"]) for row in rows] == [
        ("26-0002", "3", "100"), ("26-0001", "3", "10"),
    ]  # fmt: skip
    assert (rows[0]["risposte"], rows[0]["condivisioni"]) == ("4", "")
    assert table((await gaia.get("/redazione/risultati/mese.csv?mese=2026-12")).text) == []


async def test_a_months_report_is_printed_with_words_as_they_were_written(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    number = await out(desk, cast, clock, Figures(views=1234, reactions=7))
    hostile = '#panic() $x$ *ente* "] 字'
    async with desk.store.transaction() as session:
        (await session.get_one(Article, number)).organisation = hostile

    answer = await gaia.get("/redazione/risultati/mese.pdf?mese=2026-11")

    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="risultati-2026-11.pdf"' in answer.headers["content-disposition"]
    with closing(pypdfium2.PdfDocument(answer.content)) as report:
        text = " ".join(report[0].get_textpage().get_text_range().split())
    for words in (
        "Resoconto di novembre 2026",
        "1 pezzo",
        "2.468",
        "#panic() $x$ *ente*",
        "26-0001",
    ):
        assert words in text


async def test_a_month_in_which_nothing_came_out_says_so(desk: Desk, gaia: Browser) -> None:
    answer = await gaia.get("/redazione/risultati/mese.pdf?mese=2025-01")

    with closing(pypdfium2.PdfDocument(answer.content)) as report:
        assert "non è uscito niente" in report[0].get_textpage().get_text_range()


@pytest.mark.parametrize("month", ["2026-13", "ieri", "1999-01", "9999-12", "2026-11-01"])
async def test_what_is_no_month_is_not_found(month: str, desk: Desk, gaia: Browser) -> None:
    assert (await gaia.get(f"/redazione/risultati/mese.csv?mese={month}")).status_code == 404


async def test_pages_ask_the_database_as_often_for_many_posts_as_for_one(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    asked: list[int] = []
    for _ in range(2):
        for _ in range(len(asked) * 5 + 1):
            await out(desk, cast, clock, Figures(views=5))
        with counted(desk.store) as said:
            for path in ("risultati", "risultati/somme", "risultati/mese.csv"):
                await gaia.get(f"/redazione/{path}")
        asked.append(len(said))

    assert asked[0] == asked[1]


@pytest.mark.parametrize("payload", HOSTILE)
async def test_names_are_shown_as_they_were_written(
    payload: str, desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    number = await out(desk, cast, clock, Figures(views=5))
    async with desk.store.transaction() as session:
        (await session.get_one(Article, number)).organisation = payload

    assert is_harmless((await gaia.get("/redazione/risultati/somme")).text, payload)
