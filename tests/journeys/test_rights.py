"""What people let the newsroom do with what they send, and how they take it back."""

import io
import json
from zipfile import ZipFile

import pytest
from sqlmodel import SQLModel, col, select

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from content import people
from content.consents import Permission
from content.deliveries import Operation
from content.history import History
from content.limits import Limits
from content.people import Participant
from content.workflow import OperationState
from tests.journeys.people import (
    ACCEPT,
    ALTS_ARE_FINE,
    APPROVE,
    SEND,
    SEND_NO_MINORS,
    Message,
    Phone,
    buttons,
    picture,
)
from tests.journeys.test_afterwards import case_of
from tests.journeys.test_participant import STORY, UNPLACED, begun

MINORS = "📨 Invia: si vedono minori"
RELEASED = "✅ Ho la liberatoria dei genitori"
UNRELEASED = "Non ce l’ho"
ARRIVED = "📝 È arrivata la liberatoria"
CHOOSE = "⚙️ Scelgo io"
WITH_CHOICE = "✅ Accetto con queste scelte"
ANYWAY = "📨 Invia lo stesso"
SAME_ONE = "🗑 È la stessa, elimina la bozza"


async def permissions(newsroom: Runtime) -> dict[str, bool]:
    """Each purpose, and whether Ada consents to it."""
    async with newsroom.store.reading() as session:
        rows = (await session.exec(select(Permission))).all()
    return {one.purpose: one.withdrawn_at is None for one in rows}


async def everything(newsroom: Runtime) -> list[str]:
    """Every row that the database holds, as text."""
    said = []
    async with newsroom.store.reading() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            said += [repr(tuple(row)) for row in (await connection.execute(table.select())).all()]
    return said


async def with_photo(ada: Phone) -> Message:
    """Return the complete scheda of a story with a photo."""
    await ada.joins()
    ada.person.send_photo(picture(), caption=STORY)
    return await ada.sees("C’è tutto", "Foto: 1")


# ---------------------------------------------------------------- consent


