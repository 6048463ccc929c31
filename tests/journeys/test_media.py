"""All that people send: each kind is taken or kindly refused, and the rest of the draft stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bottega.runtime import Runtime
from bottega.sandbox import Sandbox
from content.attachments import Attachment
from content.links import Page
from content.people import Participant
from content.scanning import ScannerDown
from content.submissions import Submission
from tests import files
from tests.journeys.people import SEND_NO_MINORS, Message, Phone, buttons, picture
from tests.journeys.test_afterwards import WRITE, case_of, on_the_desk

STORY = (
    "Il Comune di Tirano ha aperto la nuova biblioteca di quartiere: orario serale, una sala "
    "studio e un angolo per i più piccoli. L'inaugurazione è stata sabato 14 novembre."
)


async def begun(ada: Phone) -> Message:
    """Return the scheda of what Ada just told."""
    await ada.joins()
    ada.write(STORY)
    return await ada.sees("La tua segnalazione", "C’è tutto")


def kept(newsroom: Runtime) -> list[Path]:
    return [one for one in newsroom.settings.media_root.iterdir() if one.is_file()]


# ---------------------------------------------------------------- what is taken


async def test_films_of_every_kind_are_taken(newsroom: Runtime, ada: Phone) -> None:
    after = (await begun(ada))["message_id"]
    film = files.film(sound=None)
    sendings: list[Callable[[], object]] = [
        lambda: ada.person.send_video(files.film(), "Il taglio del nastro."),
        lambda: ada.person.send_video_note(files.film(3, sound=None)),
        lambda: ada.person.send_animation(film),
        lambda: ada.person.send_document(files.film(4, container="mov"), "ripresa.mov"),
        lambda: ada.person.send_document(files.gif(30), "giro.gif"),
    ]
    for number, send in enumerate(sendings, 1):
        send()
        scheda = await ada.sees("Video:", "C’è tutto", after=after)
        assert scheda["text"].count("(0:0") == number
        after = scheda["message_id"]

    assert "Il taglio del nastro." in scheda["text"]
    assert SEND_NO_MINORS in buttons(scheda)
    assert not [path for path in kept(newsroom) if b"Ada Rossi" in path.read_bytes()]


async def test_documents_are_taken_with_their_names(newsroom: Runtime, ada: Phone) -> None:
    after = (await begun(ada))["message_id"]
    ada.person.send_document(files.pdf(3), "Delibera 12.pdf", "La delibera è allegata.")
    scheda = await ada.sees("Documenti: Delibera 12.pdf (3 pagine)", after=after)
    assert "La delibera è allegata." in scheda["text"]

    ada.person.send_document(files.office(), "Relazione.docx")

    await ada.sees("Delibera 12.pdf (3 pagine), Relazione.docx", after=scheda["message_id"])


async def test_a_voice_nobody_can_write_down_is_kept_and_two_lines_are_asked(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    ada.person.send_voice(files.voice())

    await ada.sees("Ho allegato il vocale", "in due righe", "Audio: 1 (0:02)", "Mi racconti")


async def test_captions_sent_after_a_film_belong_to_it(newsroom: Runtime, ada: Phone) -> None:
    after = (await begun(ada))["message_id"]
    vtt = files.captions("Buongiorno, sono la sindaca.")
    ada.person.send_document(vtt, "sottotitoli.vtt")
    after = (await ada.sees("manda prima il video", after=after))["message_id"]

    ada.person.send_video(files.film())
    after = (await ada.sees("Video: 1 (0:02)", after=after))["message_id"]
    ada.person.send_document(vtt, "sottotitoli.vtt")

    await ada.sees("Sottotitoli aggiunti", "Video: 1 (0:02, sottotitolato)", after=after)


async def test_an_album_is_counted_in_place_until_it_is_finished(
    newsroom: Runtime, ada: Phone
) -> None:
    after = (await begun(ada))["message_id"]
    ada.person.send_album([picture("red"), picture("green"), picture("blue")], "Tre foto.")
    scheda = await ada.sees("Album in arrivo: 3 foto", "Foto: 3", "Tre foto.", after=after)
    shown = [one for one in ada.chat.messages if "Foto: 3" in one.get("text", "")]
    assert len(shown) == 1

    await ada.presses("✅ Ho finito con le foto", scheda)

    done = await ada.sees("Foto: 3", after=scheda["message_id"])
    assert "Album in arrivo" not in done["text"]


async def test_what_is_wrong_with_one_of_an_album_is_said_once_and_stays_said(
    newsroom: Runtime, ada: Phone
) -> None:
    after = (await begun(ada))["message_id"]
    items: list[Any] = [
        ("document", picture("red")),
        ("document", b"not a picture"),
        ("document", b"neither is this"),
        ("document", picture("blue")),
    ]

    ada.person.send_album(items)

    scheda = await ada.sees("Foto: 2", after=after)
    assert scheda["text"].count("che so aprire") == 1


async def test_a_forwarded_post_is_ones_own_with_its_origin(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.person.forward_post("Comune di Tirano informa", {"text": STORY}, "tiranoinforma")

    await ada.sees(
        "La tua segnalazione", "Inoltrato da: Comune di Tirano informa", "t.me/tiranoinforma/7"
    )


async def test_a_place_is_noted_and_nothing_asked(newsroom: Runtime, ada: Phone) -> None:
    after = (await begun(ada))["message_id"]
    ada.person.send_location(46.21634, 10.16891)
    scheda = await ada.sees("Luogo: 46.21634, 10.16891", "C’è tutto", after=after)

    ada.person.send_venue("Biblioteca civica", "Piazza Cavour, Tirano")

    await ada.sees("Luogo: Biblioteca civica, Piazza Cavour", after=scheda["message_id"])


async def test_a_place_pasted_as_words_is_the_place_and_not_the_story(
    newsroom: Runtime, ada: Phone
) -> None:
    after = (await begun(ada))["message_id"]
    ada.write("https://www.google.com/maps/place/Piazza+Cavour,+Tirano/@46.2163,10.1689,17z")
    scheda = await ada.sees("Luogo: Piazza Cavour, Tirano", "C’è tutto", after=after)

    assert "google.com" not in scheda["text"]
    ada.write("46.21634, 10.16891")
    await ada.sees("Luogo: 46.21634, 10.16891", after=scheda["message_id"])


async def test_a_map_in_the_middle_of_a_story_is_its_place_and_not_its_link(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    ada.write(f"{STORY}\nCi trovate qui: https://maps.app.goo.gl/AbCdEf123")

    scheda = await ada.sees("Luogo: https://maps.app.goo.gl/AbCdEf123")
    assert "Link:" not in scheda["text"]


async def test_a_link_to_a_film_makes_a_video_interview(newsroom: Runtime, ada: Phone) -> None:
    await ada.joins()
    ada.write(f"{STORY}\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ")

    await ada.sees("Tipo: videointervista", "Link: https://www.youtube.com")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (files.photo((8200, 6100)), "enorme.jpg", "40 megapixel"),
        (files.photo((900, 900))[:3000], "a metà.jpg", "rovinato"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "logo.svg", "SVG"),
        (files.pdf(500), "tomo.pdf", "più di 200 pagine"),
        (files.pdf(password="segreta"), "riservata.pdf", "password"),
        (files.office(macros=True), "conti.docx", "macro"),
        (files.office(filler=300 << 20), "bomba.docx", "troppo grande"),
        (files.film()[:1500], "taglio.mp4", "rovinato"),
        (files.film(container="avi", codec="mpeg4", sound=None), "vecchio.avi", "MP4"),
        (b"MZ\x90\0" + bytes(100), "foto.jpg", "che so aprire"),
    ],
    ids=[
        "fifty megapixels", "half a photo", "svg", "five hundred pages", "password", "macros",
        "zip bomb", "half a film", "old film", "program",
    ],
)  # fmt: skip
async def test_a_bad_file_is_refused_in_words_and_the_draft_stays(
    newsroom: Runtime, ada: Phone, data: bytes, name: str, words: str
) -> None:
    after = (await begun(ada))["message_id"]

    ada.person.send_document(data, name, "Con questa didascalia.")

    scheda = await ada.sees(words, "intatto", "Foto: nessuna", STORY[:60], after=after)
    assert "Con questa didascalia." in scheda["text"]
    assert "Documenti" not in scheda["text"]
    assert kept(newsroom) == []


async def test_a_polyglot_photo_is_kept_as_a_photo_alone(newsroom: Runtime, ada: Phone) -> None:
    after = (await begun(ada))["message_id"]
    ada.person.send_document(files.photo() + files.office(), "foto.jpg")

    await ada.sees("Foto: 1", after=after)

    (path,) = kept(newsroom)
    assert b"word/document.xml" not in path.read_bytes()


async def test_a_film_too_large_for_telegram_gets_another_way_in(
    newsroom: Runtime, ada: Phone
) -> None:
    async def link(_: Any, person: Participant, case: Submission) -> str:
        return f"https://redazione.esempio.it/carica/{person.telegram_id}/{case.id}"

    newsroom.newsroom.upload_link = link
    await ada.joins()

    ada.person.send_video(b"v" * (21 << 20), "Intervista alla sindaca di Tirano.")

    said = await ada.sees("supera i 20 MB", "carica il file", "Intervista alla sindaca")
    links = [one["url"] for one in said["entities"] if one["type"] == "text_link"]
    assert links == [f"https://redazione.esempio.it/carica/{ada.person.id}/1"]


class Guard:
    """A scanner that says what it is told to."""

    def __init__(self, found: str | None = None, *, down: bool = False) -> None:
        self.found, self.down = found, down

    async def scan(self, data: Any) -> str | None:
        if self.down:
            raise ScannerDown("refused")
        return self.found


@pytest.mark.parametrize(
    ("guard", "words"),
    [(Guard("Eicar"), "antivirus ha trovato"), (Guard(down=True), "riprova")],
    ids=["virus", "scanner down"],
)
async def test_what_the_scanner_does_not_pass_is_not_kept(
    newsroom: Runtime, ada: Phone, guard: Guard, words: str
) -> None:
    newsroom.newsroom.scanner = guard
    after = (await begun(ada))["message_id"]
    ada.person.send_photo(picture())
    refused = await ada.sees(words, "Foto: nessuna", after=after)
    assert kept(newsroom) == []

    newsroom.newsroom.scanner = Guard()
    ada.person.send_photo(picture())
    await ada.sees("Foto: 1", after=refused["message_id"])


# ---------------------------------------------------------------- corrections and replies


async def test_a_corrected_message_corrects_exactly_its_words(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    second = ada.person.write("Apre lunedi alle nove.")
    scheda = await ada.sees("alle nove", after=scheda["message_id"])
    ada.write("Ingresso libero.")
    scheda = await ada.sees("Ingresso libero", after=scheda["message_id"])

    ada.person.edit(second, "Apre lunedì alle dieci.")

    text = (await ada.sees("Ho corretto la scheda", after=scheda["message_id"]))["text"]
    assert "alle nove" not in text
    assert text.index("biblioteca") < text.index("alle dieci") < text.index("Ingresso libero")


async def test_a_corrected_caption_and_an_exchanged_photo_are_followed(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    sent = ada.person.send_photo(picture("red"), "La sala lettur.")
    scheda = await ada.sees("lettur.", "Foto: 1", after=scheda["message_id"])

    edited = ada.person.edit(sent, "La sala lettura.")
    scheda = await ada.sees("sala lettura.", "Foto: 1", after=scheda["message_id"])
    ada.person.exchange_photo(edited, picture("blue"))
    await ada.sees("Ho corretto", "Foto: 1", after=scheda["message_id"])

    assert len(kept(newsroom)) == 2


async def test_a_corrected_answer_is_followed(newsroom: Runtime, ada: Phone) -> None:
    scheda = await begun(ada)
    await ada.presses("✏️ Titolo", scheda)
    asked = await ada.sees("nuovo titolo")
    answer = ada.person.write("Si leggge di sera")
    scheda = await ada.sees("Titolo: Si leggge", after=asked["message_id"])

    ada.person.edit(answer, "Si legge di sera")

    await ada.sees("Titolo: Si legge di sera", after=scheda["message_id"])


async def test_a_correction_after_sending_is_told_how_to_change_it(
    newsroom: Runtime, ada: Phone
) -> None:
    await ada.joins()
    sent = ada.person.write(STORY)
    scheda = await ada.sees("C’è tutto")
    await ada.submits(scheda)

    ada.person.edit(sent, f"{STORY} Ingresso libero.")

    await ada.sees("è già in redazione", "Modifica", after=scheda["message_id"])


async def test_a_correction_of_what_was_passed_on_is_told_that_nobody_reads_it(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    await on_the_desk(ada, bruno)
    await ada.presses(WRITE, await case_of(ada))
    await ada.sees("Scrivi ora il messaggio")
    sent = ada.person.write("La festa è sabato.")
    passed = await ada.sees("Ho passato il tuo messaggio")

    ada.person.edit(sent, "La festa è domenica.")

    await ada.sees("non la legge nessuno", "Scrivi alla redazione", after=passed["message_id"])


async def test_a_reply_to_an_older_scheda_is_about_its_draft(newsroom: Runtime, ada: Phone) -> None:
    first = await begun(ada)
    ada.write("/nuova")
    ada.write("Progetto per i giovani: il Comune di Cantù cerca venti volontari per l'estate.")
    second = await ada.sees("Comune di Cantù", after=first["message_id"])

    ada.person.write("Ingresso libero.", reply_to=first)

    scheda = await ada.sees("Ingresso libero.", after=second["message_id"])
    assert "biblioteca" in scheda["text"]
    assert "Cantù" not in scheda["text"]


# ---------------------------------------------------------------- descriptions and pages


async def test_what_photos_show_is_asked_one_by_one_of_who_wants(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    ada.person.send_album([picture("red"), picture("green")])
    scheda = await ada.sees("Foto: 2", after=scheda["message_id"])
    await ada.presses("📷 Foto", scheda)
    offered = await ada.sees("Manda le foto", after=scheda["message_id"])

    await ada.presses("👁 Descrivi le foto", offered)
    asked = await ada.sees("nella foto 1?", after=offered["message_id"])
    ada.write("La facciata della biblioteca, con due bandiere.")
    asked = await ada.sees("nella foto 2?", after=asked["message_id"])
    ada.write("Gli scaffali dei libri per bambini.")

    scheda = await ada.sees("Grazie: le descrizioni", "Foto: 2", after=asked["message_id"])
    assert "Gli scaffali" not in scheda["text"].replace("<i>", "")


async def test_a_description_that_is_too_long_is_asked_again_and_none_is_cut_short(
    newsroom: Runtime, ada: Phone
) -> None:
    scheda = await begun(ada)
    ada.person.send_photo(picture("red"))
    scheda = await ada.sees("Foto: 1", after=scheda["message_id"])
    await ada.presses("📷 Foto", scheda)
    offered = await ada.sees("Manda le foto", after=scheda["message_id"])
    await ada.presses("👁 Descrivi le foto", offered)
    asked = await ada.sees("nella foto 1?", after=offered["message_id"])

    ada.write("Bandiere. " * 101)
    asked = await ada.sees("1009 caratteri", "al massimo 1000", after=asked["message_id"])
    as_long_as_may_be = "Bandiere. " * 99 + "Bandiere."
    ada.write(as_long_as_may_be)

    scheda = await ada.sees("Grazie: le descrizioni", after=asked["message_id"])
    assert "Bandiere" not in scheda["text"]
    async with newsroom.store.reading() as session:
        (stored,) = (await session.exec(select(Attachment))).all()
    assert stored.medium["alt"] == as_long_as_may_be


class Pages:
    """A web of one page."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def page(self, address: str) -> Page | None:
        self.asked.append(address)
        return Page(
            title="Apre la biblioteca del Comune di Tirano", image="https://esempio.it/foto.jpg"
        )

    async def picture(self, address: str) -> bytes | None:
        return picture("purple")


