"""An e-book's page proposes the news of it, leads to its case, and says when it is out in vain."""

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from bottega.web.console import Desk
from content import arranging, articles, attachments, editions, review
from content.articles import Article
from content.editions import Edition
from content.history import Actor
from content.media import Medium, keep
from content.store import Store
from content.submissions import Revision, Submission
from content.workflow import EditionState
from tests import editions as shelf
from tests import stories
from tests.bottega.web.console.conftest import Browser
from tests.fakes import FakePublisher
from tests.journeys.people import picture

PATH = "/ebook/1"
COLUMN = "https://column.example"
OFFER = "Proponi l’annuncio"


@pytest.fixture
async def desk(desk: Desk, signals: list[str]) -> Desk:
    """A console beside a web column."""
    return replace(
        desk, column=COLUMN, owner="La redazione", submitted=lambda: signals.append("submitted")
    )


@pytest.fixture(autouse=True)
async def book(desk: Desk, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished edition of a piece that is out."""
    page, by = desk.page_channel or "", Actor("moderator", cast.bruno.id)
    monkeypatch.setattr(shelf, "PAGE", page)
    async with desk.store.transaction() as session:
        lab = await shelf.lab_of(session, cast, desk.clock())
        await shelf.published(session, cast, desk.clock(), "Primo")
        edition = await arranging.propose(session, lab, page, by=by, now=desk.clock())
        await editions.finish(session, edition, by=by, now=desk.clock())


async def case(store: Store) -> Submission:
    """The newest case."""
    async with store.reading() as session:
        query = select(Submission).order_by(col(Submission.id).desc()).limit(1)
        return (await session.exec(query)).one()


async def drafted(desk: Desk) -> Article:
    async with desk.store.transaction() as session:
        (number,) = await articles.undrafted(session, limit=9)
        revision = await session.get_one(Revision, number)
        return await articles.draft(session, revision, stories.DRAFT, now=desk.clock())


async def approved(desk: Desk, cast: SimpleNamespace) -> Article:
    article = await drafted(desk)
    async with desk.store.transaction() as session:
        posts = stories.posts_of(article)
        await review.approve(
            session, await session.get_one(Submission, article.submission_id),
            await session.merge(cast.gaia), posts, version=article.version,
            seen=review.view_hash(posts), page_channel=desk.page_channel,
            immediately=True, now=desk.clock(),
        )  # fmt: skip
    return article


async def dress(desk: Desk, cover: Medium) -> None:
    """Give the edition a cover of its own."""
    told = cover.model_copy(update={"alt": "Una piazza.", "credit": "Carla Neri"})
    async with desk.store.transaction() as session:
        edition = await session.get_one(Edition, 1)
        edition.cover = told.model_dump(mode="json")
        session.add(edition)


async def reads(browser: Browser, path: str = PATH) -> str:
    answer = await browser.get(f"/redazione{path}")
    assert answer.status_code == HTTPStatus.OK
    return answer.text


async def test_one_press_leads_to_a_case_that_waits_with_the_cover(
    bruno: Browser, desk: Desk, signals: list[str]
) -> None:
    assert OFFER in await reads(bruno)

    answer = await bruno.press(f"{PATH}/annuncia")

    one = await case(desk.store)
    assert answer.headers["location"] == f"/redazione/scheda/{one.id}?fatto=announced"
    assert signals == ["submitted"]
    html = await reads(bruno, f"/scheda/{one.id}")
    assert f'href="/redazione{PATH}"' in html
    assert "pezzo della redazione" in html
    assert "Scrivi all’autore" not in html
    assert "Chiedi modifiche" not in html
    async with desk.store.reading() as session:
        revision = (
            await session.exec(select(Revision).where(Revision.submission_id == one.id))
        ).one()
        assert revision.link == f"{COLUMN}/ebook/citta-intelligenti-2027-1/"
        (attachment,) = await attachments.of(session, revision.id)
    cover = Medium.model_validate(attachment.medium)
    assert (Path(desk.media_root) / cover.file_name).is_file()
    assert (cover.width, cover.height) == (1600, 2400)


async def test_the_editors_own_cover_goes_with_the_words_that_tell_it(
    bruno: Browser, desk: Desk
) -> None:
    await dress(desk, keep(desk.media_root, picture()))

    await bruno.press(f"{PATH}/annuncia")

    html = await reads(bruno, f"/scheda/{(await case(desk.store)).id}")
    assert 'alt="Copertina: Una piazza."' in html
    async with desk.store.reading() as session:
        revision = (await session.exec(select(Revision))).all()[-1]
    assert revision.credit == "Carla Neri"


async def test_without_the_file_of_its_cover_nothing_is_proposed(
    bruno: Browser, desk: Desk
) -> None:
    before = (await case(desk.store)).id
    await dress(desk, Medium(sha256="f" * 64, mime="image/jpeg", width=400, height=600))

    answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Il file della copertina non c’è più" in answer.text
    assert (await case(desk.store)).id == before


async def test_a_second_press_leads_to_the_one_there_is(bruno: Browser, desk: Desk) -> None:
    await bruno.press(f"{PATH}/annuncia")
    one = await case(desk.store)

    answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.headers["location"].endswith(f"/scheda/{one.id}?fatto=announced_already")
    assert (await case(desk.store)).id == one.id
    html = await reads(bruno)
    assert OFFER not in html
    assert f'href="/redazione/scheda/{one.id}"' in html


async def test_an_edition_opened_again_says_that_its_announcement_is_out_and_offers_to_retract_it(
    bruno: Browser, desk: Desk, cast: SimpleNamespace
) -> None:
    await bruno.press(f"{PATH}/annuncia")
    article = await approved(desk, cast)
    async with desk.store.transaction() as session:
        await shelf.send(session, article, desk.clock())
    assert "è ancora fuori" not in await reads(bruno)

    await bruno.press(PATH, fai="riapri")

    html = await reads(bruno)
    assert "Il suo annuncio è ancora fuori" in html
    assert f'href="/redazione/scheda/{article.submission_id}/ritira"' in html
    assert "che è di nuovo in preparazione" in await reads(
        bruno, f"/scheda/{article.submission_id}"
    )
    await bruno.press(f"/scheda/{article.submission_id}/ritira", motivo="Da rifare")
    async with desk.store.transaction() as session:
        await shelf.send(session, article, desk.clock())
    assert "è ancora fuori" not in await reads(bruno)


async def test_an_announcement_that_is_still_to_go_out_is_said_where_its_book_was_opened_again(
    bruno: Browser, desk: Desk, cast: SimpleNamespace
) -> None:
    await bruno.press(f"{PATH}/annuncia")
    await approved(desk, cast)

    await bruno.press(PATH, fai="riapri")

    assert "è in calendario ed esce lo stesso" in await reads(bruno)


async def test_what_announces_an_ebook_that_was_opened_again_is_not_approved(
    bruno: Browser, desk: Desk
) -> None:
    await bruno.press(f"{PATH}/annuncia")
    article = await drafted(desk)
    await bruno.press(PATH, fai="riapri")
    assert "approvalo quando l’e-book è tornato" in await reads(bruno)

    seen = review.view_hash(stories.posts_of(article))
    answer = await bruno.press(
        f"/scheda/{article.submission_id}/approva", version="1", seen=seen, quando="ora"
    )

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "approva dopo che è finito" in answer.text


async def test_an_ebook_that_is_not_finished_is_not_announced(bruno: Browser, desk: Desk) -> None:
    await bruno.press(PATH, fai="riapri")
    before = (await case(desk.store)).id

    answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "L’e-book non è finito" in answer.text
    assert OFFER not in answer.text
    assert (await case(desk.store)).id == before


async def test_without_a_channel_beside_the_column_nothing_is_proposed(
    desk: Desk, cast: SimpleNamespace
) -> None:
    page = desk.page_channel or ""
    alone = replace(desk, publishers={page: FakePublisher(page)})
    before = (await case(desk.store)).id
    async with Browser(alone) as browser:
        bruno = await browser.enter(alone, cast.bruno)
        answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Non c’è nessun canale acceso oltre alla rubrica" in answer.text
    assert (await case(desk.store)).id == before


async def test_without_a_column_nothing_is_proposed(desk: Desk, cast: SimpleNamespace) -> None:
    blind = replace(desk, column="")
    async with Browser(blind) as browser:
        bruno = await browser.enter(blind, cast.bruno)
        answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "La rubrica è spenta" in answer.text


async def test_an_ebook_of_which_nothing_is_left_is_not_announced(
    bruno: Browser, desk: Desk
) -> None:
    async with desk.store.transaction() as session:
        edition = await session.get_one(Edition, 1)
        assert edition.state is EditionState.FINISHED
        for piece in await editions.pieces(session, edition):
            await session.delete(piece)

    answer = await bruno.press(f"{PATH}/annuncia")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Nell’e-book non è rimasto nessun pezzo, e nella rubrica" in answer.text


async def test_who_may_not_compose_books_sees_the_announcement_and_proposes_none(
    gaia: Browser, bruno: Browser, desk: Desk
) -> None:
    assert OFFER not in await reads(gaia)
    assert (await gaia.press(f"{PATH}/annuncia")).status_code == HTTPStatus.FORBIDDEN

    await bruno.press(f"{PATH}/annuncia")

    assert f'href="/redazione/scheda/{(await case(desk.store)).id}"' in await reads(gaia)


async def test_an_ebook_that_there_is_not_is_not_announced(bruno: Browser) -> None:
    assert (await bruno.press("/ebook/99/annuncia")).status_code == HTTPStatus.NOT_FOUND
