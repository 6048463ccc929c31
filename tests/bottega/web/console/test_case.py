"""Scheda: judging one case in the browser, once, with everything in view."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bottega.web.console import Desk
from bottega.web.console.pages import STATIC
from content import dossier, entry, minors, people, privacy, review, submissions, talk
from content.articles import Article
from content.decisions import Decision, Verdict
from content.deliveries import Operation
from content.editing import edit
from content.history import Actor
from content.people import Moderator, Participant
from content.posts import Post
from content.submissions import Submission
from content.workflow import ArticleState, SubmissionState
from publishers.rubrica.assets import assets
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock
from tests.postgres import CIRCLE, TAKEN, stumble
from tests.stories import CHANNELS, FIRST, SEEN, TEXT, drafted, submitted

CASE = "/scheda/1"


@pytest.fixture
async def case(desk: Desk, cast: SimpleNamespace, clock: Clock) -> Submission:
    """What Ada told, drafted, which waits to be judged."""
    async with desk.store.transaction() as session:
        submission, _ = await drafted(session, cast.ada, clock())
    return submission


async def state(desk: Desk, case: Submission) -> SubmissionState:
    async with desk.store.reading() as session:
        return (await session.get_one(Submission, case.id)).state


async def decisions(desk: Desk) -> list[Decision]:
    async with desk.store.reading() as session:
        return list((await session.exec(select(Decision))).all())


async def looked_at(browser: Browser, path: str = CASE, **change: str) -> dict[str, str]:
    """Return the fields of the button that approves, as they are on the page."""
    page = (await browser.get(f"/redazione{path}")).text
    form = page.split(f'action="/redazione{path}/approva"')[1].split("</form>")[0]
    fields = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "seen")
    }
    return fields | {"quando": "spazio"} | change


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_approving_plans_what_was_shown_and_says_so(
    desk: Desk, case: Submission, gaia: Browser, signals: list[str]
) -> None:
    answer = await gaia.press(f"{CASE}/approva", **await looked_at(gaia, quando="ora"))

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "sta uscendo" in (await gaia.get(answer.headers["location"])).text
    assert await state(desk, case) is SubmissionState.ACCEPTED
    assert signals == ["planned", "happened"]
    async with desk.store.reading() as session:
        assert len((await session.exec(select(Operation))).all()) == 3


async def test_the_column_s_page_is_shown_in_the_column_s_own_style(
    desk: Desk, case: Submission, cast: SimpleNamespace
) -> None:
    async def render(_: AsyncSession, article: Article, *_only: str) -> list[Post]:
        return [Post(channel=FIRST, title=article.title, html=f"<p>{article.text}</p>")]

    shown = replace(desk, render=render)
    async with Browser(shown) as browser:
        await browser.enter(shown, cast.gaia)
        page = (await browser.get(f"/redazione{CASE}/anteprima/")).text

    assert TEXT in page
    style = page.split('<link rel="stylesheet" href="/')[1].split('"')[0]
    assert style in {path for path, _ in assets().values()}


async def test_each_channel_with_a_page_has_its_own_preview(
    desk: Desk, case: Submission, cast: SimpleNamespace
) -> None:
    async def render(_: AsyncSession, article: Article, *_only: str) -> list[Post]:
        return [Post(channel=one, title="t", html=f"<p>Su {one}</p>") for one in CHANNELS]

    shown = replace(desk, render=render)
    async with Browser(shown) as browser:
        await browser.enter(shown, cast.gaia)
        page = (await browser.get(f"/redazione{CASE}")).text
        for channel in CHANNELS:
            path = f"{CASE}/anteprima/?canale={channel}"
            assert f'src="/redazione{path}"' in page
            assert f"<p>Su {channel}</p>" in (await browser.get(f"/redazione{path}")).text
        none = await browser.get(f"/redazione{CASE}/anteprima/?canale=altro")

    assert none.status_code == HTTPStatus.NOT_FOUND


async def test_pressing_twice_decides_once_and_says_who_did(
    desk: Desk, case: Submission, gaia: Browser, bruno: Browser
) -> None:
    fields = await looked_at(gaia)
    await gaia.press(f"{CASE}/approva", **fields)

    again = await gaia.press(f"{CASE}/approva", **fields)
    other = await bruno.press(f"{CASE}/rifiuta", motivo="No.", seen=SEEN)

    for answer in (again, other):
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Già deciso da Gaia Monti: approvata" in answer.text
    assert len(await decisions(desk)) == 1


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("path", [f"{CASE}/approva", "/canali/red/pausa"])
async def test_what_the_database_broke_off_for_another_s_sake_is_done_all_the_same(
    path: str, desk: Desk, case: Submission, gaia: Browser
) -> None:
    fields = await looked_at(gaia)
    await stumble(desk.store, "history", CIRCLE, 1)

    answer = await gaia.press(path, **fields, motivo="Prova")

    assert answer.status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("table", "code", "status", "words"), [
    ("decision", CIRCLE, HTTPStatus.SERVICE_UNAVAILABLE, "Riprova fra un momento"),
    ("operation", TAKEN, HTTPStatus.CONFLICT, "nello stesso momento"),
])  # fmt: skip
async def test_what_the_database_breaks_off_each_time_is_said_with_what_to_do(
    table: str, code: str, status: HTTPStatus, words: str, desk: Desk, case: Submission,
    gaia: Browser,
) -> None:  # fmt: skip
    fields = await looked_at(gaia)
    await stumble(desk.store, table, code, 100)

    answer = await gaia.press(f"{CASE}/approva", **fields)

    assert answer.status_code == status
    assert words in answer.text
    assert await decisions(desk) == []


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("pairs", [10])
async def test_opposite_decisions_at_once_leave_one(
    pairs: int, desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser, bruno: Browser
) -> None:
    for number in range(1, pairs + 1):
        async with desk.store.transaction() as session:
            await drafted(session, cast.ada, clock())
        fields = await looked_at(gaia, f"/scheda/{number}", quando="ora")
        answers = await asyncio.gather(
            gaia.press(f"/scheda/{number}/approva", **fields),
            bruno.press(f"/scheda/{number}/rifiuta", motivo="No.", seen=fields["seen"]),
        )

        done, late = sorted(answers, key=lambda one: one.status_code)
        assert (done.status_code, late.status_code) == (HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT)
        assert "Già deciso da " in late.text

    assert len(await decisions(desk)) == pairs


async def test_what_was_edited_meanwhile_is_not_approved(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    fields = await looked_at(gaia)
    async with desk.store.transaction() as session:
        article = await review.article_under_review(session, case)
        by = Actor("moderator", cast.bruno.id)
        await edit(session, article, {"title": "Un titolo nuovo"}, by=by, now=clock())

    answer = await gaia.press(f"{CASE}/approva", **fields)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "è cambiato" in answer.text
    assert "Un titolo nuovo" in answer.text
    assert await decisions(desk) == []


@pytest.mark.parametrize("button", ["modifiche", "rifiuta"])
async def test_what_its_author_sent_meanwhile_is_not_declined_unread_and_the_reason_is_kept(
    button: str,
    desk: Desk,
    case: Submission,
    gaia: Browser,
    cast: SimpleNamespace,
    clock: Clock,
) -> None:
    seen = (await looked_at(gaia))["seen"]
    by = Actor("participant", cast.ada.id)
    async with desk.store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        revision = await submissions.revise(session, fresh, by=by, now=clock())
        await submissions.receive(session, fresh, revision, by=by, now=clock())

    answer = await gaia.press(f"{CASE}/{button}", motivo="Manca la data.", seen=seen)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "è cambiato" in answer.text
    assert answer.text.count("\nManca la data.</textarea>") == 1
    assert await decisions(desk) == []


@pytest.mark.parametrize(("button", "verdict"), [
    ("modifiche", Verdict.CHANGES_REQUESTED),
    ("rifiuta", Verdict.REJECTED),
])  # fmt: skip
async def test_a_reason_is_chosen_or_written_and_never_left_out(
    button: str, verdict: Verdict, desk: Desk, case: Submission, gaia: Browser
) -> None:
    seen = (await looked_at(gaia))["seen"]
    blank = await gaia.press(f"{CASE}/{button}", motivo="  ", seen=seen)
    assert blank.status_code == HTTPStatus.CONFLICT
    assert "Scrivi il motivo" in blank.text
    page = (await gaia.get(f"/redazione{CASE}")).text
    form = page.split(f"{CASE}/{button}")[1]
    chosen = form.split('name="risposta" value="')[1].split('"')[0]

    await gaia.press(f"{CASE}/{button}", risposta=chosen, seen=seen)

    [decision] = await decisions(desk)
    assert (decision.verdict, bool(decision.reason)) == (verdict, True)


async def test_nobody_judges_their_own(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        author = await people.meet(session, cast.gaia.telegram_id, "Gaia Monti", now=clock())
        await drafted(session, author, clock())

    answer = await gaia.press(f"{CASE}/rifiuta", motivo="No.", seen=SEEN)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "è tua" in answer.text


async def test_taken_in_charge_and_put_back(desk: Desk, case: Submission, gaia: Browser) -> None:
    await gaia.press(f"{CASE}/prendi")
    assert "in carico a <strong>Gaia Monti" in (await gaia.get(f"/redazione{CASE}")).text
    again = await gaia.press(f"{CASE}/prendi")
    assert again.status_code == HTTPStatus.CONFLICT

    await gaia.press(f"{CASE}/lascia")

    assert await state(desk, case) is SubmissionState.SUBMITTED


async def test_a_message_that_is_retried_is_sent_once(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    for _ in range(2):
        answer = await gaia.press(f"{CASE}/scrivi", testo="A che ora comincia?")
        assert answer.status_code == HTTPStatus.SEE_OTHER

    async with desk.store.reading() as session:
        assert [one.text for one in await talk.said(session, case)] == ["A che ora comincia?"]
    assert "A che ora comincia?" in (await gaia.get(f"/redazione{CASE}")).text


async def test_an_open_page_learns_of_a_decision_taken_elsewhere(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    page = (await gaia.get(f"/redazione{CASE}")).text
    asks = f"/redazione{CASE}/novita?visto={page.split('/novita?visto=')[1].split(chr(34))[0]}"
    pulse = f"/redazione/novita?da={page.split('/novita?da=')[1].split(chr(34))[0]}"
    assert (await gaia.get(asks)).status_code == HTTPStatus.NO_CONTENT
    assert (await gaia.get(pulse)).status_code == HTTPStatus.NO_CONTENT

    async with desk.store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        await review.decide(
            session, fresh, cast.bruno, Verdict.REJECTED, reason="No.", seen=SEEN, now=clock()
        )

    assert (await gaia.get(pulse)).headers["hx-trigger"] == "novita"
    assert "Bruno Galli" in (await gaia.get(asks)).text


async def test_what_changed_between_revisions_is_marked(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    by = Actor("participant", cast.ada.id)
    async with desk.store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        revision = await submissions.revise(session, fresh, by=by, now=clock())
        words = {"text": TEXT.replace("lunedì", "martedì")}
        await submissions.write(session, revision, words, by=by, now=clock())
        await submissions.receive(session, fresh, revision, by=by, now=clock())

    page = (await gaia.get(f"/redazione{CASE}/revisioni")).text

    assert "<del>lunedì </del><ins>martedì </ins>" in page


async def test_a_case_that_is_not_drafted_yet_can_be_read_but_not_approved(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        await submitted(session, cast.ada, clock())

    assert "bozza è in preparazione" in (await gaia.get(f"/redazione{CASE}")).text
    answer = await gaia.press(f"{CASE}/approva", version="1", seen=SEEN, quando="ora")

    assert answer.status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize("number", ["0", "2", "9" * 40, "-1", "x", "1%00", "²"])
async def test_a_case_that_is_not_there_is_not_found(
    number: str, case: Submission, gaia: Browser
) -> None:
    assert (await gaia.get(f"/redazione/scheda/{number}")).status_code == HTTPStatus.NOT_FOUND
    pressed = await gaia.press(f"/scheda/{number}/prendi")
    assert pressed.status_code == HTTPStatus.NOT_FOUND


async def test_a_draft_that_was_never_sent_is_nobody_elses(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        await submissions.begin(session, cast.ada, now=clock())

    assert (await gaia.get(f"/redazione{CASE}")).status_code == HTTPStatus.NOT_FOUND
    assert (await gaia.press(f"{CASE}/scrivi", testo="?")).status_code == HTTPStatus.NOT_FOUND


async def test_a_message_as_long_as_the_page_lets_it_be_arrives_whole(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    lines = "riga\n" * 599 + "fine."  # browsers count a line's end once, and send two characters
    assert len(lines) == 3000

    await gaia.press(f"{CASE}/scrivi", testo=lines.replace("\n", "\r\n"))

    async with desk.store.reading() as session:
        [message] = await talk.said(session, case)
    assert message.text == lines


async def test_a_form_too_long_is_refused_before_it_is_read(
    case: Submission, gaia: Browser
) -> None:
    answer = await gaia.press(f"{CASE}/scrivi", testo="x" * 300_000)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "Troppo lungo" in answer.text


async def test_a_picture_is_described_before_anything_is_approved(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    photo = {"sha256": "a" * 64, "mime": "image/jpeg", "width": 3, "height": 2}
    (desk.media_root / f"{'a' * 64}.jpg").write_bytes(b"picture")
    async with desk.store.transaction() as session:
        article = await review.article_under_review(session, case)
        article.media = [{**photo, "alt": article.title, "alt_proposed": True}]
    refused = await gaia.press(f"{CASE}/approva", **await looked_at(gaia))
    assert "Manca la descrizione" in refused.text
    shown = await gaia.get(f"/redazione{CASE}/media/0")
    assert (shown.content, shown.headers["content-type"]) == (b"picture", "image/jpeg")

    fields = {"version": "1", f"alt-{photo['sha256']}": "  Una sala\n con libri "}
    first, again = [await gaia.press(f"{CASE}/descrizioni", **fields) for _ in range(2)]

    assert first.status_code == HTTPStatus.SEE_OTHER
    assert again.status_code == HTTPStatus.SEE_OTHER
    page = (await gaia.get(f"/redazione{CASE}")).text
    assert 'alt="Una sala con libri"' in page
    assert "Manca la descrizione" not in page
    approved = await gaia.press(f"{CASE}/approva", **await looked_at(gaia))
    assert approved.status_code == HTTPStatus.SEE_OTHER


async def test_a_page_from_before_an_approval_does_not_take_it_back_with_its_descriptions(
    desk: Desk, case: Submission, gaia: Browser
) -> None:
    photo = {"sha256": "a" * 64, "mime": "image/jpeg", "width": 3, "height": 2}
    async with desk.store.transaction() as session:
        article = await review.article_under_review(session, case)
        article.media = [{**photo, "alt": article.title, "alt_proposed": True}]
    await gaia.press(f"{CASE}/descrizioni", version="1")  # as they were proposed
    await gaia.press(f"{CASE}/approva", **await looked_at(gaia))

    late = await gaia.press(
        f"{CASE}/descrizioni", **{"version": "1", f"alt-{'a' * 64}": "Una sala con libri"}
    )

    assert late.status_code == HTTPStatus.CONFLICT
    assert "Già deciso da Gaia Monti: approvata" in late.text
    async with desk.store.reading() as session:
        article = await review.article_under_review(session, case)
    assert article.state is ArticleState.APPROVED


async def test_descriptions_written_on_an_older_page_are_kept_on_the_new_one(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    photo = {"sha256": "a" * 64, "mime": "image/jpeg", "width": 3, "height": 2}
    other = {**photo, "sha256": "b" * 64, "alt": "La piazza"}
    async with desk.store.transaction() as session:
        article = await review.article_under_review(session, case)
        article.media = [{**photo, "alt": article.title, "alt_proposed": True}, other]
        by = Actor("moderator", cast.bruno.id)
        await edit(session, article, {"media": article.media[::-1]}, by=by, now=clock())

    late = await gaia.press(
        f"{CASE}/descrizioni", **{"version": "1", f"alt-{'a' * 64}": "Una sala con libri"}
    )

    assert late.status_code == HTTPStatus.CONFLICT
    assert "è cambiato" in late.text
    field = late.text.split(f'name="alt-{"a" * 64}"')[1].split("</textarea>")[0]
    assert field.endswith("\nUna sala con libri")
    field = late.text.split(f'name="alt-{"b" * 64}"')[1].split("</textarea>")[0]
    assert field.endswith("\nLa piazza")
    unseen = await gaia.press(f"{CASE}/descrizioni", version="1")
    assert unseen.status_code == HTTPStatus.CONFLICT


async def test_a_release_is_recorded_for_the_pictures_that_were_on_the_page(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    photo = {"sha256": "a" * 64, "mime": "image/jpeg", "width": 3, "height": 2}
    by = Actor("participant", cast.ada.id)
    async with desk.store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        article = await review.article_under_review(session, fresh)
        article.media = [{**photo, "alt": "Una classe"}]
        first = await submissions.latest(session, fresh)
        first.minors = True
    page = (await gaia.get(f"/redazione{CASE}")).text
    form = page.split(f'action="/redazione{CASE}/liberatoria"')[1].split("</form>")[0]
    seen = form.split('name="revisione" value="')[1].split('"')[0]
    async with desk.store.transaction() as session:
        fresh = await session.get_one(Submission, case.id)
        second = await submissions.revise(session, fresh, by=by, now=clock())
        await submissions.receive(session, fresh, second, by=by, now=clock())

    late = await gaia.press(f"{CASE}/liberatoria", revisione=seen)

    assert late.status_code == HTTPStatus.CONFLICT
    assert "è cambiato" in late.text
    now = await gaia.press(f"{CASE}/liberatoria", revisione=str(second.id))
    assert now.status_code == HTTPStatus.SEE_OTHER
    async with desk.store.reading() as session:
        assert await session.get(minors.Release, first.id) is None
        assert await session.get(minors.Release, second.id) is not None


@pytest.mark.parametrize("which", ["1", "-1", "9" * 30, "..%2f..%2fsecret"])
async def test_a_file_of_another_case_is_not_handed_over(
    which: str, case: Submission, gaia: Browser
) -> None:
    answer = await gaia.get(f"/redazione{CASE}/media/{which}")

    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_a_person_who_was_forgotten_leaves_a_page_without_words(
    desk: Desk, case: Submission, gaia: Browser, cast: SimpleNamespace, clock: Clock
) -> None:
    async with desk.store.transaction() as session:
        await privacy.erase(session, await session.get_one(Participant, cast.ada.id), now=clock())

    for path in (CASE, f"{CASE}/revisioni", "/coda?stato=withdrawn"):
        page = await gaia.get(f"/redazione{path}")
        assert page.status_code == HTTPStatus.OK
        assert "biblioteca" not in page.text
        assert "Ada Rossi" not in page.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><script>alert(1)</script>",
    "{{ 7777 * 7777 }}{% raw %}",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("payload", HOSTILE)
async def test_nothing_that_people_write_becomes_part_of_the_page(
    payload: str, desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        person = await session.get_one(Participant, cast.ada.id)
        person.name = payload
        submission, article = await drafted(session, person, clock())
        for name in ("title", "lead", "text", "organisation", "municipality", "link"):
            setattr(article, name, payload)
        member = await session.get_one(Moderator, cast.gaia.id)
        member.name = payload
        await talk.answer(session, submission, payload, now=clock())

    for path in ("/redazione/coda", f"/redazione{CASE}", f"/redazione{CASE}/revisioni"):
        page = (await gaia.get(path)).text
        assert payload not in page.replace("javascript:alert(1)", "") or "<" not in payload
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert "60481729" not in page


def test_every_step_of_a_story_has_its_words() -> None:
    source = (STATIC.parent / "templates/parts.html").read_text(encoding="utf-8")

    for verb in dossier.VERBS:
        assert f'"{verb}": "' in source


async def test_a_session_ends_by_leaving_and_by_time(
    desk: Desk, gaia: Browser, bruno: Browser, clock: Clock
) -> None:
    await gaia.press("/esci")
    assert (await gaia.get("/redazione/coda")).status_code == HTTPStatus.UNAUTHORIZED

    clock.forward(hours=entry.SESSION_LASTS.total_seconds() / 3600)

    assert (await bruno.get("/redazione/coda")).status_code == HTTPStatus.UNAUTHORIZED
