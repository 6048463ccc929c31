"""What an author may still do after sending: follow, change, talk, take back."""

import asyncio

import pytest

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from tests.journeys.people import APPROVE, Message, Phone, buttons, picture
from tests.journeys.test_participant import STORY, begun

MODIFY = "✏️ Modifica"
ASK = "💬 Chiedi all’autore"
WRITE = "✍️ Scrivi alla redazione"
WITHDRAW = "🗑 Ritira"


async def case_of(ada: Phone, receipt: str = "26-0001") -> Message:
    """Return the case as Ada opens it from her list."""
    ada.write("/mie")
    before = ada.chat.messages[-1]["message_id"]
    mine = await ada.sees("Le tue segnalazioni", receipt, after=before)
    await ada.presses(next(one for one in buttons(mine) if receipt in one), mine)
    return await ada.sees(receipt, "La sua storia", after=before)


async def on_the_desk(ada: Phone, bruno: Phone) -> Message:
    """Return the card of what Ada just sent."""
    receipt = await ada.submits(await begun(ada))
    return await bruno.sees(receipt, "Obiettivi")


async def scheduled(ada: Phone, bruno: Phone) -> None:
    """Have Ada's case approved, and planned for later."""
    await bruno.approves(await on_the_desk(ada, bruno), APPROVE)
    await ada.sees("ha approvato", "Uscirà")


async def published(ada: Phone, bruno: Phone) -> Message:
    """Have Ada's case published."""
    await bruno.approves(await on_the_desk(ada, bruno))
    return await ada.sees("è uscita")


