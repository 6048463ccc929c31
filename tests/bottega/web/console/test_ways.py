"""Every page and button of the console, tried as everybody: nobody gets where they may not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from types import SimpleNamespace

import pytest

from bottega.web.console import Desk
from bottega.web.console.guard import Way
from bottega.web.console.ways import WAYS
from content import entry
from content.people import Moderator, Role
from content.roles import LEAST
from tests.bottega.web.console.conftest import Browser

ANYBODY = None
MODERATOR, CHIEF_EDITOR, ADMINISTRATOR = Role
EXPECTED: dict[tuple[str, str], Role | None] = {
    ("GET", "/entra"): ANYBODY,
    ("POST", "/entra"): ANYBODY,
    ("GET", "/"): MODERATOR,
    ("GET", "/coda"): MODERATOR,
    ("GET", "/novita"): MODERATOR,
    ("GET", "/scheda/{case}"): MODERATOR,
    ("GET", "/scheda/{case}/novita"): MODERATOR,
    ("GET", "/scheda/{case}/revisioni"): MODERATOR,
    ("GET", "/scheda/{case}/anteprima/"): MODERATOR,
    ("GET", "/scheda/{case}/media/{medium}"): MODERATOR,
    ("POST", "/scheda/{case}/prendi"): MODERATOR,
    ("POST", "/scheda/{case}/lascia"): MODERATOR,
    ("POST", "/scheda/{case}/approva"): MODERATOR,
    ("POST", "/scheda/{case}/modifiche"): MODERATOR,
    ("POST", "/scheda/{case}/rifiuta"): MODERATOR,
    ("POST", "/scheda/{case}/liberatoria"): MODERATOR,
    ("POST", "/scheda/{case}/descrizioni"): MODERATOR,
    ("GET", "/scheda/{case}/ritira"): MODERATOR,
    ("POST", "/scheda/{case}/ritira"): MODERATOR,
    ("POST", "/scheda/{case}/scrivi"): MODERATOR,
    ("GET", "/calendario"): MODERATOR,
    ("GET", "/uscita/{operation}"): MODERATOR,
    ("POST", "/uscita/{operation}/sposta"): MODERATOR,
    ("POST", "/uscita/{operation}/prossimo"): MODERATOR,
    ("POST", "/uscita/{operation}/ora"): MODERATOR,
    ("POST", "/uscita/{operation}/trattieni"): MODERATOR,
    ("POST", "/uscita/{operation}/lascia"): MODERATOR,
    ("POST", "/uscita/{operation}/annulla"): MODERATOR,
    ("POST", "/uscita/{operation}/uscita"): MODERATOR,
    ("POST", "/uscita/{operation}/non-uscita"): MODERATOR,
    ("GET", "/canali"): MODERATOR,
    ("POST", "/canali/silenzio"): MODERATOR,
    ("POST", "/canali/silenzio/togli"): MODERATOR,
    ("GET", "/canali/collegato"): ADMINISTRATOR,
    ("GET", "/canali/{channel}/account"): ADMINISTRATOR,
    ("POST", "/canali/{channel}/account"): ADMINISTRATOR,
    ("POST", "/canali/{channel}/account/scegli"): ADMINISTRATOR,
    ("POST", "/canali/{channel}/account/lascia"): ADMINISTRATOR,
    ("POST", "/canali/{channel}/account/scollega"): ADMINISTRATOR,
    ("POST", "/canali/{channel}/pausa"): MODERATOR,
    ("POST", "/canali/{channel}/riprendi"): MODERATOR,
    ("POST", "/canali/{channel}/controlla"): MODERATOR,
    ("POST", "/canali/{channel}/modi"): MODERATOR,
    ("POST", "/canali/{channel}/spazi"): MODERATOR,
    ("POST", "/canali/{channel}/spazi/togli"): MODERATOR,
    ("GET", "/persone"): MODERATOR,
    ("POST", "/persone/{person}/blocca"): MODERATOR,
    ("POST", "/persone/{person}/sblocca"): MODERATOR,
    ("GET", "/redattori"): CHIEF_EDITOR,
    ("POST", "/redattori/invita"): CHIEF_EDITOR,
    ("POST", "/redattori/{member}/ruolo"): ADMINISTRATOR,
    ("POST", "/redattori/{member}/congeda"): ADMINISTRATOR,
    ("GET", "/laboratori"): MODERATOR,
    ("POST", "/laboratori"): CHIEF_EDITOR,
    ("POST", "/laboratori/{lab}"): CHIEF_EDITOR,
    ("GET", "/enti"): MODERATOR,
    ("GET", "/ente"): MODERATOR,
    ("POST", "/ente"): MODERATOR,
    ("GET", "/ebook"): MODERATOR,
    ("POST", "/ebook"): CHIEF_EDITOR,
    ("GET", "/ebook/{edition}"): MODERATOR,
    ("POST", "/ebook/{edition}"): CHIEF_EDITOR,
    ("POST", "/ebook/{edition}/annuncia"): CHIEF_EDITOR,
    ("GET", "/ebook/{edition}/copertina"): MODERATOR,
    ("POST", "/ebook/{edition}/copertina"): CHIEF_EDITOR,
    ("POST", "/ebook/{edition}/copertina/parole"): CHIEF_EDITOR,
    ("GET", "/risposte"): CHIEF_EDITOR,
    ("POST", "/risposte"): CHIEF_EDITOR,
    ("POST", "/risposte/{reply}"): CHIEF_EDITOR,
    ("GET", "/articolo/{case}"): MODERATOR,
    ("POST", "/articolo/{case}"): MODERATOR,
    ("POST", "/articolo/{case}/bozza"): MODERATOR,
    ("POST", "/articolo/{case}/presenza"): MODERATOR,
    ("POST", "/articolo/{case}/scarta"): MODERATOR,
    ("GET", "/articolo/{case}/anteprima/"): MODERATOR,
    ("GET", "/scheda/{case}/percorso"): MODERATOR,
    ("GET", "/risultati"): MODERATOR,
    ("GET", "/risultati.csv"): MODERATOR,
    ("GET", "/risultati/somme"): MODERATOR,
    ("GET", "/risultati/mese.csv"): MODERATOR,
    ("GET", "/risultati/mese.pdf"): MODERATOR,
    ("GET", "/equilibrio"): MODERATOR,
    ("GET", "/registro"): CHIEF_EDITOR,
    ("GET", "/registro.csv"): CHIEF_EDITOR,
    ("POST", "/esci"): MODERATOR,
}
"""The least role for each way, written down apart from the console's own table."""
WHO = ("nobody", "participant", *Role)
TURNED_AWAY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def name_of(way: Way) -> str:
    return f"{way.method} {way.path}"


