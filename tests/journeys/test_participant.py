"""What a participant may do and send, and what the bot makes of it."""

from collections.abc import Callable

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from tests.journeys.people import ACCEPT, SEND, SEND_NO_MINORS, Message, Phone, buttons, picture

STORY = (
    "Il Comune di Tirano ha aperto la nuova biblioteca di quartiere: orario serale, una sala "
    "studio e un angolo per i più piccoli. L'inaugurazione è stata sabato 14 novembre."
)
UNPLACED = "Tre serate gratuite per imparare il primo soccorso, aperte a tutti, da lunedì prossimo."


async def begun(ada: Phone, text: str = STORY) -> Message:
    """Return the scheda of what Ada just told."""
    await ada.joins()
    ada.write(text)
    return await ada.sees("La tua segnalazione")


async def test_what_comes_before_consent_is_kept_and_read_afterwards(
    newsroom: Runtime, ada: Phone
) -> None:
    ada.write(STORY)
    notice = await ada.sees("Ho tenuto da parte il tuo messaggio")

    await ada.presses(ACCEPT, notice)

    assert "Comune di Tirano" in (await ada.sees("La tua segnalazione"))["text"]


async def test_a_complete_text_takes_three_messages_and_a_tap(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)

    assert "C’è tutto" in scheda["text"]
    assert await ada.submits(scheda) == "26-0001"


async def test_each_field_can_be_changed(newsroom: Runtime, ada: Phone) -> None:
    scheda = await begun(ada)
    said = {
        "✏️ Titolo": ("nuovo titolo", "Una biblioteca per tutti", "Titolo: Una biblioteca"),
        "✏️ Ente": ("quale ente", "Provincia di Sondrio", "Ente: Provincia di Sondrio"),
        "🔗 Link": ("indirizzo", "www.comune.tirano.so.it/biblioteca", "Link: https://www.com"),
        "✏️ Testo": ("nuovo testo", f"{STORY} E ci sono i giochi.", "E ci sono i giochi."),
    }
    for button, (asks, answer, shown) in said.items():
        await ada.presses(button, scheda)
        asked = await ada.sees(asks, after=scheda["message_id"])
        ada.write(answer)
        scheda = await ada.sees(shown, after=asked["message_id"])

    await ada.presses("✏️ Tipo", scheda)
    await ada.presses("Progetto", await ada.sees("Che cosa ci racconti"))
    scheda = await ada.sees("Tipo: progetto")
    assert "Una biblioteca per tutti" in scheda["text"]
    assert "Provincia di Sondrio" in scheda["text"]


async def test_more_text_is_added_and_what_was_chosen_stays(newsroom: Runtime, ada: Phone) -> None:
    scheda = await begun(ada)
    await ada.presses("✏️ Titolo", scheda)
    asked = await ada.sees("nuovo titolo")
    ada.write("Si legge di sera")
    chosen = await ada.sees("Titolo: Si legge di sera", after=asked["message_id"])

    ada.write("Per informazioni: Biblioteca civica, piazza Cavour.")

    scheda = await ada.sees("piazza Cavour", after=chosen["message_id"])
    assert "Titolo: Si legge di sera" in scheda["text"]


