"""Who comes into the console: by the bot's link once, from Telegram while its word is fresh."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from bottega.web.console import Desk
from bottega.web.console.brake import FAILURES
from bottega.web.console.guard import HEADERS
from content import entry
from content.people import Moderator
from tests.bottega.web.console.conftest import TOKEN, Browser
from tests.clock import Clock

Fields = dict[str, str]


def signed(fields: Mapping[str, str], token: str = TOKEN) -> str:
    """Return launch data as Telegram makes them."""
    said = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**fields, "hash": hmac.new(key, said.encode(), hashlib.sha256).hexdigest()})


def launch(telegram_id: int, now: datetime, **change: str) -> Fields:
    return {
        "auth_date": str(int(now.timestamp())),
        "query_id": "AAE",
        "signature": "c2lnbmF0dXJl",
        "user": json.dumps({"id": telegram_id, "first_name": "Gaia"}),
        **change,
    }


async def enter(browser: Browser, **fields: str) -> int:
    return (await browser.post("/redazione/entra", data=fields)).status_code


async def test_telegram_lets_a_moderator_in(
    nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    data = signed(launch(cast.gaia.telegram_id, clock()))

    assert await enter(nobody, lancio=data) == HTTPStatus.SEE_OTHER
    assert "Gaia Monti" in (await nobody.get("/redazione/coda")).text


async def test_a_launch_is_good_once(
    desk: Desk, nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    data = signed(launch(cast.gaia.telegram_id, clock()))
    await enter(nobody, lancio=data)

    async with Browser(desk) as thief:
        assert await enter(thief, lancio=data) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("minutes", [11, 60 * 24, -2])
async def test_a_launch_is_good_for_ten_minutes(
    minutes: int, nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    data = signed(launch(cast.gaia.telegram_id, clock()))
    clock.forward(minutes=minutes)

    assert await enter(nobody, lancio=data) == HTTPStatus.FORBIDDEN


async def test_a_stranger_is_not_let_in_however_well_telegram_knows_them(
    nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    for who in (cast.ada.telegram_id, cast.carla.telegram_id, 999_999):
        data = signed(launch(who, clock()))
        assert await enter(nobody, lancio=data) == HTTPStatus.FORBIDDEN


def forgeries(who: int, now: datetime) -> dict[str, str]:
    """Return launch data that Telegram did not sign, or not so, by what is wrong with them."""
    good = launch(who, now)
    data = signed(good)
    return {
        "another bot's": signed(good, "654321:BBB"),
        "no token": signed(good, ""),
        "changed": data.replace("query_id=AAE", "query_id=AAF"),
        "without hash": data.split("&hash=")[0],
        "without signature": data.replace("signature=c2lnbmF0dXJl&", ""),
        "a key twice": f"{data}&user={good['user']}",
        "a key twice, before": f"auth_date=1&{data}",
        "hash twice": f"{data}&hash=0",
        "no date": signed({k: v for k, v in good.items() if k != "auth_date"}),
        "a date that is none": signed(launch(who, now, auth_date="²")),
        "an endless date": signed(launch(who, now, auth_date="9" * 60)),
        "no user": signed({k: v for k, v in good.items() if k != "user"}),
        "a user that is none": signed(launch(who, now, user="[1]")),
        "an id that is none": signed(launch(who, now, user='{"id": true}')),
        "a nest": signed(launch(who, now, user="[" * 3000)),
        "no field": "x",
        "not utf-8": f"{data}&x=%ff",
        "long": data + "&x=" + "y" * 10_000,
        "many": data + "".join(f"&x{n}=1" for n in range(50)),
    }


@pytest.mark.parametrize("wrong", forgeries(1, datetime.fromtimestamp(0)))  # noqa: DTZ006 - names
async def test_what_telegram_did_not_sign_lets_nobody_in(
    wrong: str, nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    data = forgeries(cast.gaia.telegram_id, clock())[wrong]

    assert await enter(nobody, lancio=data) == HTTPStatus.FORBIDDEN
    assert (await nobody.get("/redazione/coda")).status_code == HTTPStatus.UNAUTHORIZED


async def test_without_a_token_no_launch_is_good(
    desk: Desk, cast: SimpleNamespace, clock: Clock
) -> None:
    async with Browser(replace(desk, token="")) as browser:
        data = signed(launch(cast.gaia.telegram_id, clock()), "")
        assert await enter(browser, lancio=data) == HTTPStatus.FORBIDDEN


async def code_for(desk: Desk, member: Moderator) -> str:
    async with desk.store.transaction() as session:
        return await entry.link(session, member, now=desk.clock())


async def test_a_link_is_used_up_by_entering_and_not_by_looking(
    desk: Desk, nobody: Browser, cast: SimpleNamespace
) -> None:
    code = await code_for(desk, cast.gaia)
    for _ in range(3):
        page = await nobody.get("/redazione/entra", params={"codice": code})
        assert "Entra" in page.text

    assert await enter(nobody, codice=code) == HTTPStatus.SEE_OTHER

    async with Browser(desk) as second:
        assert await enter(second, codice=code) == HTTPStatus.FORBIDDEN


async def test_a_link_is_good_for_ten_minutes_and_for_who_is_still_here(
    desk: Desk, nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    late, gone = await code_for(desk, cast.gaia), await code_for(desk, cast.bruno)
    async with desk.store.transaction() as session:
        (await session.get_one(Moderator, cast.bruno.id)).active = False
    assert await enter(nobody, codice=gone) == HTTPStatus.FORBIDDEN

    clock.forward(minutes=10)

    assert await enter(nobody, codice=late) == HTTPStatus.FORBIDDEN


async def test_who_fails_too_often_waits(
    desk: Desk, nobody: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    for _ in range(FAILURES):
        assert await enter(nobody, codice="x") == HTTPStatus.FORBIDDEN
    code = await code_for(desk, cast.gaia)
    assert await enter(nobody, codice=code) == HTTPStatus.TOO_MANY_REQUESTS

    clock.forward(minutes=11)

    code = await code_for(desk, cast.gaia)
    assert await enter(nobody, codice=code) == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(("dove", "same"), [("finestra", "Lax"), ("cornice", "None")])
async def test_the_cookie_is_bound_to_this_host_and_to_https(
    dove: str, same: str, desk: Desk, cast: SimpleNamespace
) -> None:
    desk = replace(desk, address="https://bottega.example.it")
    code = await code_for(desk, cast.gaia)
    async with Browser(desk, address="https://bottega.example.it") as browser:
        answer = await browser.post("/redazione/entra", data={"codice": code, "dove": dove})
        assert (await browser.get("/redazione/coda")).status_code == HTTPStatus.OK

    cookie = answer.headers["set-cookie"]
    name, *said = cookie.split("; ")
    assert name.startswith("__Host-redazione=")
    assert {"Path=/", "HttpOnly", "Secure", f"SameSite={same}"} <= set(said)
    assert ("Partitioned" in said) is (dove == "cornice")
    assert "strict-transport-security" in answer.headers


async def test_a_token_is_stored_nowhere(desk: Desk, gaia: Browser, tmp_path: object) -> None:
    token = gaia.cookies["redazione"]
    async with desk.store.reading() as session:
        kept = await session.get(entry.ConsoleSession, hashlib.sha256(token.encode()).hexdigest())

    assert kept is not None
    assert token not in repr(kept)


@pytest.mark.parametrize(
    "path", ["/entra", "/coda", "/nowhere", "/static/console.css", "/static/../desk.py", "/novita"]
)
async def test_every_answer_says_what_browsers_must_not_do(path: str, gaia: Browser) -> None:
    answer = await gaia.get(f"/redazione{path}")

    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org" in policy
    assert ("no-store" in answer.headers["cache-control"]) is ("console.css" not in path)


async def test_no_page_runs_or_paints_anything_of_its_own(gaia: Browser) -> None:
    for path in ("/entra", "/entra?codice=x", "/coda", "/nowhere"):
        page = (await gaia.get(f"/redazione{path}")).text
        assert "<style" not in page
        assert ' style="' not in page
        assert ' onclick="' not in page
        assert all(part.startswith((" src=", " defer")) for part in page.split("<script")[1:])
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "https://" not in page