def enclosed(way: Way) -> dict[str, bytes] | None:
    """A file, where the form of a way has one."""
    return {"immagine": b"x"} if way.file else None


def test_every_way_has_its_row_in_the_matrix() -> None:
    assert {
        (way.method, way.path): None if way.deed is None else LEAST[way.deed] for way in WAYS
    } == EXPECTED
    assert len(WAYS) == len(EXPECTED)


@asynccontextmanager
async def browser_of(
    who: str, desk: Desk, team: dict[Role, Moderator], cast: SimpleNamespace
) -> AsyncIterator[Browser]:
    """A browser of whom the matrix names; a participant brings a token that nobody gave."""
    async with Browser(desk) as opened:
        if who in set(Role):
            await opened.enter(desk, team[Role(who)])
        elif who == "participant":
            opened.cookies.set("redazione", str(cast.ada.telegram_id), path="/redazione")
        yield opened


@pytest.mark.parametrize("way", WAYS, ids=name_of)
async def test_the_matrix_holds(
    way: Way, desk: Desk, team: dict[Role, Moderator], cast: SimpleNamespace
) -> None:
    """Who may least comes first, so that nobody is helped by what another did."""
    least = EXPECTED[way.method, way.path]
    path = f"/redazione{way.path}".replace("{case}", "1").replace("{medium}", "0")
    for who in WHO:
        may = least is None or (who in set(Role) and Role(who).rank >= least.rank)
        async with browser_of(who, desk, team, cast) as browser:
            if way.method == "GET":
                answer = await browser.get(path)
            else:
                told = {"csrf": browser.csrf, "codice": "x"}
                answer = await browser.post(path, data=told, files=enclosed(way))

        if may:
            assert answer.status_code not in TURNED_AWAY or way.path == "/entra", who
        else:
            expected = HTTPStatus.FORBIDDEN if who in set(Role) else HTTPStatus.UNAUTHORIZED
            assert answer.status_code == expected, who


@pytest.mark.parametrize("way", [way for way in WAYS if way.method == "POST"], ids=name_of)
@pytest.mark.parametrize("lacking", ["csrf", "origin"])
async def test_no_button_can_be_pressed_from_elsewhere(
    way: Way, lacking: str, bruno: Browser
) -> None:
    path = f"/redazione{way.path}".replace("{case}", "1")
    csrf = "0" * 64 if lacking == "csrf" else bruno.csrf
    headers = {"sec-fetch-site": "cross-site" if lacking == "origin" else "same-origin"}

    told = {"csrf": csrf, "codice": "x"}
    answer = await bruno.post(path, data=told, files=enclosed(way), headers=headers)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert (await bruno.get("/redazione/coda")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("way", [way for way in WAYS if way.deed is not None], ids=name_of)
async def test_who_left_the_newsroom_sees_nothing_more(
    way: Way, desk: Desk, gaia: Browser, cast: SimpleNamespace
) -> None:
    async with desk.store.transaction() as session:
        member = await session.get_one(Moderator, cast.gaia.id)
        member.active = False
    path = f"/redazione{way.path}".replace("{case}", "1").replace("{medium}", "0")

    answer = await gaia.request(way.method, path, data={"csrf": gaia.csrf})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "/redazione al bot" in answer.text


async def test_a_role_counts_from_the_moment_it_changes(
    desk: Desk, gaia: Browser, cast: SimpleNamespace
) -> None:
    async with desk.store.transaction() as session:
        await entry.close_all(session, cast.gaia.id, now=desk.clock())

    assert (await gaia.get("/redazione/coda")).status_code == HTTPStatus.UNAUTHORIZED