async def test_a_case_shows_its_story_and_where_it_is(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    ada.write("/mie")
    await ada.sees("Le tue segnalazioni", "26-0001", "pubblicata")

    text = (await case_of(ada))["text"]

    for step in ("Ora è: pubblicata", ": ricevuta", "approvata dalla redazione", ": pubblicata"):
        assert step in text
    assert "Rubrica: http" in text
    assert "Bruno" not in text


async def test_the_list_turns_its_pages_in_place(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    for number in range(1, 7):
        ada.write("/nuova")
        ada.write(f"Il Comune di Tirano apre la palestra numero {number}, aperta anche la sera.")
        await ada.sees("La tua segnalazione", f"palestra numero {number}")
    ada.write("/mie")
    first = await ada.sees("Le tue segnalazioni", "1 di 2")
    assert "numero 6" in first["text"]
    assert "numero 1" not in first["text"]

    await ada.presses("›", first)

    second = await ada.sees("Le tue segnalazioni", "2 di 2", "numero 1")
    assert second["message_id"] == first["message_id"]
    await ada.presses("‹", second)
    await ada.sees("1 di 2", "numero 6")


async def test_what_waits_can_be_changed_and_the_newsroom_reads_the_new_words(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    old = await on_the_desk(ada, bruno)
    shown = await case_of(ada)
    await ada.presses(MODIFY, shown)
    await ada.sees("La tua segnalazione 26-0001", after=shown["message_id"])

    ada.write("Ci sarà anche un laboratorio di robotica, ogni giovedì.")
    scheda = await ada.sees("robotica", "C’è tutto")
    assert "🗑 Elimina la bozza" not in buttons(scheda)
    assert await ada.submits(scheda) == "26-0001"

    new = await bruno.sees("26-0001", "robotica", after=old["message_id"])
    assert APPROVE in buttons(new)
    assert "ricevuta di nuovo" in (await case_of(ada))["text"]


async def test_words_that_are_not_sent_leave_the_case_as_it_was(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    card = await on_the_desk(ada, bruno)
    shown = await case_of(ada)
    await ada.presses(MODIFY, shown)
    ada.write("Ci sarà anche un laboratorio di robotica, ogni giovedì.")
    scheda = await ada.sees("robotica", "C’è tutto")

    await ada.presses("↩️ Lascia com’era", scheda)
    await ada.sees("vale la versione che avevi inviato")

    await bruno.approves(card)
    await ada.sees("è uscita")


async def test_a_photo_can_be_added_to_what_waits(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await on_the_desk(ada, bruno)
    shown = await case_of(ada)
    await ada.presses("📷 Aggiungi foto", shown)
    await ada.sees("Manda le foto", after=shown["message_id"])

    ada.person.send_photo(picture())

    await ada.submits(await ada.sees("La tua segnalazione 26-0001", "Foto: 1"))
    await bruno.sees("26-0001", "foto: 1")


async def test_what_waits_is_withdrawn_once_confirmed(newsroom: Runtime, ada: Phone) -> None:
    await ada.submits(await begun(ada))
    await ada.presses(WITHDRAW, await case_of(ada))
    sure = await ada.sees("Vuoi davvero ritirare")

    ada.person.press(sure, "Sì, ritira")
    no = ada.person.press(sure, "No, lasciala")  # before the buttons go

    await ada.sees("Segnalazione ritirata")
    shown = await case_of(ada)
    assert "Ora è: ritirata" in shown["text"]
    assert WITHDRAW not in buttons(shown)
    assert "L’hai già ritirata" in str(await asyncio.to_thread(no.answered_sync))


async def test_what_is_approved_but_not_out_is_withdrawn_with_its_plans(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await scheduled(ada, bruno)
    await ada.presses(WITHDRAW, await case_of(ada))

    await ada.presses("Sì, ritira", await ada.sees("Vuoi davvero ritirare"))

    await ada.sees("non uscirà nulla")
    await bruno.sees("26-0001", "l’autore l’ha ritirata prima")
    await bruno.sees("26-0001", "annullato")
    assert sandbox.facebook.posts == []


async def test_what_is_out_is_asked_back_with_a_reason_and_the_newsroom_decides(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    await ada.presses(WITHDRAW, await case_of(ada))
    why = await ada.sees("è già uscita", "perché vuoi ritirarla")

    ada.write("La data è sbagliata e la sala è cambiata.")

    await ada.sees("Richiesta inviata")
    answer = await ada.presses("Annulla", why)
    assert "Hai già chiesto il ritiro" in str(answer)
    await bruno.sees("26-0001", "chiede di ritirare", "La data è sbagliata")
    shown = await case_of(ada)
    assert "hai chiesto il ritiro" in shown["text"]
    await ada.presses(WITHDRAW, shown)
    await ada.sees("Hai già chiesto il ritiro")


async def test_the_newsroom_asks_and_a_reply_lands_in_the_case(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    card = await on_the_desk(ada, bruno)
    await bruno.presses(ASK, card)
    await bruno.sees("che cosa chiediamo all’autore", "26-0001")
    bruno.write("A che ora apre la domenica?")
    asked = await ada.sees("La redazione chiede", "A che ora apre", "26-0001")
    assert "Bruno" not in asked["text"]

    ada.person.write("Dalle 10 alle 18.", reply_to=asked)

    await ada.sees("Ho passato il tuo messaggio", "26-0001")
    answer = await bruno.sees("26-0001", "Ada Rossi scrive", "Dalle 10 alle 18.")
    await bruno.presses("💬 Rispondi all’autore", answer)
    await bruno.sees("che cosa chiediamo all’autore", after=answer["message_id"])
    bruno.write("Grazie, e al lunedì?")
    again = await ada.sees("La redazione chiede", "al lunedì")

    await ada.presses("↩️ Rispondi", again)
    await ada.sees("Scrivi ora il messaggio")
    ada.write("Chiuso.")
    await bruno.sees("Ada Rossi scrive", "Chiuso.")
    ada.write("/mie")
    mine = await ada.sees("Le tue segnalazioni")
    assert len(buttons(mine)) == 1  # nothing of the talk became a submission


@pytest.mark.parametrize("button", [ASK, "✏️ Chiedi modifiche"])
async def test_who_asks_an_author_that_blocked_the_bot_is_told_that_nothing_arrived(
    newsroom: Runtime, ada: Phone, bruno: Phone, button: str
) -> None:
    card = await on_the_desk(ada, bruno)
    ada.person.block()
    await bruno.presses(button, card)
    if button == ASK:
        await bruno.sees("che cosa chiediamo all’autore")
        bruno.write("A che ora apre la domenica?")
    else:
        why = await bruno.sees("Che cosa chiediamo")
        await bruno.presses("Manca un riferimento a cui rivolgersi.", why)

    await bruno.sees("26-0001", "non gli è arrivato")


async def test_the_author_writes_unasked_also_about_what_is_out_and_with_photos(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await published(ada, bruno)
    await ada.presses(WRITE, await case_of(ada))
    asked = await ada.sees("Scrivi ora il messaggio")

    ada.person.send_album([picture("red"), picture("blue")], "Le foto della serata")

    await ada.sees("Ho passato il tuo messaggio", after=asked["message_id"])
    told = await bruno.sees("Ada Rossi scrive", "Le foto della serata")
    await bruno.sees("Ada Rossi scrive", after=told["message_id"])
    ada.write(STORY)
    await ada.sees("La tua segnalazione", after=asked["message_id"])


async def test_writing_can_be_called_off(newsroom: Runtime, ada: Phone, bruno: Phone) -> None:
    await on_the_desk(ada, bruno)
    await ada.presses(WRITE, await case_of(ada))
    await ada.presses("Annulla", await ada.sees("Scrivi ora il messaggio"))
    left = await ada.sees("lascio com’è")

    ada.write(STORY)

    await ada.sees("La tua segnalazione", after=left["message_id"])


async def test_a_photo_asked_for_by_a_draft_is_the_draft_s_also_while_one_writes_to_the_newsroom(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await on_the_desk(ada, bruno)
    ada.write("Il Comune di Tirano apre la palestra comunale, anche la sera, da lunedì prossimo.")
    draft = await ada.sees("C’è tutto", "palestra")
    await ada.presses(WRITE, await case_of(ada))
    await ada.presses("📷 Foto", draft)

    ada.person.send_photo(picture())

    await ada.sees("La tua segnalazione", "palestra", "Foto: 1")
    assert not [one for one in ada.chat.messages if "Ho passato" in one.get("text", "")]


async def test_calling_off_what_concerns_one_case_calls_off_nothing_of_another(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await on_the_desk(ada, bruno)
    ada.write("Il Comune di Tirano apre la palestra comunale, anche la sera, da lunedì prossimo.")
    await ada.submits(await ada.sees("C’è tutto", "palestra"))
    await ada.presses(WITHDRAW, await case_of(ada))
    sure = await ada.sees("Vuoi davvero ritirare", "26-0001")
    await ada.presses(WRITE, await case_of(ada, "26-0002"))
    await ada.sees("Scrivi ora il messaggio")

    await ada.presses("No, lasciala", sure)
    ada.write("La palestra ha due sale.")

    await bruno.sees("Ada Rossi scrive", "26-0002", "La palestra ha due sale.")


async def test_a_case_of_another_person_is_neither_shown_nor_written_to(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await on_the_desk(ada, bruno)
    mallory = Phone(sandbox, sandbox.telegram.person(666, "Mallory"))
    await mallory.joins()
    mallory.write("/mie")
    mine = await mallory.sees("Non hai ancora segnalazioni")
    rows = [[{"text": one, "callback_data": one}] for one in ("m:case:1:0", "s:write:1")]
    forged = mine | {"reply_markup": {"inline_keyboard": rows}}
    mallory.chat.put(forged)

    for button in ("m:case:1:0", "s:write:1"):
        assert (await mallory.presses(button, forged)).alert
