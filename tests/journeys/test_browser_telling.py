"""All the ways of telling something, on a phone 390 pixels wide."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from content.links import Page as WebPage
from tests import files
from tests.journeys.people import Phone
from tests.journeys.screen import payload, phones
from tests.journeys.test_participant import STORY, UNPLACED, begun

MEGABYTE = 1024 * 1024
PHOTOS = [
    payload(f"{colour}.jpg", "image/jpeg", files.photo(colour=colour)) for colour in ("red", "blue")
]
FILM = payload("intervista.mp4", "video/mp4", files.film(1))
PAPER = payload("delibera.pdf", "application/pdf", files.pdf(2))
VOICE = payload("voce.ogg", "audio/ogg", files.voice(1))
LINK = "https://www.comune.tirano.so.it/notizie/orto"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """A newsroom whose web server people can reach."""
    return environment | {"PUBLIC_URL": f"http://127.0.0.1:{environment['PORT']}"}


class Web:
    """A web of one page, without a picture."""

    async def page(self, link: str) -> WebPage | None:
        return WebPage(title="Il Comune di Tirano apre l’orto di tutti") if link == LINK else None

    async def picture(self, link: str) -> bytes | None:
        return None


async def test_a_text_is_told_corrected_and_sent(newsroom: Runtime, sandbox: Sandbox) -> None:
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.write(STORY.replace("14 novembre", "15 novembre"))
        await ada.sees("La tua segnalazione", "Comune di Tirano", "15 novembre")

        mine = ada.pane.locator(".message.mine").last
        await mine.get_by_role("button", name="Correggi questo messaggio").click()
        await ada.write(STORY)

        await ada.sees("Ho corretto la scheda", "14 novembre")
        assert await ada.submits() == "26-0001"


async def test_who_is_known_sends_a_text_and_an_album_in_three_messages_and_a_tap(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    await ada.submits(await begun(ada))
    async with phones(sandbox) as (hands, _):
        await hands.write(UNPLACED)
        await hands.sees("Di quale ente")
        await hands.attach(*PHOTOS)
        await hands.send()
        await hands.sees("La tua segnalazione", "Foto: 2")
        await hands.write("Provincia di Sondrio")
        assert await hands.submits() == "26-0002"


async def test_one_question_at_a_time(newsroom: Runtime, sandbox: Sandbox) -> None:
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.press("🧭 Guidami")
        await ada.sees("1 di 5")
        await ada.press("Progetto")
        await ada.sees("2 di 5")
        await ada.write("Comune di Tirano")
        await ada.sees("3 di 5")
        await ada.write("La nuova palestra comunale apre anche la sera, per le associazioni.")
        await ada.sees("4 di 5")
        await ada.press("Salta")
        await ada.sees("5 di 5")
        await ada.attach(PHOTOS[0])
        await ada.send()
        await ada.sees("5 di 5", "Una foto ricevuta")
        await ada.press("Ho finito")
        await ada.sees("La tua segnalazione", "Tipo: progetto", "Comune di Tirano", "Foto: 1")


async def test_a_film_a_paper_a_voice_and_a_place_make_one_scheda(
    newsroom: Runtime, sandbox: Sandbox
) -> None:
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.attach(FILM)
        await ada.write(STORY)
        await ada.sees("La tua segnalazione", "Video:", "0:01")
        await ada.attach(PAPER, how="file")
        await ada.send()
        await ada.sees("La tua segnalazione", "delibera.pdf")
        await ada.attach(VOICE, how="vocale")
        await ada.sees("La tua segnalazione", "Ho allegato il vocale")
        await ada.pick("📍 Posizione")
        await ada.page.get_by_role("button", name="Biblioteca comunale").click()
        await ada.sees(
            "La tua segnalazione", "Luogo: Biblioteca comunale", "delibera.pdf", "Audio:"
        )
        await ada.submits()


async def test_a_link_and_a_channels_post_are_read(newsroom: Runtime, sandbox: Sandbox) -> None:
    newsroom.newsroom.links = Web()
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.write(LINK)
        await ada.sees("La tua segnalazione", "Il Comune di Tirano apre l’orto di tutti", LINK)
        await ada.write("/nuova")
        await ada.sees("La bozza di prima resta")
        await ada.pick("↪ Post di un canale")
        await expect(ada.box).not_to_have_value("")
        await ada.send()
        await ada.sees("La tua segnalazione", "Inoltrato da: Notizie dal Comune", "Foto: 1")
        await ada.submits()


async def test_a_film_too_large_for_telegram_comes_by_its_page(
    newsroom: Runtime, sandbox: Sandbox, tmp_path: Path
) -> None:
    large = tmp_path / "intervista lunga.mp4"
    large.write_bytes(
        files.film(1) + (21 * MEGABYTE).to_bytes(4, "big") + b"free" + bytes(21 * MEGABYTE - 8)
    )
    async with phones(sandbox) as (ada, _):
        await ada.joins()
        await ada.write(STORY)
        await ada.sees("La tua segnalazione")
        await ada.attach(large)
        await ada.send()
        told = await ada.sees(
            "supera i 20 MB", "Il resto della scheda è intatto", "Comune di Tirano"
        )
        async with ada.page.context.expect_page() as coming:
            await told.get_by_role("link", name="carica il file").click()
        page = await coming.value
        await page.get_by_label("Il tuo file").set_input_files(large)
        await page.get_by_role("button", name="Carica", exact=True).click()
        await ada.sees("è arrivato, ed è nella scheda", "Video: 1 (0:01)", "Comune di Tirano")
        await expect(page.get_by_role("heading", name="Fatto!")).to_be_visible()
