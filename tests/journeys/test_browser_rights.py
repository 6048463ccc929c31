"""Consent, minors, one's own data, Labs and blocking, on a phone 390 pixels wide."""

import io
from zipfile import ZipFile

from playwright.async_api import expect

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from tests import files
from tests.journeys.people import Phone
from tests.journeys.screen import payload, phones
from tests.journeys.test_participant import STORY

PHOTO = payload("festa.jpg", "image/jpeg", files.photo())


async def test_who_chooses_where_to_appear_may_choose_again(
    newsroom: Runtime, sandbox: Sandbox
) -> None:
    rubrica = newsroom.newsroom.label("rubrica")
    async with phones(sandbox) as (ada, _):
        await ada.press("AVVIA")
        await ada.press("⚙️ Scelgo io")
        await ada.sees("Le tue scelte")
        await ada.press(f"⬜ {rubrica}")
        await expect(ada.pane.get_by_role("button", name=f"✅ {rubrica}")).to_be_visible()
        await ada.press("✅ Accetto con queste scelte")
        await ada.sees("raccontami")
        await ada.write("/privacy")
        await ada.press("⬜ Facebook")
        await expect(ada.pane.get_by_role("button", name="✅ Facebook")).to_be_visible()
        await expect(ada.pane.get_by_role("button", name="⬜ X")).to_be_visible()


async def test_where_minors_are_seen_a_release_is_asked_for(
    newsroom: Runtime, sandbox: Sandbox
) -> None:
    async with phones(sandbox) as (ada, desk):
        await ada.joins()
        await ada.attach(PHOTO)
        await ada.write(STORY)
        await ada.press("📨 Invia: si vedono minori")
        await ada.sees("liberatoria")
        await ada.press("Non ce l’ho")
        await ada.sees("Ricevuta!", "Senza liberatoria")
        await desk.turn_to()
        await desk.sees("26-0001", "manca la liberatoria")
        await desk.press("🚀 Approva e pubblica ora")
        await desk.is_told("manca la liberatoria")


async def test_one_takes_a_copy_of_ones_data_and_has_them_erased(
    newsroom: Runtime, sandbox: Sandbox
) -> None:
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.attach(PHOTO)
        await ada.write(STORY)
        await ada.submits()

        await ada.write("/miei_dati")
        copy = await ada.sees("Tutto quello che conservo di te")
        async with ada.page.expect_download() as coming:
            await copy.get_by_role("link", name="i-tuoi-dati.zip").click()
        path = await (await coming.value).path()
        with ZipFile(io.BytesIO(path.read_bytes())) as opened:
            assert STORY[:40].encode() in opened.read("data.json")

        await ada.write("/cancella_dati")
        await ada.sees("Vuoi che cancelli i tuoi dati?")
        await ada.press("🗑 Sì, cancella i miei dati")
        await ada.sees("ho cancellato i tuoi dati")


async def test_a_labs_link_lets_people_in(
    newsroom: Runtime, sandbox: Sandbox, bruno: Phone
) -> None:
    bruno.write('/lab crea "Comuni digitali" 2027')
    await bruno.sees("entra nel")
    async with phones(sandbox) as (ada, desk):
        await desk.turn_to()
        code = await desk.sees("entra nel", "Comuni digitali")
        await expect(code.locator("img")).to_be_visible()
        await code.get_by_role("link", name="start=lab_").click()
        await ada.press("AVVIA")
        await ada.sees("Partecipi al Laboratorio", "Comuni digitali")
        await ada.press("✅ Ho letto e accetto")
        await ada.sees("raccontami")


async def test_who_blocks_the_bot_finds_everything_again(
    newsroom: Runtime, sandbox: Sandbox
) -> None:
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.write(STORY)
        await ada.sees("La tua segnalazione")
        await ada.pane.get_by_label("Altro").click()
        await ada.press("🚫 Blocca il bot")
        await ada.press("RIAVVIA IL BOT")
        await ada.sees("Ciao Ada", "/mie")
        await ada.write("/mie")
        await ada.sees("Le tue segnalazioni", "bozza da inviare")
