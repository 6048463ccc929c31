"""Guidami: one question at a time, with free messages still welcome."""

from sqlmodel import select

from bottega.runtime import Runtime
from content import people, submissions
from content.submissions import Kind, Submission
from tests.journeys.people import SEND, Phone, buttons, picture
from tests.journeys.test_participant import STORY


async def test_five_questions_lead_to_a_whole_submission(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    await ada.presses("🧭 Guidami", await ada.sees("raccontami"))

    await ada.presses("Progetto", await ada.sees("1 di 5", "Che cosa ci racconti"))
    await ada.sees("2 di 5", "Quale ente")
    ada.write("Comune di Tirano")
    asked = await ada.sees("3 di 5", "Che cosa è successo")
    ada.write("Una palestra.")
    await ada.sees("3 di 5", "Ancora qualche parola", after=asked["message_id"])
    ada.write("La nuova palestra comunale apre anche la sera, per le associazioni.")
    await ada.sees("4 di 5", "Dove e quando")
    ada.write("Da lunedì 30 novembre, in via Roma.")
    await ada.sees("5 di 5", "foto")
    ada.person.send_photo(picture())
    photos = await ada.sees("5 di 5", "Una foto ricevuta")
    await ada.presses("Ho finito", photos)

    scheda = await ada.sees("La tua segnalazione", "C’è tutto", "Foto: 1")
    for part in ("Tipo: progetto", "Ente: Comune di Tirano", "palestra", "via Roma"):
        assert part in scheda["text"]
    assert await ada.submits(scheda) == "26-0001"


async def test_what_may_be_left_out_is_skipped(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write("/guidami")
    await ada.presses("Notizia", await ada.sees("1 di 5"))
    await ada.sees("2 di 5")
    ada.write("Provincia di Lecco")
    await ada.sees("3 di 5")
    ada.write("La Provincia di Lecco rinnova gli autobus delle scuole, tutti elettrici.")

    await ada.presses("Salta", await ada.sees("4 di 5"))
    await ada.presses("Ho finito", await ada.sees("5 di 5"))

    assert SEND in buttons(await ada.sees("La tua segnalazione", "Foto: nessuna"))


async def test_a_whole_story_in_between_is_taken_as_it_comes(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write("/guidami")
    await ada.sees("1 di 5")

    ada.write(STORY)

    scheda = await ada.sees("La tua segnalazione", "C’è tutto")
    assert SEND in buttons(scheda)


async def test_being_led_sets_the_draft_aside(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write(STORY)
    await ada.sees("La tua segnalazione")

    ada.write("/guidami")

    await ada.sees("La bozza di prima resta in /mie", "1 di 5")
    ada.write("/mie")
    mine = await ada.sees("Le tue segnalazioni")
    assert any("Riprendi" in one for one in buttons(mine))


async def test_starting_over_at_once_leaves_no_empty_draft_behind(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    after = 0
    for kind in ("Notizia", "Idea", "Progetto"):
        ada.write("/guidami")
        question = await ada.sees("1 di 5", after=after)
        assert "La bozza di prima" not in question["text"]
        await ada.presses(kind, question)
        after = (await ada.sees("2 di 5", after=question["message_id"]))["message_id"]

    async with newsroom.store.reading() as session:
        (draft,) = (await session.exec(select(Submission))).all()
        revision = await submissions.latest(session, draft)
    assert revision.kind is Kind.PROJECT


async def test_the_language_of_a_persons_telegram_is_kept(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()

    async with newsroom.store.reading() as session:
        known = await people.participant(session, ada.person.id)
    assert known is not None
    assert known.language == "it"
