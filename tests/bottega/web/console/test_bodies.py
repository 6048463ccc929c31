"""Enti: the accounts of each body, written down in the browser and mentioned in drafts."""

import html
import re
from dataclasses import replace
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bottega.web.console import Desk
from content import bodies
from content.history import History
from publishers import Facebook, Mastodon, Rubrica, TelegramChannel, X
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless
from tests.stories import drafted

TIRANO = "Comune di Tirano"
ADDRESSES = {
    "account-x": "https://x.com/ComuneTirano?lang=it",
    "account-facebook": "https://www.facebook.com/comune.tirano/",
    "account-mastodon": "https://mastodon.uno/@tirano",
    "account-telegram_channel": "t.me/ComuneTirano",
}
KEPT = {
    "x": "ComuneTirano",
    "facebook": "comune.tirano",
    "mastodon": "tirano@mastodon.uno",
    "telegram_channel": "ComuneTirano",
}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A console with the real channels."""
    root = desk.media_root
    kinds = (Facebook, X, Mastodon, TelegramChannel)
    publishers = {one.channel: one(one.Config(), root) for one in kinds}
    rubrica = Rubrica(Rubrica.Config(url="https://rubrica.example", site=root / "site"), root)
    return replace(desk, publishers={"rubrica": rubrica, **publishers})


async def kept(desk: Desk, name: str = TIRANO) -> dict[str, str]:
    async with desk.store.reading() as session:
        return dict(await bodies.accounts_of(session, name))


def value(page: str, field: str) -> str:
    """What stands in a field of a page."""
    found = re.search(rf'name="{field}" value="([^"]*)"', page)
    assert found, field
    return html.unescape(found[1])


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_pasted_addresses_become_accounts_and_are_in_the_record(
    gaia: Browser, desk: Desk, cast: SimpleNamespace
) -> None:
    answer = await gaia.press("/ente", nome=TIRANO, **ADDRESSES)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert await kept(desk) == KEPT
    page = (await gaia.get(answer.headers["location"])).text
    assert "Account salvati" in page
    assert value(page, "account-x") == "@ComuneTirano"
    assert value(page, "account-mastodon") == "@tirano@mastodon.uno"
    assert value(page, "account-facebook") == "https://www.facebook.com/comune.tirano"
    async with desk.store.reading() as session:
        (row,) = (await session.exec(select(History).where(History.noun == "body"))).all()
    assert (row.verb, row.actor_id, row.data["accounts"]) == ("accounts_set", cast.gaia.id, KEPT)


async def test_what_is_none_is_refused_and_nothing_typed_is_lost(gaia: Browser, desk: Desk) -> None:
    told = ADDRESSES | {"account-x": "Comune di <Tirano>", "account-mastodon": "urp@tirano.it"}

    answer = await gaia.press("/ente", nome=TIRANO, **told)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert await kept(desk) == {}
    assert {name: value(answer.text, name) for name in told} == told
    said = html.unescape(answer.text)
    assert "Non è un account di X: scrivi il nome con la chiocciola, come @ComuneBrescia" in said
    assert "Non è un account di Mastodon: scrivi nome e server" in said
    assert answer.text.count("aria-invalid") == 2

    told |= {"account-x": "@ComuneTirano", "account-mastodon": ""}
    assert (await gaia.press("/ente", nome=TIRANO, **told)).status_code == HTTPStatus.SEE_OTHER
    assert await kept(desk) == {one: KEPT[one] for one in ("x", "facebook", "telegram_channel")}


async def test_an_emptied_field_takes_the_account_away(gaia: Browser, desk: Desk) -> None:
    await gaia.press("/ente", nome=TIRANO, **ADDRESSES)
    page = (await gaia.get("/redazione/ente", params={"nome": TIRANO})).text
    told = {one: value(page, one) for one in re.findall(r'name="((?:account|prima)-\w+)"', page)}

    await gaia.press("/ente", nome=TIRANO, **told | {"account-x": ""})

    assert await kept(desk) == {one: KEPT[one] for one in KEPT if one != "x"}


async def test_two_who_write_at_once_keep_each_others_accounts(
    gaia: Browser, bruno: Browser, desk: Desk
) -> None:
    await gaia.press("/ente", nome=TIRANO, **{"account-x": "@ComuneTirano", "prima-x": ""})
    late = {"account-telegram_channel": "@ComuneTirano", "account-x": "", "prima-x": ""}

    await bruno.press("/ente", nome=TIRANO, **late)

    assert await kept(desk) == {"x": "ComuneTirano", "telegram_channel": "ComuneTirano"}


async def test_saving_what_is_there_writes_nothing(gaia: Browser, desk: Desk) -> None:
    await gaia.press("/ente", nome=TIRANO, **ADDRESSES)

    answer = await gaia.press("/ente", nome="comune di tirano", **ADDRESSES)

    assert "fatto=same" in answer.headers["location"]
    async with desk.store.reading() as session:
        query = select(History).where(History.noun == "body")
        assert len((await session.exec(query)).all()) == 1


async def test_the_bodies_are_listed_with_their_pieces_and_accounts(
    gaia: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock
) -> None:
    async with desk.store.transaction() as session:
        await drafted(session, cast.ada, clock())
    await gaia.press("/ente", nome="Università di Pavia", **{"account-x": "unipv"})

    page = (await gaia.get("/redazione/enti")).text
    found = (await gaia.get("/redazione/enti", params={"cerca": "pavìa"})).text
    none = (await gaia.get("/redazione/enti", params={"cerca": "Comune di Bienno"})).text

    assert page.index(TIRANO) < page.index("Università di Pavia")
    assert "1 pezzo" in page
    assert "X: @unipv" in page
    assert "nome=Comune%20di%20Tirano" not in found
    assert "ente?nome=Comune%20di%20Bienno" in none


async def test_a_case_and_its_article_lead_to_their_body(
    gaia: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock
) -> None:
    async with desk.store.transaction() as session:
        await drafted(session, cast.ada, clock())

    for page in ("/redazione/scheda/1", "/redazione/articolo/1"):
        assert 'href="/redazione/ente?nome=Comune%20di%20Tirano"' in (await gaia.get(page)).text


async def test_accounts_of_a_channel_that_is_off_stay(gaia: Browser, desk: Desk) -> None:
    await gaia.press("/ente", nome=TIRANO, **ADDRESSES)
    off = replace(desk, publishers={"x": desk.publishers["x"]})
    async with Browser(off) as browser:
        browser.cookies, browser.csrf = gaia.cookies, gaia.csrf
        await browser.press("/ente", nome=TIRANO, **{"account-x": "Altro", "prima-x": "Comune"})

    assert await kept(desk) == KEPT | {"x": "Altro"}


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
async def test_a_body_has_a_name(gaia: Browser, name: str) -> None:
    answer = await gaia.press("/ente", nome=name, **{"account-x": "ComuneTirano"})

    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_without_a_name_one_is_led_to_all_of_them(gaia: Browser) -> None:
    answer = await gaia.get("/redazione/ente")

    assert answer.headers["location"] == "/redazione/enti"


@pytest.mark.parametrize("payload", HOSTILE)
async def test_what_is_typed_is_shown_as_it_was_written(gaia: Browser, payload: str) -> None:
    answer = await gaia.press("/ente", nome="Comune", **{"account-x": payload})
    assert is_harmless(answer.text, payload)

    page = (await gaia.get("/redazione/ente", params={"nome": payload})).text
    assert is_harmless(page, payload)
