"""Persone and Redattori: blocks, roles and invitations, in the browser."""

from http import HTTPStatus
from types import SimpleNamespace

import pytest

from bottega.web.console import Desk
from content import people
from content.people import Moderator, Participant, Role
from tests.bottega.web.console.conftest import Browser
from tests.payloads import HOSTILE, is_harmless


async def person(desk: Desk, number: int) -> Participant:
    async with desk.store.reading() as session:
        return await session.get_one(Participant, number)


async def test_a_person_is_blocked_with_a_reason_and_heard_again(
    gaia: Browser, desk: Desk, cast: SimpleNamespace
) -> None:
    at = f"/persone/{cast.ada.id}"
    refused = await gaia.press(f"{at}/blocca", motivo="")
    assert refused.status_code == HTTPStatus.CONFLICT
    assert (await person(desk, cast.ada.id)).blocked_at is None

    await gaia.press(f"{at}/blocca", motivo="Insulta la redazione")
    assert (await person(desk, cast.ada.id)).blocked_reason == "Insulta la redazione"
    page = (await gaia.get("/redazione/persone?bloccate=si")).text
    assert "Insulta la redazione" in page

    await gaia.press(f"{at}/sblocca")
    assert (await person(desk, cast.ada.id)).blocked_at is None


async def test_people_are_found_by_name(gaia: Browser, cast: SimpleNamespace) -> None:
    found = await gaia.get("/redazione/persone", params={"cerca": cast.ada.name})
    assert cast.ada.name in found.text
    nobody = await gaia.get("/redazione/persone", params={"cerca": "Nessuno Qui"})
    assert "Nessuna persona con queste parole" in nobody.text


async def test_an_invitation_is_shown_once_and_lets_one_person_in(
    bruno: Browser, desk: Desk
) -> None:
    page = (await bruno.press("/redattori/invita", ruolo="chief_editor")).text
    assert "/start r_" in page
    code = page.split("/start r_")[1].split("<")[0]
    assert code not in (await bruno.get("/redazione/redattori")).text

    async with desk.store.transaction() as session:
        who = await people.redeem(session, code, 4001, "Elena", now=desk.clock())
        again = await people.redeem(session, code, 4002, "Fabio", now=desk.clock())
    assert who is not None
    assert who.role is Role.CHIEF_EDITOR
    assert again is None


async def test_a_chief_editor_invites_nobody_above_themselves(
    desk: Desk, team: dict[Role, Moderator]
) -> None:
    async with Browser(desk) as browser:
        enzo = await browser.enter(desk, team[Role.CHIEF_EDITOR])
        answer = await enzo.press("/redattori/invita", ruolo="administrator")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "più alto del tuo" in answer.text


async def test_who_is_let_go_with_a_page_open_sees_nothing_more(
    bruno: Browser, gaia: Browser, cast: SimpleNamespace
) -> None:
    done = await bruno.press(f"/redattori/{cast.gaia.id}/congeda", motivo="Fine del turno")
    assert done.headers["location"].endswith("fatto=dismissed")
    assert (await gaia.get("/redazione/coda")).status_code == HTTPStatus.UNAUTHORIZED
    assert "non più in redazione" in (await bruno.get("/redazione/redattori")).text


async def test_the_last_who_administers_stays(bruno: Browser, cast: SimpleNamespace) -> None:
    answer = await bruno.press(f"/redattori/{cast.bruno.id}/ruolo", ruolo="moderator")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "prima nominane un’altra" in answer.text


@pytest.mark.parametrize("payload", HOSTILE)
async def test_names_and_reasons_are_shown_as_they_were_written(
    bruno: Browser, desk: Desk, cast: SimpleNamespace, payload: str
) -> None:
    async with desk.store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        ada.name = ada.organisation = ada.municipality = payload
        member = await session.get_one(Moderator, cast.gaia.id)
        member.name = payload
    await bruno.press(f"/persone/{cast.ada.id}/blocca", motivo=payload)
    for path in ("/redazione/persone", "/redazione/redattori"):
        assert is_harmless((await bruno.get(path)).text, payload)
