"""E-book: put together in the browser, with what is left out and why, never overwritten unseen."""

import io
import socket
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from PIL import Image
from playwright.async_api import Page, ViewportSize, expect
from starlette.applications import Starlette

from bottega.serving import serving
from bottega.web.console import Desk, console, pages
from bottega.web.console.guard import LARGEST_FORM
from content import editions
from content.editions import Edition
from content.media import MAX_BYTES
from content.publication import Absence
from content.workflow import EditionState
from publishers.bookshop import Lack
from tests import editions as shelf
from tests.axe import violations
from tests.bottega.web.console.conftest import Browser
from tests.browser import chromium
from tests.payloads import HOSTILE, is_harmless

PATH = "/ebook/1"


@pytest.fixture(autouse=True)
async def lab(desk: Desk, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Lab with two pieces that are out."""
    page = desk.page_channel or ""
    monkeypatch.setattr(shelf, "PAGE", page)
    monkeypatch.setattr("tests.stories.CHANNELS", (page,))
    async with desk.store.transaction() as session:
        await shelf.lab_of(session, cast, desk.clock())
        await shelf.published(session, cast, desk.clock(), "Primo")
        await shelf.published(session, cast, desk.clock(), "Secondo")


async def edition(desk: Desk) -> Edition:
    async with desk.store.reading() as session:
        return await session.get_one(Edition, 1)


async def titles(bruno: Browser) -> list[str]:
    html = (await bruno.get(f"/redazione{PATH}")).text
    return sorted(("Primo", "Secondo"), key=lambda one: html.index(f">{one}\n"))


async def test_an_ebook_is_proposed_ordered_described_and_finished(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press("/ebook", lab="1")
    assert "Città intelligenti" in (await bruno.get("/redazione/ebook")).text
    assert await titles(bruno) == ["Primo", "Secondo"]

    await bruno.press(PATH, fai="sposta", pezzo="2", parte="1", posto="1")
    assert await titles(bruno) == ["Secondo", "Primo"]
    version = str((await edition(desk)).version)
    told = {"title": "Un libro", "subtitle": "", "isbn": "978-88-06-21945-1", "credits": "Noi."}
    await bruno.press(PATH, fai="descrivi", versione=version, foreword="Cari lettori.", **told)
    await bruno.press(PATH, fai="aggiungi", titolo="Per finire")
    await bruno.press(PATH, fai="sposta", pezzo="1", parte="2", posto="1")
    await bruno.press(PATH, fai="su", parte="2")
    await bruno.press(
        PATH, fai="presenta", parte="2", titolo="Per cominciare", introduzione="Ecco."
    )
    assert await titles(bruno) == ["Primo", "Secondo"]
    await bruno.press(PATH, fai="finisci")

    made = await edition(desk)
    assert (made.state, made.title, made.isbn) == (
        EditionState.FINISHED, "Un libro", "9788806219451",
    )  # fmt: skip
    html = (await bruno.get(f"/redazione{PATH}")).text
    assert "Per cominciare" in html
    assert "Riapri per cambiarlo" in html


async def test_what_is_left_out_is_said_with_its_reason_and_comes_back(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press("/ebook", lab="1")

    await bruno.press(PATH, fai="fuori", pezzo="1", motivo="Ripete il secondo")
    html = (await bruno.get(f"/redazione{PATH}")).text
    assert "«Primo»: l’ha lasciato fuori la redazione (Ripete il secondo)." in html
    await bruno.press(PATH, fai="sposta", pezzo="1", parte="1", posto="9999")

    assert await titles(bruno) == ["Secondo", "Primo"]


async def test_nobody_overwrites_unseen(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")
    version = str((await edition(desk)).version)
    await bruno.press(PATH, fai="ordina", per="goal")

    answer = await bruno.press(PATH, fai="descrivi", versione=version, title="Mio", foreword="Mia.")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Un’altra persona ha cambiato" in answer.text
    assert ">Mia.</textarea>" in answer.text
    assert (await edition(desk)).title == "Città intelligenti"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"fai": "descrivi", "title": ""}, "Scrivi un titolo."),
        ({"fai": "descrivi", "title": "Uno", "isbn": "1"}, "Questo ISBN non è giusto"),
        ({"fai": "elimina", "parte": "1"}, "ci sono dei pezzi"),
        ({"fai": "sposta", "pezzo": "99", "parte": "1"}, "Un’altra persona"),
        ({"fai": "riapri"}, "non ho cambiato niente"),
    ],
)
async def test_what_cannot_be_done_is_said_and_nothing_changes(
    bruno: Browser, desk: Desk, form: dict[str, str], said: str
) -> None:
    await bruno.press("/ebook", lab="1")
    before = (await edition(desk)).version

    answer = await bruno.press(PATH, versione=str(before), **form)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert said in answer.text
    assert (await edition(desk)).version == before


async def test_a_finished_ebook_does_not_change(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")
    await bruno.press(PATH, fai="finisci")

    answer = await bruno.press(PATH, fai="ordina", per="goal")

    assert answer.status_code == HTTPStatus.CONFLICT
    async with desk.store.reading() as session:
        assert len(await editions.finished(session)) == 1


def drawn(size: tuple[int, int] = (400, 600), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


async def send(
    bruno: Browser, data: bytes, alt: str = "Una piazza.", credit: str = ""
) -> httpx.Response:
    return await bruno.post(
        f"/redazione{PATH}/copertina",
        data={"csrf": bruno.csrf, "alt": alt, "credit": credit},
        files={"immagine": ("copertina.png", data)},
    )


async def test_an_editor_gives_an_ebook_a_cover_and_takes_it_away_again(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press("/ebook", lab="1")
    before = (await bruno.get(f"/redazione{PATH}/copertina")).content

    assert (await send(bruno, drawn())).status_code == HTTPStatus.SEE_OTHER

    made = await edition(desk)
    assert made.cover
    assert made.cover["alt"] == "Una piazza."
    page = (await bruno.get(f"/redazione{PATH}")).text
    assert 'alt="Una piazza."' in page
    shown = await bruno.get(f"/redazione{PATH}/copertina")
    with Image.open(io.BytesIO(shown.content)) as image:
        assert (image.format, image.size) == ("JPEG", (400, 600))
        assert image.getpixel((9, 9)) == pytest.approx((0, 128, 128), abs=3)

    await bruno.press(PATH, fai="spoglia")

    assert (await edition(desk)).cover is None
    assert (await bruno.get(f"/redazione{PATH}/copertina")).content == before


async def retell(
    bruno: Browser, version: int, shows: str = "Una piazza.", whose: str = ""
) -> httpx.Response:
    return await bruno.press(
        f"{PATH}/copertina/parole", versione=str(version), mostra=shows, autore=whose
    )


async def test_the_words_of_a_cover_change_without_sending_the_picture_again(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press("/ebook", lab="1")
    await send(bruno, drawn(), "Una piaza.", "Carla Neri")
    made = await edition(desk)
    before = made.cover
    assert before
    assert (before["alt"], before["credit"]) == ("Una piaza.", "Carla Neri")

    done = await retell(bruno, made.version, whose="Comune di Tirano")

    assert done.status_code == HTTPStatus.SEE_OTHER
    told = {"alt": "Una piazza.", "credit": "Comune di Tirano"}
    assert (await edition(desk)).cover == before | told
    page = (await bruno.get(f"/redazione{PATH}")).text
    assert 'alt="Una piazza."' in page
    assert "Immagine: Comune di Tirano" in page


@pytest.mark.parametrize(
    ("shows", "whose", "said"),
    [
        (" ", "Carla Neri", "scrivi che cosa mostra la copertina"),
        ("a" * 1001, "Carla Neri", "1000 caratteri"),
        ("Una piazza.", "C" * 201, "200 caratteri"),
    ],
)
async def test_words_of_a_cover_that_cannot_be_are_said_and_not_lost(
    bruno: Browser, desk: Desk, shows: str, whose: str, said: str
) -> None:
    await bruno.press("/ebook", lab="1")
    await send(bruno, drawn())
    before = await edition(desk)

    answer = await retell(bruno, before.version, shows, whose)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert said in answer.text
    assert f'name="autore" maxlength="200" value="{whose}"' in answer.text
    assert (await edition(desk)).cover == before.cover


async def test_words_for_a_picture_that_somebody_changed_meanwhile_are_not_put_to_the_new_one(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press("/ebook", lab="1")
    await send(bruno, drawn())
    seen = (await edition(desk)).version
    await send(bruno, drawn((500, 700)), "Un ponte.")

    answer = await retell(bruno, seen, "Una piazza vuota.")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Un’altra persona ha cambiato l’e-book intanto" in answer.text
    assert 'value="Una piazza vuota."' in answer.text
    cover = (await edition(desk)).cover
    assert cover
    assert cover["alt"] == "Un ponte."


async def test_a_cover_that_is_drawn_has_no_words_to_change(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")

    answer = await retell(bruno, (await edition(desk)).version)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "intanto ha tolto la copertina" in answer.text
    assert (await edition(desk)).cover is None


@pytest.mark.parametrize(
    ("data", "alt", "said"),
    [
        (drawn(), "  ", "descrivi che cosa mostra"),
        (drawn(), "a" * 1001, "1000 caratteri"),
        (b"", "Una piazza.", "scegli un’immagine"),
        (b"Cari lettori", "Una piazza.", "non è un’immagine"),
        (b"%PDF-1.7\n", "Una piazza.", "La copertina non è cambiata"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "Una piazza.", "SVG"),
        (drawn()[:300], "Una piazza.", "rovinato"),
        (drawn((8000, 7600), "JPEG"), "Una piazza.", "40 megapixel"),
    ],
    ids=["no words", "too many words", "nothing", "text", "PDF", "SVG", "half", "60 megapixels"],
)
async def test_what_cannot_be_a_cover_is_said_and_nothing_is_lost(
    bruno: Browser, desk: Desk, data: bytes, alt: str, said: str
) -> None:
    await bruno.press("/ebook", lab="1")

    answer = await send(bruno, data, alt)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert said in answer.text
    assert f'name="alt" maxlength="1000" value="{alt.strip()}"' in answer.text
    assert (await edition(desk)).cover is None


async def test_a_file_larger_than_any_picture_is_told_as_such(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")

    answer = await send(bruno, b"\xff\xd8\xff" + bytes(MAX_BYTES + LARGEST_FORM))

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "supera i 20 MB" in answer.text
    assert (await edition(desk)).cover is None


async def test_a_cover_that_is_too_large_is_told_before_it_is_sent_and_no_word_is_lost(
    page: Page, tmp_path: Path
) -> None:
    large, small = tmp_path / "grande.jpg", tmp_path / "piccola.png"
    large.write_bytes(bytes(MAX_BYTES + 1))
    small.write_bytes(drawn())
    file, words = page.get_by_label("Un’immagine tua"), page.get_by_label("Che cosa mostra")
    await words.fill("Una piazza.")
    await file.set_input_files(large)
    await page.get_by_role("button", name="Metti questa copertina").click()

    assert "supera i 20 MB" in await file.evaluate("one => one.validationMessage")
    assert await words.input_value() == "Una piazza."
    await file.set_input_files(small)
    await page.get_by_role("button", name="Metti questa copertina").click()
    await expect(page.get_by_text("La copertina è quella che hai mandato.")).to_be_visible()


async def test_a_finished_ebook_keeps_its_cover(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")
    await bruno.press(PATH, fai="finisci")

    assert "non ho cambiato niente" in (await send(bruno, drawn())).text
    assert (await edition(desk)).cover is None


async def test_a_cover_comes_with_a_form_of_ours_alone(bruno: Browser, desk: Desk) -> None:
    await bruno.press("/ebook", lab="1")
    bruno.csrf = "forged"

    assert (await send(bruno, drawn())).status_code == HTTPStatus.FORBIDDEN
    broken = {"content-type": "multipart/form-data"}
    answer = await bruno.post(f"/redazione{PATH}/copertina", content=b"--", headers=broken)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert (await edition(desk)).cover is None


@pytest.mark.parametrize("lack", list(Lack))
async def test_what_readers_do_not_have_is_said_until_they_have_it(
    bruno: Browser, desk: Desk, lack: Lack
) -> None:
    await bruno.press("/ebook", lab="1")

    async def became(lack: Lack | None) -> str:
        async with desk.store.transaction() as session:
            await editions.note_kept(session, 1, "a" * 64, lack, now=desk.clock())
        return (await bruno.get(f"/redazione{PATH}")).text

    await bruno.press(PATH, fai="finisci")
    missing = "Il PDF non è riuscito" if "pdf" in lack else "L’e-book non è nella rubrica"
    assert missing in await became(lack)
    await bruno.press(PATH, fai="riapri")
    assert missing not in (await bruno.get(f"/redazione{PATH}")).text
    await bruno.press(PATH, fai="finisci")
    assert missing not in await became(None)


@pytest.mark.parametrize("payload", HOSTILE)
async def test_it_is_shown_as_it_was_written(bruno: Browser, desk: Desk, payload: str) -> None:
    await bruno.press("/ebook", lab="1")
    await bruno.press(PATH, fai="aggiungi", titolo=payload)
    version = str((await edition(desk)).version)
    await bruno.press(PATH, fai="descrivi", versione=version, title=payload, foreword=payload)

    assert is_harmless((await bruno.get(f"/redazione{PATH}")).text, payload)
    assert is_harmless((await bruno.get("/redazione/ebook")).text, payload)


def test_every_absence_is_said_in_italian() -> None:
    said = (pages._HERE / "templates/book.html").read_text(encoding="utf-8")
    assert [one for one in Absence if f'"{one.value}": "' not in said] == []


@pytest.fixture
async def page(bruno: Browser, desk: Desk) -> AsyncIterator[Page]:
    """Bruno's Chromium, before an e-book with two pieces; nothing may be against the policy."""
    await bruno.press("/ebook", lab="1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/redazione"
    served = serving(Starlette(routes=console(desk)), "127.0.0.1", port)
    async with chromium() as browser, served:
        seen_at_once: ViewportSize = {"width": 1280, "height": 1800}  # nothing scrolls under a drag
        context = await browser.new_context(locale="it-IT", viewport=seen_at_once)
        for one in bruno.cookies.jar:
            told = {"name": one.name, "value": one.value or "", "url": address}
            await context.add_cookies([told])  # type: ignore[list-item]
        opened = await context.new_page()
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on(
            "console", lambda one: problems.append(one.text) if "Policy" in one.text else None
        )
        await opened.goto(f"{address}{PATH}")
        yield opened
        assert problems == []


async def test_a_piece_is_dragged_to_another_place_and_to_another_part(
    page: Page, bruno: Browser, desk: Desk
) -> None:
    pieces = page.locator("[data-piece]")
    await pieces.nth(1).drag_to(pieces.nth(0), source_position={"x": 60, "y": 8})
    await expect(page.get_by_text("Spostato.")).to_be_visible()
    assert await titles(bruno) == ["Secondo", "Primo"]

    await bruno.press(PATH, fai="aggiungi", titolo="Per finire")
    await page.goto(page.url.partition("?")[0])
    heading = page.get_by_role("heading", name="Per finire")
    await pieces.nth(0).drag_to(heading, source_position={"x": 60, "y": 8})
    await expect(page.locator("[data-part='2'] [data-piece='2']")).to_be_visible()

    assert await titles(bruno) == ["Primo", "Secondo"]
    assert await violations(page) == []


async def test_nobody_drags_in_a_finished_ebook(page: Page, bruno: Browser, desk: Desk) -> None:
    await bruno.press(PATH, fai="finisci")

    await page.reload()

    await expect(page.get_by_role("button", name="Riapri per cambiarlo")).to_be_visible()
    assert await page.locator("[draggable]").count() == 0
