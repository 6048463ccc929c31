"""Canali: pauses, the week, quiet hours and blackouts, set in the browser."""

from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bottega.web.console import Desk
from content import credentials, silence, slots
from content.channels import Channel
from content.credentials import Grant
from content.history import NEWSROOM, History
from content.silence import Blackout
from content.vault import Vault, new_key
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless


async def channel(desk: Desk, name: str) -> Channel:
    async with desk.store.reading() as session:
        return await session.get_one(Channel, name)


async def test_a_channel_is_paused_with_a_reason_that_everybody_reads(
    gaia: Browser, bruno: Browser, desk: Desk, signals: list[str]
) -> None:
    answer = await gaia.press("/canali/red/pausa", motivo="La pagina cambia nome")

    assert answer.headers["location"].endswith("/canali?fatto=paused")
    assert "La pagina cambia nome" in (await bruno.get("/redazione/canali")).text
    assert (await channel(desk, "red")).paused_reason == "La pagina cambia nome"
    assert signals == ["planned", "happened"]
    await bruno.press("/canali/red/riprendi")
    assert (await channel(desk, "red")).paused_at is None


async def test_a_pause_without_a_reason_pauses_nothing_and_says_so(
    gaia: Browser, desk: Desk
) -> None:
    answer = await gaia.press("/canali/red/pausa", motivo="  ")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Scrivi il motivo" in answer.text
    assert (await channel(desk, "red")).paused_at is None


async def test_the_same_press_twice_changes_nothing_the_second_time(
    gaia: Browser, desk: Desk
) -> None:
    await gaia.press("/canali/red/pausa", motivo="Prima")
    again = await gaia.press("/canali/red/pausa", motivo="Seconda")

    assert again.headers["location"].endswith("fatto=already")
    assert (await channel(desk, "red")).paused_reason == "Prima"


async def test_a_place_is_put_in_the_week_and_taken_out(gaia: Browser, desk: Desk) -> None:
    await gaia.press("/canali/red/spazi", giorno="6", ora="21:15")
    async with desk.store.reading() as session:
        added = [one for one in await slots.week(session, "red") if one.hour == "21:15"]
    assert [one.weekday for one in added] == [6]
    assert "21:15" in (await gaia.get("/redazione/canali")).text

    await gaia.press("/canali/red/spazi/togli", spazio=str(added[0].id))

    async with desk.store.reading() as session:
        assert all(one.hour != "21:15" for one in await slots.week(session, "red"))


@pytest.mark.parametrize("ora", ["02:30", "25:00", "sera", ""])
async def test_an_hour_that_is_none_is_refused(gaia: Browser, ora: str) -> None:
    answer = await gaia.press("/canali/red/spazi", giorno="1", ora=ora)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Uno spazio ha un giorno e un’ora" in answer.text


async def test_the_place_of_another_channel_is_not_taken_out(gaia: Browser, desk: Desk) -> None:
    async with desk.store.reading() as session:
        other = (await slots.week(session, "blue"))[0]
    answer = await gaia.press("/canali/red/spazi/togli", spazio=str(other.id))
    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_quiet_hours_and_a_gap_are_set_and_taken_away(gaia: Browser, desk: Desk) -> None:
    await gaia.press("/canali/red/modi", dalle="22:00", alle="07:00", distanza="45")
    set_ = await channel(desk, "red")
    assert (set_.quiet_from, set_.quiet_to, set_.gap_minutes) == ("22:00", "07:00", 45)

    await gaia.press("/canali/red/modi", dalle="", alle="", distanza="0")
    taken = await channel(desk, "red")
    assert (taken.quiet_from, taken.quiet_to, taken.gap_minutes) == (None, None, 0)


@pytest.mark.parametrize("wrong", [{"alle": ""}, {"distanza": "-1"}, {"distanza": "9999999"}])
async def test_manners_that_make_no_sense_are_refused(
    gaia: Browser, desk: Desk, wrong: dict[str, str]
) -> None:
    fields = {"dalle": "22:00", "alle": "07:00", "distanza": "45"} | wrong
    assert (await gaia.press("/canali/red/modi", **fields)).status_code == HTTPStatus.CONFLICT
    assert (await channel(desk, "red")).quiet_from is None