async def test_a_bare_link_takes_its_title_from_the_page_and_offers_its_picture(
    newsroom: Runtime, ada: Phone
) -> None:
    newsroom.newsroom.links = Pages()
    await ada.joins()

    ada.write("https://www.comune.tirano.so.it/novita/notizie/apre-la-biblioteca")

    scheda = await ada.sees("Ho preso il titolo", "Titolo: Apre la biblioteca", "Mi racconti")
    assert "Ente: Comune di Tirano" in scheda["text"]
    await ada.presses("🖼 Usa la foto della pagina", scheda)
    await ada.sees("tienila solo se è del tuo ente", "Foto: 1", after=scheda["message_id"])


async def test_the_page_of_a_told_story_is_not_looked_at(newsroom: Runtime, ada: Phone) -> None:
    pages = Pages()
    newsroom.newsroom.links = pages
    await ada.joins()

    ada.write(f"{STORY} https://www.comune.tirano.so.it/biblioteca")

    await ada.sees("Link: https://www.comune")
    assert pages.asked == []


# ---------------------------------------------------------------- with a model


@pytest.fixture
def environment(environment: dict[str, str], sandbox: Sandbox, request: Any) -> dict[str, str]:
    """Tell the newsroom of a model that hears, for the tests that ask for one."""
    if "model" not in request.node.name:
        return environment
    return environment | {
        "OPENAI_API_KEY": "sandbox-model-key",
        "OPENAI_BASE_URL": f"{sandbox.url}/openai/v1",
        "OPENAI_MODEL": "sandbox-model",
        "OPENAI_TRANSCRIPTION_MODEL": "sandbox-ears",
    }


