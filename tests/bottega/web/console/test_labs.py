"""Laboratori: opened, described and joined by a link, from the browser."""

from http import HTTPStatus

import pytest
from sqlmodel import select

from bottega.web.console import Desk
from content.people import Lab
from tests.bottega.web.console.conftest import Browser
from tests.payloads import HOSTILE, is_harmless


async def labs(desk: Desk) -> list[Lab]:
    async with desk.store.reading() as session:
        return list((await session.exec(select(Lab))).all())


async def test_a_lab_is_opened_with_its_theme_and_its_link(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/laboratori", titolo="Comuni  digitali", anno="2026", tema="Servizi")

    (lab,) = await labs(desk)
    assert (lab.title, lab.year, lab.theme, lab.slug) == (
        "Comuni digitali", 2026, "Servizi", "comuni-digitali-2026",
    )  # fmt: skip
    page = (await bruno.get("/redazione/laboratori")).text
    assert "/start lab_comuni-digitali-2026" in page


async def test_the_same_lab_is_not_opened_twice(bruno: Browser, desk: Desk) -> None:
    fields = {"titolo": "Comuni digitali", "anno": "2026"}
    await bruno.press("/laboratori", **fields)
    again = await bruno.press("/laboratori", **fields)
    assert again.status_code == HTTPStatus.CONFLICT
    assert len(await labs(desk)) == 1


@pytest.mark.parametrize(
    "wrong", [{"titolo": ""}, {"titolo": "x" * 121}, {"anno": "domani"}, {"anno": "99999999"}]
)
async def test_a_lab_needs_a_title_and_a_year(
    bruno: Browser, desk: Desk, wrong: dict[str, str]
) -> None:
    fields = {"titolo": "Comuni digitali", "anno": "2026"} | wrong
    assert (await bruno.press("/laboratori", **fields)).status_code == HTTPStatus.CONFLICT
    assert await labs(desk) == []


async def test_a_lab_may_ask_for_two_approvals(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/laboratori", titolo="Comuni digitali", anno="2026")
    (lab,) = await labs(desk)
    await bruno.press(f"/laboratori/{lab.id}", approvazioni="2", tema="Altro tema")
    (lab,) = await labs(desk)
    assert (lab.approvals, lab.theme) == (2, "Altro tema")
    assert "due approvazioni" in (await bruno.get("/redazione/laboratori")).text


@pytest.mark.parametrize("payload", HOSTILE)
async def test_titles_and_themes_are_shown_as_they_were_written(
    bruno: Browser, payload: str
) -> None:
    await bruno.press("/laboratori", titolo=payload, anno="2026", tema=payload)
    assert is_harmless((await bruno.get("/redazione/laboratori")).text, payload)