async def test_one_press_consents_to_every_channel_and_the_book(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()

    assert await permissions(newsroom) == dict.fromkeys(("rubrica", "facebook", "x", "ebook"), True)


async def test_the_notice_names_the_licence_and_where_pieces_go(
    newsroom: Runtime, ada: Phone
) -> None:
    ada.write("/start")

    await ada.sees("CC BY 4.0", "Facebook", "E-book", "/cancella_dati")


async def test_who_chooses_alone_goes_only_where_they_said(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    ada.write("/start")
    notice = await ada.sees("Per cominciare")
    await ada.presses(CHOOSE, notice)
    choices = await ada.sees("Le tue scelte")
    assert not any(one.startswith("✅ ") for one in buttons(choices) if one != WITH_CHOICE)
    page = newsroom.newsroom.label("rubrica")
    await ada.presses(f"⬜ {page}", choices)
    await ada.until(lambda: f"✅ {page}" in buttons(ada.chat.get(choices["message_id"]) or {}))
    await ada.presses(WITH_CHOICE, ada.chat.get(choices["message_id"]) or {})
    await ada.sees("raccontami")
    ada.write(STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto"))

    card = await bruno.sees(receipt, "non dà il consenso per: Facebook, X")
    answer = await bruno.presses("👁 X", card)
    assert "non dà il consenso" in answer.text
    await bruno.approves(card)
    await ada.sees("è uscita")

    assert sandbox.facebook.posts == []
    assert sandbox.x.posts == []


async def test_who_consents_to_nothing_cannot_be_published(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    ada.write("/start")
    notice = await ada.sees("Per cominciare")
    await ada.presses(CHOOSE, notice)
    await ada.presses(WITH_CHOICE, await ada.sees("Le tue scelte"))
    await ada.sees("raccontami")
    ada.write(STORY)
    receipt = await ada.submits(await ada.sees("C’è tutto"))

    answer = await bruno.approves(await bruno.sees(receipt, "Obiettivi"), APPROVE)

    assert answer.alert
    assert "nessun canale" in answer.text


async def test_a_consent_taken_back_calls_off_what_is_planned(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    await bruno.approves(await bruno.sees(receipt, "Obiettivi"), APPROVE)
    await ada.sees("ha approvato")
    ada.write("/privacy")
    choices = await ada.sees("Le tue scelte")

    answer = await ada.presses("✅ X", choices)

    assert "annullato 1 uscita" in answer.text
    async with newsroom.store.reading() as session:
        rows = (await session.exec(select(Operation))).all()
    assert {one.channel: one.state for one in rows} == {
        "rubrica": OperationState.SCHEDULED,
        "facebook": OperationState.SCHEDULED,
        "x": OperationState.CANCELLED,
    }


async def test_a_card_seen_before_a_consent_was_taken_back_approves_nothing(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    card = await bruno.sees(receipt, "Obiettivi")
    ada.write("/privacy")
    await ada.presses("✅ Facebook", await ada.sees("Le tue scelte"))

    answer = await bruno.approves(card, APPROVE)

    assert "cambiato" in answer.text
    await bruno.sees(receipt, "non dà il consenso per: Facebook", after=card["message_id"])


async def test_a_new_notice_is_asked_again_and_what_comes_meanwhile_is_kept(
    newsroom: Runtime, ada: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ada.joins()
    ada.write("/privacy")
    await ada.presses("✅ X", await ada.sees("Le tue scelte"))
    monkeypatch.setattr(people, "NOTICE_VERSION", "2027-01")
    ada.write(STORY)
    notice = await ada.sees("Ho tenuto da parte il tuo messaggio")

    await ada.presses(ACCEPT, notice)

    await ada.sees("La tua segnalazione", "Comune di Tirano")
    assert (await permissions(newsroom))["x"] is False  # nobody gave it again


# ---------------------------------------------------------------- minors


async def test_a_known_person_sends_text_and_album_in_three_messages_and_a_tap(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await ada.submits(await begun(ada))
    sent = [one for one in ada.chat.messages if not one["from"]["is_bot"]]
    receipt = await ada.sees("Ricevuta")

    ada.write(UNPLACED)
    asked = await ada.sees("Di quale ente", after=receipt["message_id"])
    ada.person.send_album([picture("red"), picture("blue")])
    await ada.sees("Foto: 2", after=asked["message_id"])
    ada.write("Provincia di Sondrio")
    scheda = await ada.sees("C’è tutto", "Foto: 2", after=asked["message_id"])
    await ada.presses(SEND_NO_MINORS, scheda)

    await ada.sees("Ricevuta", after=scheda["message_id"])
    now = [one for one in ada.chat.messages if not one["from"]["is_bot"]]
    assert len(now) - len(sent) == 4  # the album is two messages of Telegram
    assert "minori" not in (await bruno.sees("26-0002", "Obiettivi"))["text"]


async def test_without_pictures_nobody_asks_about_minors(newsroom: Runtime, ada: Phone) -> None:
    scheda = await begun(ada)

    assert SEND in buttons(scheda)
    assert MINORS not in buttons(scheda)


async def test_minors_with_a_release_may_be_published(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await with_photo(ada)
    await ada.presses(MINORS, scheda)
    await ada.presses(RELEASED, await ada.sees("liberatoria"))
    await ada.sees("Ricevuta")

    card = await bruno.sees("26-0001", "c’è la liberatoria")
    await bruno.approves(card, APPROVE)

    await ada.sees("ha approvato")


async def test_minors_without_a_release_wait_for_it(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await with_photo(ada)
    await ada.presses(MINORS, scheda)
    await ada.presses(UNRELEASED, await ada.sees("liberatoria"))
    await ada.sees("Ricevuta", "Senza liberatoria")
    card = await bruno.sees("26-0001", "manca la liberatoria")

    refused = await bruno.approves(card, APPROVE)
    assert refused.alert
    assert "manca la liberatoria" in refused.text
    await bruno.presses(ARRIVED, card)
    card = await bruno.sees("26-0001", "c’è la liberatoria")
    await bruno.approves(card, APPROVE)

    await ada.sees("ha approvato")
    async with newsroom.store.reading() as session:
        query = select(History).where(History.verb == "release_recorded")
        assert [one.actor for one in (await session.exec(query)).all()] == ["moderator"]


async def test_an_older_card_vouches_for_no_newer_picture(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await with_photo(ada)
    await ada.presses(MINORS, scheda)
    await ada.presses(UNRELEASED, await ada.sees("liberatoria"))
    received = await ada.sees("Ricevuta", "Senza liberatoria")
    card = await bruno.sees("26-0001", "manca la liberatoria")
    await ada.presses("✏️ Modifica", await case_of(ada))
    opened = await ada.sees("C’è tutto", after=received["message_id"])
    ada.write("Ecco qualche parola in più.")
    again = await ada.sees("parola in più", after=opened["message_id"])
    await ada.presses(MINORS, again)
    asked = await ada.sees("liberatoria", after=again["message_id"])
    await ada.presses(UNRELEASED, asked)
    await bruno.sees("26-0001", "parola in più", after=card["message_id"])

    for button in (ARRIVED, ALTS_ARE_FINE):
        bruno.chat.put(card)  # an old screen, with the buttons of then
        answer = await bruno.presses(button, card)
        assert "è cambiato" in answer.text

    await bruno.sees("26-0001", "manca la liberatoria", "Descrizione da confermare (1 foto)")


async def test_the_pictures_are_credited_as_their_author_says(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await with_photo(ada)
    await ada.presses("📷 Foto", scheda)
    await ada.presses("©️ Crediti", await ada.sees("Manda le foto"))
    await ada.sees("Di chi sono le foto")
    ada.write("Studio Alfa, Tirano")
    await ada.submits(await ada.sees("C’è tutto", after=scheda["message_id"]))

    await bruno.sees("Foto: Studio Alfa, Tirano (CC BY 4.0)")


# ---------------------------------------------------------------- a copy, and the end


async def test_a_person_gets_a_copy_of_all_that_is_kept(newsroom: Runtime, ada: Phone) -> None:
    await ada.submits(await with_photo(ada))

    ada.write("/miei_dati")

    message = await ada.sees("Tutto quello che conservo di te")
    assert message["document"]["file_name"] == "i-tuoi-dati.zip"
    content = ada.sandbox.telegram.files.get(message["document"]["file_id"]).content
    with ZipFile(io.BytesIO(content)) as copy:
        told = json.loads(copy.read("data.json"))
        media = [name for name in copy.namelist() if name.startswith("media/")]
    assert told["participant"][0]["name"] == "Ada Rossi"
    assert told["revision"][0]["text"] == STORY
    assert {one["purpose"] for one in told["permission"]} >= {"facebook", "ebook"}
    assert any(STORY[:40] in one["body"] for one in told["messages_received"])
    assert len(media) == 1


async def test_who_asks_to_be_forgotten_leaves_no_word_behind(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await ada.submits(await with_photo(ada))
    await bruno.sees("26-0001", "Obiettivi")
    ada.write("Seconda bozza: il Comune di Sondrio pianta cento querce nel parco.")
    await ada.sees("Comune di Sondrio")
    ada.write("/cancella_dati")
    question = await ada.sees("Vuoi che cancelli i tuoi dati?", "non pubblicate (2)")

    await ada.presses("🗑 Sì, cancella i miei dati", question)

    await ada.sees("ho cancellato i tuoi dati")
    card = await bruno.sees("26-0001", "Ritirata")
    assert "Tirano" not in card["text"]
    kept = await everything(newsroom)
    for word in ("Tirano", "querce", "Rossi"):
        assert [row for row in kept if word in row] == []
    [goodbye] = [row for row in kept if str(ada.person.id) in row]
    assert "ho cancellato i tuoi dati" in goodbye
    assert list(newsroom.settings.media_root.glob("*.jpg")) == []
    async with newsroom.store.reading() as session:
        [person] = (await session.exec(select(Participant))).all()
    assert (person.name, person.telegram_id) == ("", -person.id)


async def test_who_keeps_their_data_loses_nothing(newsroom: Runtime, ada: Phone) -> None:
    await ada.submits(await begun(ada))
    ada.write("/cancella_dati")

    await ada.presses("↩️ No, lascia tutto", await ada.sees("Vuoi che cancelli"))

    await ada.sees("non ho cancellato nulla")
    ada.write("/mie")
    await ada.sees("26-0001", "in attesa")


async def test_what_is_out_is_for_the_newsroom_to_retract(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")
    ada.write("/cancella_dati")
    question = await ada.sees("già uscito (1)")

    await ada.presses("🗑 Sì, cancella i miei dati", question)

    await ada.sees("La redazione è avvisata", receipt)
    await bruno.sees("ha chiesto la cancellazione", receipt)


async def test_the_history_holds_no_word_of_what_people_wrote(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    await bruno.approves(await bruno.sees(receipt, "Obiettivi"))
    await ada.sees("è uscita")

    async with newsroom.store.reading() as session:
        rows = (await session.exec(select(History).order_by(col(History.id)))).all()

    assert len(rows) > 10
    for word in ("Tirano", "biblioteca", "Rossi", "Galli"):
        assert [one.verb for one in rows if word in repr(one.data)] == []


# ---------------------------------------------------------------- order


async def test_who_writes_too_fast_is_read_later_and_loses_nothing(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    newsroom.newsroom.limits = Limits(a_minute=4)
    for number in range(6):
        ada.write(f"{STORY} Parte {number}.")
    told = await ada.sees("più in fretta")

    early = await ada.presses("▶️ Leggi quelli tenuti da parte", told)
    assert "riprova fra un minuto" in early.text
    newsroom.newsroom.limits = Limits()
    await ada.presses("▶️ Leggi quelli tenuti da parte", told)

    scheda = await ada.sees("La tua segnalazione", "caratteri in tutto")
    await ada.until(
        lambda: sum("più in fretta" in one.get("text", "") for one in ada.chat.messages) == 1
    )
    ada.write("/miei_dati")
    message = await ada.sees("Tutto quello che conservo", after=scheda["message_id"])
    content = ada.sandbox.telegram.files.get(message["document"]["file_id"]).content
    with ZipFile(io.BytesIO(content)) as copy:
        text = json.loads(copy.read("data.json"))["revision"][0]["text"]
    assert [text.index(f"Parte {number}.") for number in range(6)] == sorted(
        text.index(f"Parte {number}.") for number in range(6)
    )


async def test_a_correction_of_what_is_held_is_read_after_it(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    newsroom.newsroom.limits = Limits(a_minute=3)
    ada.write(STORY)
    held = ada.person.write("Apre sabato.")
    told = await ada.sees("più in fretta")

    ada.person.edit(held, "Apre domenica.")
    ada.write("/aiuto")
    await ada.sees("Come funziona")
    newsroom.newsroom.limits = Limits()
    await ada.presses("▶️ Leggi quelli tenuti da parte", told)

    await ada.sees("Ho corretto la scheda", "Apre domenica.")


async def test_an_eleventh_draft_is_refused_with_the_way_out(newsroom: Runtime, ada: Phone) -> None:
    newsroom.newsroom.limits = Limits(drafts=1)
    await begun(ada)
    ada.write("/nuova")
    await ada.sees("La bozza di prima resta")

    ada.write(UNPLACED)

    await ada.sees("Hai già 1 bozze aperte", "/mie")


async def test_one_submission_too_many_in_a_day_stays_a_draft(
    newsroom: Runtime, ada: Phone
) -> None:
    newsroom.newsroom.limits = Limits(a_day=1)
    await ada.submits(await begun(ada))
    receipt = await ada.sees("Ricevuta")
    ada.write("Il Comune di Sondrio pianta cento querce nel parco Bartesaghi con le scuole.")
    scheda = await ada.sees("C’è tutto", after=receipt["message_id"])

    await ada.presses(SEND, scheda)

    await ada.sees("Oggi hai già inviato 1", "resta in bozza")


async def test_a_near_duplicate_is_shown_and_flagged_but_not_dropped(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await ada.submits(await begun(ada))
    receipt = await ada.sees("Ricevuta")
    ada.write(STORY)
    scheda = await ada.sees("C’è tutto", after=receipt["message_id"])

    await ada.presses(SEND, scheda)
    question = await ada.sees("Sembra simile a 26-0001")
    assert SAME_ONE in buttons(question)
    await ada.presses(ANYWAY, question)

    await ada.sees("Ricevuta", "26-0002")
    await bruno.sees("26-0002", "Sembra simile a 26-0001")


@pytest.mark.parametrize("photos", [1, 2])
async def test_who_may_be_seen_in_a_newer_photo_is_asked_again_also_by_an_older_button(
    newsroom: Runtime, ada: Phone, photos: int
) -> None:
    await ada.submits(await begun(ada))
    receipt = await ada.sees("Ricevuta")
    sent = ada.person.send_photo(picture(), caption=STORY)
    scheda = await ada.sees("C’è tutto", "Foto: 1", after=receipt["message_id"])
    await ada.presses(SEND_NO_MINORS, scheda)
    question = await ada.sees("Sembra simile a 26-0001")
    if photos == 1:
        ada.person.exchange_photo(sent, picture("red"))
    else:
        ada.person.send_photo(picture("red"))
    newer = await ada.sees("C’è tutto", f"Foto: {photos}", after=question["message_id"])

    await ada.presses(ANYWAY, question)

    again = await ada.sees("C’è tutto", f"Foto: {photos}", after=newer["message_id"])
    assert {SEND_NO_MINORS, MINORS} <= set(buttons(again))


async def test_a_button_from_before_a_photo_does_not_say_that_no_minors_are_in_it(
    newsroom: Runtime, ada: Phone
) -> None:
    older = await begun(ada)
    ada.person.send_photo(picture())

    await ada.presses(SEND, older)  # before the scheda with the photo is there

    again = await ada.sees("C’è tutto", "sono cambiate", "Foto: 1", after=older["message_id"])
    assert {SEND_NO_MINORS, MINORS} <= set(buttons(again))


@pytest.mark.parametrize("said", [SEND_NO_MINORS, MINORS, RELEASED, UNRELEASED])
async def test_what_was_said_of_one_photo_is_not_said_of_the_next(
    newsroom: Runtime, ada: Phone, said: str
) -> None:
    older = await with_photo(ada)
    if said in (RELEASED, UNRELEASED):
        await ada.presses(MINORS, older)
        older = await ada.sees("serve la liberatoria")
    ada.person.send_photo(picture("red"))

    await ada.presses(said, older)  # before the scheda with both is there

    again = await ada.sees("C’è tutto", "sono cambiate", "Foto: 2", after=older["message_id"])
    assert {SEND_NO_MINORS, MINORS} <= set(buttons(again))


async def test_a_draft_that_tells_the_same_again_can_be_dropped(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.submits(await begun(ada))
    receipt = await ada.sees("Ricevuta")
    ada.write(STORY)
    await ada.presses(SEND, await ada.sees("C’è tutto", after=receipt["message_id"]))

    await ada.presses(SAME_ONE, await ada.sees("Sembra simile"))

    await ada.sees("Bozza eliminata")


async def test_who_is_blocked_is_told_once_and_heard_again_when_unblocked(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    receipt = await ada.submits(await begun(ada))
    bruno.write(f"/blocca {receipt}")
    await bruno.sees("Scrivi il numero di una segnalazione")
    bruno.write(f"/blocca {receipt} insulti ripetuti")
    await bruno.sees("non ricevo più messaggi da Ada Rossi")

    ada.write("Uno.")
    told = await ada.sees("Per ora non posso accettare")
    ada.write("Due.")
    bruno.write(f"/sblocca {receipt}")
    await bruno.sees("può di nuovo scrivere")
    ada.write(UNPLACED)

    await ada.sees("La tua segnalazione", after=told["message_id"])
    said = [one.get("text", "") for one in ada.chat.messages]
    assert sum("Per ora non posso" in one for one in said) == 1


async def test_only_moderators_block(newsroom: Runtime, ada: Phone, carla: Phone) -> None:
    receipt = await ada.submits(await begun(ada))
    carla.write(f"/blocca {receipt} antipatia")
    await carla.sees("Solo chi è in redazione")

    ada.write(UNPLACED)

    await ada.sees("La tua segnalazione", "primo soccorso")


async def test_a_group_that_adds_the_bot_by_mistake_gets_one_polite_sentence(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    group = sandbox.telegram.group(-1009, "Calcetto", ada.person)
    for _ in range(2):
        ada.person.remove_bot(group)
        ada.person.add_bot(group)
    ada.person.write("/coda", to=group)
    ada.write("/aiuto")
    await ada.sees("Come funziona")  # her updates are handled in order

    said = [one["text"] for one in group.messages if one["from"]["is_bot"] and "text" in one]

    assert [one for one in said if "scrivimi in privato" in one] == said
    assert len(said) == 1