async def test_with_a_model_a_voice_becomes_the_story(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    sandbox.model.transcript = STORY
    await ada.joins()

    ada.person.send_voice(files.voice())

    scheda = await ada.sees("Ho trascritto il tuo vocale", "Comune di Tirano", "C’è tutto")
    assert "Audio" not in scheda["text"]


async def test_with_a_model_a_film_gets_its_captions(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    sandbox.model.transcript = "Buongiorno, sono la sindaca."
    after = (await begun(ada))["message_id"]

    ada.person.send_video(files.film())

    await ada.sees("Video: 1 (0:02, sottotitolato)", after=after)
    (vtt,) = [path for path in kept(newsroom) if path.suffix == ".vtt"]
    assert "sono la sindaca" in vtt.read_text("utf-8")
    (heard,) = [one for one in sandbox.board.exchanges if "transcriptions" in one.path]
    assert heard.files["file"][0].endswith(".m4a")


async def test_with_a_model_that_fails_the_voice_is_kept(
    newsroom: Runtime, sandbox: Sandbox, ada: Phone
) -> None:
    sandbox.model.transcript = ""
    await ada.joins()

    ada.person.send_voice(files.voice())

    await ada.sees("Ho allegato il vocale", "Audio: 1")


# ---------------------------------------------------------------- what the newsroom sees of it


async def test_moderators_are_given_every_file_and_told_of_it(
    newsroom: Runtime, ada: Phone, bruno: Phone
) -> None:
    scheda = await begun(ada)
    ada.person.send_photo(picture())
    ada.person.send_document(files.pdf(3), "Delibera 12.pdf")
    ada.person.send_video(files.film())
    scheda = await ada.sees("Foto: 1", "Video: 1", "Delibera 12.pdf", after=scheda["message_id"])
    receipt = await ada.submits(scheda)

    await bruno.sees(receipt, "Obiettivi", "Documenti: Delibera 12.pdf (3 pagine)", "Video: 1")

    given = [one for one in bruno.chat.messages if receipt in one.get("caption", "")]
    assert [next(k for k in ("photo", "document") if k in one) for one in given] == [
        "photo", "document", "document",
    ]  # fmt: skip
    names = [one["document"]["file_name"] for one in given[1:]]
    assert names[0] == "Delibera 12.pdf"
    assert names[1].endswith(".mp4")
