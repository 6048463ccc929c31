"""What an author does after sending, and how the newsroom answers, on a phone 390 pixels wide."""

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from tests.journeys.people import APPROVE_NOW, Phone
from tests.journeys.screen import Hands, phones
from tests.journeys.test_participant import begun

RECEIPT = "26-0001"


async def opens_the_case(ada: Hands) -> None:
    await ada.write("/mie")
    await ada.sees("Le tue segnalazioni", RECEIPT)
    await ada.pane.locator(".key", has_text=RECEIPT).last.click()
    await ada.sees("La sua storia", RECEIPT)


async def test_a_case_is_followed_talked_about_and_published(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    await ada.submits(await begun(ada))
    async with phones(sandbox) as (author, desk):
        await desk.turn_to()
        await desk.sees(RECEIPT, "Obiettivi")
        await desk.press("💬 Chiedi all’autore")
        await desk.sees("che cosa chiediamo all’autore")
        await desk.answers_what_is_asked("A che ora apre la domenica?")

        await author.turn_to()
        await author.sees("La redazione chiede", "A che ora apre la domenica?")
        await author.press("↩️ Rispondi")
        await author.sees("Scrivi ora il messaggio")
        await author.write("Dalle 10 alle 18.")
        await author.sees("Ho passato il tuo messaggio")
        await opens_the_case(author)
        await author.sees(
            "La sua storia", "la redazione ti ha scritto", "hai scritto alla redazione"
        )

        await desk.turn_to()
        await desk.sees("Ada Rossi scrive", "Dalle 10 alle 18.")
        await desk.press(APPROVE_NOW)
        await author.turn_to()
        await author.sees("è uscita", "Rubrica", "Facebook", "X")


async def test_what_waits_is_changed_and_then_withdrawn(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    await ada.submits(await begun(ada))
    async with phones(sandbox) as (author, _):
        await opens_the_case(author)
        await author.press("✏️ Modifica")
        await author.sees(f"La tua segnalazione {RECEIPT}")
        await author.write("Ci sarà anche un laboratorio di robotica, ogni giovedì.")
        await author.sees("La tua segnalazione", "robotica")
        await author.submits()

        await opens_the_case(author)
        await author.press("🗑 Ritira")
        await author.sees("Vuoi davvero ritirare")
        await author.press("Sì, ritira")
        await author.sees("Segnalazione ritirata")


async def test_what_is_out_is_asked_back_with_a_reason(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")
    async with phones(sandbox) as (author, desk):
        await opens_the_case(author)
        await author.press("🗑 Ritira")
        await author.sees("perché vuoi ritirarla")
        await author.write("La data è sbagliata.")
        await author.sees("Richiesta inviata")
        await desk.turn_to()
        await desk.sees("chiede di ritirare", "La data è sbagliata.")
