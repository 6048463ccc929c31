"""Articolo: a piece written in the browser, by several people, with nothing lost."""

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bottega.web.console import Desk
from content import articles, channels, review, slots
from content.articles import Article
from content.deliveries import Operation
from content.history import History
from content.posts import Post, frozen
from content.submissions import Submission
from content.versions import ArticleVersion
from content.workflow import ArticleState, OperationState
from publishers import Facebook, Rubrica, X
from publishers.base import Publisher
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.payloads import HOSTILE, is_harmless
from tests.stories import PICTURE, drafted

PAGE = "/articolo/1"
SITE = "https://rubrica.example"
FIELDS = ("title", "lead", "text", "organisation", "link", "credit", "testo-facebook", "testo-x",
          f"alt-{'a' * 64}", f"didascalia-{'a' * 64}")  # fmt: skip
HTMX = {"hx-request": "true"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A console with the real channels, whose posts are rendered as they are sent."""
    root = desk.media_root
    publishers: Mapping[str, Publisher] = {
        "rubrica": Rubrica(Rubrica.Config(url=SITE, site=root / "site"), root),
        "facebook": Facebook(Facebook.Config(), root),
        "x": X(X.Config(), root),
    }

    async def render(session: AsyncSession, article: Article, *only: str) -> list[Post]:
        piece = await articles.piece(session, article, SITE)
        asked = [one for name, one in publishers.items() if not only or name in only]
        return [one.render(piece) for one in asked]

    return replace(desk, publishers=publishers, page_channel="rubrica", render=render)


@pytest.fixture
async def case(desk: Desk, cast: SimpleNamespace, clock: Clock) -> Submission:
    """What Ada told, drafted, with two pictures."""
    async with desk.store.transaction() as session:
        submission, article = await drafted(session, cast.ada, clock())
        article.media = [PICTURE, PICTURE | {"sha256": "b" * 64, "alt": "Un cortile"}]
    return submission


async def read(browser: Browser) -> dict[str, str]:
    """Return the fields of the form as the page has them, the hidden ones too."""
    answer = await browser.get(f"/redazione{PAGE}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    return fields_of(answer)


def fields_of(answer: httpx.Response) -> dict[str, str]:
    form = answer.text.split('<form id="pezzo"')[1].split("</form>")[0]
    form = re.sub(r'<input type="radio"(?:(?! checked)[^>])*>', "", form)
    inputs = re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"(?![^>]*ordine)', form)
    areas = re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    wrong = {"ordine", "sdg"}
    found = {name: html.unescape(value) for name, value in [*inputs, *areas]}
    return {name: value for name, value in found.items() if name not in wrong}


async def stored(desk: Desk) -> Article:
    async with desk.store.reading() as session:
        return (await session.exec(select(Article))).one()


async def approved(desk: Desk, case: Submission, who: Any, clock: Clock) -> None:
    async with desk.store.transaction() as session:
        submission = await session.get_one(Submission, case.id)
        article = await review.article_under_review(session, submission)
        sent = await desk.render(session, article)
        await review.approve(
            session, submission, who, sent, version=article.version,
            seen=review.view_hash(sent), page_channel="rubrica", immediately=False, now=clock(),
        )  # fmt: skip


async def channels_open(desk: Desk) -> None:
    async with desk.store.transaction() as session:
        await channels.open_channels(session, ["rubrica", "facebook", "x"])
        for name in ("facebook", "x"):
            await slots.furnish(session, name)


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_a_save_is_a_version_with_all_that_was_written(
    desk: Desk, case: Submission, gaia: Browser, signals: list[str]
) -> None:
    fields = await read(gaia) | {
        "title": "Un titolo nuovo", "text": "Primo\r\n\r\n**Secondo**", "section": "articoli",
        "testo-x": "Su X", "credit": "Archivio Brera", f"didascalia-{'a' * 64}": "La sala, ieri",
    }  # fmt: skip

    answer = await gaia.press(PAGE, **fields)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "Salvato." in (await gaia.get(answer.headers["location"])).text
    article = await stored(desk)
    assert (article.version, article.title, article.section) == (2, "Un titolo nuovo", "articoli")
    assert article.text == "Primo\n\n**Secondo**"
    assert (article.texts["x"], article.credit) == ("Su X", "Archivio Brera")
    assert article.media[0]["caption"] == "La sala, ieri"
    assert signals == ["happened"]


async def test_saving_twice_or_again_after_a_lost_answer_changes_nothing_more(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    fields = await read(gaia) | {"title": "Un titolo nuovo"}

    answers = await asyncio.gather(*(gaia.press(PAGE, **fields) for _ in range(3)))
    late = await gaia.press(PAGE, **fields)

    assert {one.status_code for one in (*answers, late)} == {HTTPStatus.SEE_OTHER}
    assert late.headers["location"].endswith("fatto=same")
    assert (await stored(desk)).version == 2


async def test_a_retry_does_no_harm_after_somebody_else_went_on(
    desk: Desk, case: Submission, gaia: Browser, bruno: Browser
) -> None:
    fields = await read(gaia) | {"title": "Un titolo nuovo"}
    await gaia.press(PAGE, **fields)
    await bruno.press(PAGE, **await read(bruno) | {"lead": "Un altro sommario."})

    again = await gaia.press(PAGE, **fields)

    assert again.status_code == HTTPStatus.SEE_OTHER
    article = await stored(desk)
    assert (article.title, article.lead) == ("Un titolo nuovo", "Un altro sommario.")
    assert article.version == 3


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_a_save_on_an_older_version_shows_both_texts_and_loses_neither(
    desk: Desk, case: Submission, gaia: Browser, bruno: Browser
) -> None:
    hers, his = await read(gaia), await read(bruno)
    await bruno.press(PAGE, **his | {"title": "Di Bruno", "lead": "Sommario di Bruno."})

    refused = await gaia.press(PAGE, **hers | {"title": "Di Gaia", "text": "Testo di Gaia."})

    assert refused.status_code == HTTPStatus.CONFLICT
    assert "Non ho salvato" in refused.text
    assert "di Bruno Galli" in refused.text
    assert '<div class="told">Di Bruno</div>' in refused.text
    both = fields_of(refused)
    assert (both["title"], both["text"]) == ("Di Gaia", "Testo di Gaia.")
    assert both["lead"] == "Sommario di Bruno.", "she had not touched it"
    assert (await stored(desk)).title == "Di Bruno"
    assert fields_of(await gaia.get(f"/redazione{PAGE}"))["title"] == "Di Gaia", "nor by leaving"

    await gaia.press(PAGE, **both)

    article = await stored(desk)
    assert (article.version, article.title) == (3, "Di Gaia")
    assert (article.lead, article.text) == ("Sommario di Bruno.", "Testo di Gaia.")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_what_is_typed_is_kept_and_shown_as_it_would_go_out(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    fields = await read(gaia) | {
        "title": "Tirano legge", "text": "Un *testo*",
        "testo-x": "Si legge <b>anche</b> la sera 📚",
    }  # fmt: skip

    shown = await gaia.press(f"{PAGE}/bozza", **fields)

    assert "Conservato da solo" in shown.text
    assert (await stored(desk)).version == 1
    said = html.unescape(shown.text.split('aria-label="X"')[1].split('shown">')[1].split("<")[0])
    x = desk.publishers["x"]
    assert said.startswith("Si legge <b>anche</b> la sera 📚\nhttps://rubrica.example/")
    assert f"{x.measure(said)} di 280 · costa 0,20 $" in shown.text
    page = await gaia.get(f"/redazione{PAGE}/anteprima/")
    assert "<em>testo</em>" in page.text
    again = await read(gaia)
    assert (again["title"], again["testo-x"]) == (fields["title"], fields["testo-x"])


async def test_what_does_not_fit_is_said_to_be_shortened(case: Submission, gaia: Browser) -> None:
    fields = await read(gaia) | {"testo-x": "parola " * 60}

    shown = (await gaia.press(f"{PAGE}/bozza", **fields)).text

    assert "è stato accorciato" in shown


@pytest.mark.parametrize(
    ("shape", "left"), [((540, 960), {"X": False, "Facebook": False}),
                        ((960, 540), {"X": False, "Facebook": True})],
    ids=["upright", "lying"],
)  # fmt: skip
async def test_a_film_that_a_channel_does_not_take_is_said_to_stay_on_the_page(
    desk: Desk, case: Submission, gaia: Browser, shape: tuple[int, int], left: dict[str, bool]
) -> None:
    film = {"sha256": "c" * 64, "mime": "video/mp4", "size": 1000, "seconds": 30.0,
            "width": shape[0], "height": shape[1], "alt": "Il sindaco saluta"}  # fmt: skip
    async with desk.store.transaction() as session:
        (await session.exec(select(Article))).one().media = [film]

    page = (await gaia.get(f"/redazione{PAGE}")).text

    for label, without in left.items():
        look = page.split(f'aria-label="{label}"')[1].split("</article>")[0]
        assert ("Il filmato resta sulla pagina" in look) is without
        assert ("<video" in look) is not without


async def test_people_see_who_else_is_writing(
    case: Submission, gaia: Browser, bruno: Browser
) -> None:
    his = await read(bruno)
    here = {"versione": "1", "stato": "draft", "aperta": his["aperta"]}
    await bruno.press(f"{PAGE}/presenza", **here)
    assert "<strong>Bruno Galli</strong> ha aperto" in (await gaia.get(f"/redazione{PAGE}")).text

    await bruno.press(f"{PAGE}/bozza", **his | {"title": "Altro"})

    seen = (await gaia.press(f"{PAGE}/presenza", **here)).text
    assert "Anche <strong>Bruno Galli</strong> sta scrivendo qui" in seen
    said = re.search(r"\"detto\": \"(\w+)\"", seen)
    assert said is not None
    again = await gaia.press(f"{PAGE}/presenza", **here | {"detto": said[1]})
    assert again.status_code == HTTPStatus.NO_CONTENT
    assert "Bruno Galli sta scrivendo" in (await gaia.get("/redazione/scheda/1")).text
    await bruno.press(PAGE, **his | {"title": "Altro"})
    assert "ha salvato una versione nuova" in html.unescape(
        (await gaia.press(f"{PAGE}/presenza", **here)).text.replace("\n", "")
    )


async def test_the_page_left_in_another_tab_says_so_and_keeps_nothing(
    desk: Desk, case: Submission, gaia: Browser, clock: Clock
) -> None:
    first = await read(gaia)
    clock.forward(seconds=5)
    second = await read(gaia)
    await gaia.press(f"{PAGE}/bozza", **second | {"title": "Nella seconda"})

    kept = (await gaia.press(f"{PAGE}/bozza", **first | {"title": "Nella prima"})).text
    here = (await gaia.press(f"{PAGE}/presenza", **first)).text

    assert "Non conservato" in kept
    assert "in un’altra finestra" in here
    assert (await read(gaia))["title"] == "Nella seconda"
    await gaia.press(PAGE, **first | {"title": "Nella prima"})
    assert (await stored(desk)).title == "Nella prima", "a save counts from any page"


async def test_what_is_not_wanted_is_dropped(case: Submission, gaia: Browser, clock: Clock) -> None:
    fields = await read(gaia)
    await gaia.press(f"{PAGE}/bozza", **fields | {"title": "Altro"})
    assert "non ancora salvato" in (await gaia.get(f"/redazione{PAGE}")).text
    clock.forward(seconds=1)

    await gaia.press(f"{PAGE}/scarta")

    assert (await read(gaia))["title"] == fields["title"]
    late = await gaia.press(f"{PAGE}/bozza", **fields | {"title": "Altro"})
    assert "Non conservato" in late.text


async def test_an_edit_after_approval_takes_it_back_having_said_so(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    await channels_open(desk)
    before = await read(gaia)
    await approved(desk, case, cast.bruno, clock)
    page = (await gaia.get(f"/redazione{PAGE}")).text
    assert "l’approvazione decade" in page
    assert "Facebook: in calendario per" in page
    await gaia.press(f"{PAGE}/bozza", **before | {"title": "Altro"})
    assert (await stored(desk)).state is ArticleState.APPROVED, "typing takes nothing back"

    unaware = await gaia.press(PAGE, **before | {"title": "Altro"})
    assert unaware.status_code == HTTPStatus.CONFLICT
    assert "nel frattempo il pezzo è stato approvato" in unaware.text
    assert (await stored(desk)).state is ArticleState.APPROVED
    aware = await gaia.press(PAGE, **fields_of(unaware))

    assert aware.headers["location"].endswith("fatto=reopened")
    article = await stored(desk)
    assert (article.state, article.title) == (ArticleState.DRAFT, "Altro")
    async with desk.store.reading() as session:
        planned = (await session.exec(select(Operation.state))).all()
        verbs = (await session.exec(select(History.verb))).all()
    assert set(planned) == {OperationState.CANCELLED}
    assert "reopened" in verbs


async def test_what_is_too_long_is_refused_with_the_text_on_the_page(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    text = "è" * 50_000
    fields = await read(gaia) | {"text": text}

    kept, refused = [await gaia.press(path, **fields) for path in (f"{PAGE}/bozza", PAGE)]

    assert kept.status_code == HTTPStatus.OK
    assert "Il testo è troppo lungo" in kept.text
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert fields_of(refused)["text"] == text
    assert (await read(gaia))["text"] == text
    assert (await stored(desk)).version == 1


async def test_a_title_is_not_left_out(desk: Desk, case: Submission, gaia: Browser) -> None:
    refused = await gaia.press(PAGE, **await read(gaia) | {"title": " "})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Il titolo è vuoto" in refused.text


async def test_a_form_of_megabytes_is_refused_before_it_is_read(
    case: Submission, gaia: Browser
) -> None:
    answer = await gaia.press(PAGE, text="x" * 1_100_000)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize("fields", [
    {}, {"title": "x"}, {"title": "x", "aperta": "ieri"}, {"title": "x", "aperta": "2026-11-02"},
])  # fmt: skip
async def test_a_form_that_is_none_of_ours_keeps_nothing(
    fields: dict[str, str], desk: Desk, case: Submission, gaia: Browser
) -> None:
    answer = await gaia.press(f"{PAGE}/bozza", **fields)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert (await stored(desk)).version == 1


@pytest.mark.parametrize("version", ["0", "2", "9" * 40, "x", ""])
async def test_a_save_on_a_version_that_never_was_is_refused(
    version: str, desk: Desk, case: Submission, gaia: Browser
) -> None:
    fields = await read(gaia) | {"title": "Altro", "versione": version}

    answer = await gaia.press(PAGE, **fields)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert fields_of(answer)["title"] == "Altro"
    assert (await stored(desk)).version == 1


async def test_a_case_that_was_declined_is_not_edited_any_more(
    desk: Desk, case: Submission, gaia: Browser, bruno: Browser
) -> None:
    fields = await read(gaia)
    async with desk.store.reading() as session:
        seen = review.view_hash(await desk.render(session, await stored(desk)))
    await bruno.press("/scheda/1/rifiuta", motivo="No.", seen=seen)

    answer = await gaia.press(PAGE, **fields | {"title": "Altro"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "non si modifica" in answer.text
    assert fields_of(answer)["title"] == "Altro"
    assert (await stored(desk)).version == 1


async def test_a_case_without_a_draft_has_no_editor(gaia: Browser, case: Submission) -> None:
    for number in ("2", "x", "9" * 40):
        answer = await gaia.get(f"/redazione/articolo/{number}")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        pressed = await gaia.press(f"/articolo/{number}", title="x")
        assert pressed.status_code == HTTPStatus.NOT_FOUND


MARKDOWN = [
    "[a](javascript:alert(1))",
    "![a](x onerror=alert(1))",
    "<svg/onload=alert(1)>",
    "[a]: data:text/html,<script>alert(1)</script>\n\n[a]",
    "```<script>alert(1)</script>```",
    "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
]


@pytest.mark.parametrize("field", FIELDS)
async def test_nothing_written_in_a_field_becomes_part_of_a_page(
    field: str, case: Submission, gaia: Browser
) -> None:
    for payload in [*HOSTILE, *MARKDOWN]:
        fields = await read(gaia) | {field: payload}
        saved = await gaia.press(PAGE, **fields)
        assert saved.status_code == HTTPStatus.SEE_OTHER

        paths = (PAGE, f"{PAGE}/anteprima/", "/scheda/1", "/scheda/1/revisioni")
        pages = [await gaia.get(f"/redazione{path}") for path in paths]
        pages.append(await gaia.press(f"{PAGE}/bozza", **fields))

        assert " ".join((await read(gaia))[field].split()) == " ".join(payload.split())
        assert is_harmless(" ".join(pages[0].text.split()), payload)
        for page in pages:
            assert page.status_code == HTTPStatus.OK
            assert not re.search(r"<(script>|svg|style>|math|iframe srcdoc|img src=x)", page.text)
            assert not re.search(r'<[^>]*(href|src)="(javascript|data):', page.text)


def forms_of(page: str, channel: str) -> dict[str, bool]:
    """Return the ways that a page offers for a channel, and whether each is the chosen one."""
    radios = re.findall(rf'name="forma-{channel}" value="(\w+)"( checked)?', page)
    return {value: bool(checked) for value, checked in radios}


async def test_an_editor_chooses_what_a_channel_shows_with_what_each_way_costs(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    page = (await gaia.get(f"/redazione{PAGE}")).text
    assert forms_of(page, "x") == {"both": True, "link": False, "media": False}
    assert 'id="costo-x-both" class="soft"> · circa 0,20 $' in page
    assert 'id="costo-x-media" class="soft"> · circa 0,015 $' in page
    assert 'id="costo-facebook-media" class="soft"></span>' in page

    fields = await read(gaia) | {"forma-x": "media", "forma-facebook": "link"}
    live = await gaia.post(f"/redazione{PAGE}/bozza", data=fields, headers=HTMX)
    assert "costa 0,015 $" in live.text
    assert 'id="costo-x-link" class="soft" hx-swap-oob="true"> · circa 0,20 $' in live.text
    await gaia.post(f"/redazione{PAGE}", data=fields)

    article = await stored(desk)
    assert article.forms == {"x": "media", "facebook": "link"}
    async with desk.store.reading() as session:
        x, facebook = (await desk.render(session, article, "x", "facebook"))[::-1]
        kept = (
            await session.exec(select(ArticleVersion).order_by(col(ArticleVersion.version)))
        ).all()
    assert (x.link, len(x.media)) == (None, 2)
    assert (bool(facebook.link), facebook.media) == (True, ())
    assert kept[-1].content["forms"] == article.forms
    again = (await gaia.get(f"/redazione{PAGE}")).text
    assert forms_of(again, "x") == {"both": False, "link": False, "media": True}


async def test_the_choice_is_frozen_and_a_correction_keeps_it_until_somebody_changes_it(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    await channels_open(desk)
    await gaia.post(f"/redazione{PAGE}", data=await read(gaia) | {"forma-x": "media"})
    await approved(desk, case, cast.gaia, clock)
    async with desk.store.reading() as session:
        sent = {one.channel: one for one in await frozen(session, 1, (await stored(desk)).version)}
    assert sent["x"].link is None

    await gaia.post(f"/redazione{PAGE}", data=await read(gaia) | {"title": "Un titolo nuovo"})

    article = await stored(desk)
    assert (article.state, article.forms) == (ArticleState.DRAFT, {"x": "media"})
    async with desk.store.reading() as session:
        before = await frozen(session, 1, article.version - 1)
    assert {one.channel: one for one in before} == sent


async def test_without_media_the_choice_is_between_a_link_and_none(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        article = await session.get_one(Article, 1)
        article.media, article.forms = [], {"x": "link"}
        session.add(article)

    page = (await gaia.get(f"/redazione{PAGE}")).text

    assert forms_of(page, "x") == {"link": True, "media": False}  # what was chosen stays chosen
    assert forms_of(page, "facebook") == {"both": True, "media": False}
    assert "Solo il testo, senza link" in page