async def test_an_album_is_counted_and_an_eleventh_photo_refused(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    colours = ["red", "green", "blue", "teal", "navy", "gold", "pink", "gray", "black", "white"]

    ada.person.send_album([picture(colour) for colour in colours])
    full = await ada.sees("Foto: 10", after=scheda["message_id"])
    ada.person.send_photo(picture("orange"))

    await ada.sees("Ho già 10 foto", "Foto: 10", after=full["message_id"])


async def test_a_photo_with_a_caption_is_a_whole_submission(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.person.send_photo(picture(), caption=STORY)

    scheda = await ada.sees("La tua segnalazione", "Foto: 1")

    assert SEND_NO_MINORS in buttons(scheda)


async def test_a_photo_sent_as_a_file_counts_and_another_file_is_refused_kindly(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    ada.person.send_document(picture(), "foto.jpg")
    scheda = await ada.sees("Foto: 1", after=scheda["message_id"])

    ada.person.send_document(b"not a picture at all", "finta.jpg")
    await ada.sees("che so aprire", "Foto: 1", after=scheda["message_id"])


async def test_what_is_no_text_gets_a_clear_answer_and_loses_nothing(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    after = scheda["message_id"]
    sendings: dict[str, Callable[[], object]] = {
        "mi servono parole": lambda: ada.person.send_sticker("👍"),
        "qui mi servono": ada.person.send_dice,
        "Non tengo numeri di telefono": lambda: ada.person.send_contact("+39000000"),
    }
    for words, send in sendings.items():
        send()
        after = (await ada.sees(words, "al sicuro: il testo", after=after))["message_id"]
    ada.person.send_video(b"v" * (21 * 1024 * 1024))
    after = (await ada.sees("supera i 20 MB", after=after))["message_id"]

    ada.write("Fine.")
    assert STORY[:60] in (await ada.sees("La tua segnalazione", "Fine.", after=after))["text"]


async def test_a_choice_from_an_older_question_names_no_other_body(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    ada.write(UNPLACED)
    await ada.sees("La tua segnalazione")
    ada.write("Bandapaciugo")
    older = await ada.sees("Non trovo un comune", "Bandapaciugo")
    ada.write("Paciugobanda")
    newer = await ada.sees("Non trovo un comune", "Paciugobanda")

    answer = await ada.presses(next(one for one in buttons(older) if "Banda" in one), older)

    assert answer.alert
    await ada.presses(next(one for one in buttons(newer) if "Paciugo" in one), newer)
    await ada.sees("C’è tutto", "Paciugobanda")
    assert not [one for one in ada.chat.messages if "Ente: Banda" in one.get("text", "")]


async def test_a_message_of_emoji_alone_is_asked_for_words(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write("🎉🎉🎉")

    await ada.sees("Non ho trovato parole")


async def test_a_short_text_is_asked_for_more(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write("Nuova biblioteca")
    await ada.sees("Mi racconti qualcosa di più")

    ada.write(STORY)

    assert SEND in buttons(await ada.sees("C’è tutto"))


async def test_signs_of_html_and_of_other_scripts_arrive_as_written(
    newsroom: Runtime, ada: Phone
) -> None:
    hostile = f"{STORY} <b>grassetto</b> & *asterischi* _trattini_ [link](x) \u202eodnoirtnoc"
    scheda = await begun(ada, hostile)

    assert "<b>grassetto</b> & *asterischi* _trattini_ [link](x)" in scheda["text"]
    assert "\u202e" not in scheda["text"]


async def test_twenty_thousand_characters_are_taken_and_no_more(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    ada.write("Parole e parole, una dopo l'altra. " * 550)
    scheda = await ada.sees("caratteri in tutto", after=scheda["message_id"])
    ada.write("Ancora. " * 500)

    await ada.sees("supera i 20.000 caratteri", "La tua segnalazione")


async def test_a_municipality_that_does_not_exist_is_asked_again(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada, UNPLACED)
    assert "Di quale ente" in scheda["text"]
    assert SEND not in buttons(scheda)

    ada.write("Comune di Paperopoli sul Serio")

    question = await ada.sees("Non trovo un comune")
    assert any("Usa «" in button for button in buttons(question))
    ada.write("Gorgonzolla")
    await ada.sees("Ente: Comune di Gorgonzola", "C’è tutto")


async def test_namesakes_are_chosen_by_the_person(newsroom: Runtime, ada: Phone) -> None:
    await begun(ada, UNPLACED)

    ada.write("Comune di Castro")

    question = await ada.sees("più di un ente")
    castro = next(one for one in buttons(question) if "(BG)" in one)
    await ada.presses(castro, question)
    await ada.sees("Ente: Comune di Castro", "C’è tutto")


async def test_the_body_of_the_time_before_is_offered_not_assumed(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.submits(await begun(ada))

    ada.write(UNPLACED)

    scheda = await ada.sees("Di quale ente")
    await ada.presses("Comune di Tirano", scheda)
    await ada.sees("Ente: Comune di Tirano", "C’è tutto", "primo soccorso")


async def test_the_buttons_of_yesterdays_scheda_are_answered_and_do_nothing(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    await ada.submits(scheda)
    ada.chat.put(scheda)  # an old screen, with the buttons of then

    again = await ada.presses(SEND, scheda)

    assert again.alert
    assert "già in redazione" in again.text


async def test_the_buttons_of_yesterdays_scheda_leave_todays_draft_open(
    newsroom: Runtime, ada: Phone
) -> None:
    old = await begun(ada)
    await ada.submits(old)
    ada.write(f"{UNPLACED} A Bormio.")
    await ada.sees("primo soccorso")
    ada.chat.put(old)  # an old screen, with the buttons of then

    answer = await ada.presses(SEND, old)
    ada.write("Serve iscriversi in municipio.")

    assert answer.alert
    await ada.sees("primo soccorso", "Serve iscriversi")


async def test_a_draft_of_another_person_cannot_be_touched(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    scheda = await begun(ada)
    mallory = Phone(sandbox, sandbox.telegram.person(666, "Mallory"))
    await mallory.joins()
    mallory.write(UNPLACED)
    theirs = await mallory.sees("La tua segnalazione")
    forged = theirs | {"reply_markup": scheda["reply_markup"]}
    mallory.chat.put(forged)

    answer = await mallory.presses(SEND, forged)

    assert answer.alert
    assert "non è più valido" in answer.text


async def test_a_draft_set_aside_can_be_taken_up_again(newsroom: Runtime, ada: Phone) -> None:
    await begun(ada)
    ada.write("/nuova")
    await ada.sees("La bozza di prima resta")
    ada.write("Progetto per i giovani: il Comune di Cantù cerca venti volontari per l'estate.")
    await ada.sees("Comune di Cantù")

    ada.write("/mie")
    mine = await ada.sees("Le tue segnalazioni")
    await ada.presses(next(one for one in buttons(mine) if "Tirano" in one), mine)

    await ada.sees("La tua segnalazione", "Comune di Tirano", after=mine["message_id"])