async def test_a_blackout_is_declared_in_the_time_of_rome_and_lifted(
    gaia: Browser, desk: Desk, clock: Clock
) -> None:
    day = (clock() + timedelta(days=3)).date().isoformat()
    await gaia.press(
        "/canali/silenzio", da=f"{day}T00:00", a=f"{day}T23:00", motivo="Silenzio elettorale"
    )
    async with desk.store.reading() as session:
        (declared,) = await silence.ahead(session, now=clock())
    assert declared.reason == "Silenzio elettorale"
    assert f"{declared.begins_at.astimezone(slots.ROME):%Y-%m-%dT%H:%M}" == f"{day}T00:00"
    assert "Silenzio elettorale" in (await gaia.get("/redazione/canali")).text

    await gaia.press("/canali/silenzio/togli")

    async with desk.store.reading() as session:
        assert list(await silence.ahead(session, now=clock())) == []


@pytest.mark.parametrize("a", ["2020-01-01T00:00", "domani", ""])
async def test_a_blackout_that_is_over_or_no_time_is_refused(
    gaia: Browser, desk: Desk, a: str
) -> None:
    answer = await gaia.press("/canali/silenzio", da="2019-01-01T00:00", a=a, motivo="Lutto")
    assert answer.status_code == HTTPStatus.CONFLICT
    async with desk.store.reading() as session:
        assert (await session.exec(select(Blackout))).all() == []


async def test_a_channel_that_there_is_not_is_told_so(gaia: Browser) -> None:
    answer = await gaia.press("/canali/mastodon/pausa", motivo="x")
    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_the_keys_are_asked_about_when_a_person_wants_to_know(gaia: Browser) -> None:
    answer = await gaia.press("/canali/red/controlla")
    assert "Tutto bene." in answer.text


async def test_keys_of_the_settings_are_told_with_their_end(gaia: Browser) -> None:
    page = (await gaia.get("/redazione/canali")).text

    assert "Pubblica con le chiavi scritte in <code>.env</code>. L&#39;accesso non scade" in page


@pytest.mark.parametrize("payload", HOSTILE)
async def test_reasons_are_shown_as_they_were_written(gaia: Browser, payload: str) -> None:
    await gaia.press("/canali/red/pausa", motivo=payload)
    page = (await gaia.get("/redazione/canali")).text
    assert is_harmless(page, payload)


async def test_each_change_is_in_the_record_with_who_made_it(
    gaia: Browser, desk: Desk, cast: SimpleNamespace
) -> None:
    await gaia.press("/canali/red/pausa", motivo="Prova")
    async with desk.store.reading() as session:
        rows = (await session.exec(select(History).where(History.noun == "channel"))).all()
    assert [(one.verb, one.actor_id) for one in rows] == [("paused", cast.gaia.id)]


async def test_the_account_is_shown_with_its_rights_and_none_of_its_tokens(
    gaia: Browser, desk: Desk, clock: Clock
) -> None:
    vault, grant = Vault([new_key()]), Grant("a-secret-token", ("tweet.write",), "renewal", 7200)
    async with desk.store.transaction() as session:
        of = ("1", f"@{HOSTILE[0]}")
        await credentials.keep(session, vault, "red", grant, of, by=NEWSROOM, now=clock())
    page = (await gaia.get("/redazione/canali")).text

    assert "Permessi: tweet.write." in page
    assert "si rinnova da solo" in page
    assert "a-secret-token" not in page
    assert is_harmless(page, HOSTILE[0])
    async with desk.store.transaction() as session:
        found = await credentials.of(session, "red")
        assert found is not None
        await credentials.lose(session, found, "Ricollega", now=clock())
    assert "va ricollegato" in (await gaia.get("/redazione/canali")).text
