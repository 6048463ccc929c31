"""What is out is corrected or taken down from the case's page, which says before what happens."""

from http import HTTPStatus
from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from bottega.web.console import Desk
from content import editing, sending
from content.articles import Article
from content.deliveries import Action, Operation
from content.history import Actor
from content.workflow import ArticleState, OperationState
from tests import stories
from tests.bottega.web.console.conftest import Browser
from tests.clock import Clock

CASE = "/scheda/1"


async def operations(desk: Desk) -> list[Operation]:
    async with desk.store.reading() as session:
        return list((await session.exec(select(Operation).order_by(col(Operation.id)))).all())


@pytest.fixture
async def out(desk: Desk, cast: SimpleNamespace, clock: Clock) -> list[Operation]:
    """A piece that is out on all channels."""
    async with desk.store.transaction() as session:
        planned = await stories.approved(session, cast, clock())
        for one in planned:
            claimed = await sending.claim_due(session, one.id, "worker", now=clock())
            assert claimed is not None
            remote, address = f"{one.channel}-1", f"https://{one.channel}.it/1"
            await sending.settle(session, claimed, remote, address, now=clock())
    return planned


async def edited(desk: Desk, cast: SimpleNamespace, clock: Clock) -> None:
    async with desk.store.transaction() as session:
        article = (await session.exec(select(Article))).one()
        by = Actor("moderator", cast.gaia.id)
        await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
async def test_what_a_retraction_does_is_said_before_and_done_once(
    desk: Desk, out: list[Operation], gaia: Browser, signals: list[str]
) -> None:
    assert f"{CASE}/ritira" in (await gaia.get(f"/redazione{CASE}")).text
    asked = (await gaia.get(f"/redazione{CASE}/ritira")).text
    assert asked.count("il post viene cancellato") == 2
    assert "410" in asked
    assert [one.action for one in await operations(desk)] == [Action.CREATE] * 3

    answer = await gaia.press(f"{CASE}/ritira", motivo="Chiesto dal Comune")

    assert answer.status_code == HTTPStatus.SEE_OTHER
    page = (await gaia.get(answer.headers["location"])).text
    assert "la sto togliendo da ogni canale" in page
    assert "ritirata dalla redazione" in page
    assert f"{CASE}/ritira" not in page
    assert signals == ["planned", "happened"]
    deleted = [one.remote_id for one in await operations(desk) if one.action is Action.DELETE]
    assert deleted == ["page-1", "red-1", "blue-1"]

    again = await gaia.press(f"{CASE}/ritira")
    assert again.status_code == HTTPStatus.CONFLICT
    assert "È già stata ritirata" in again.text
    assert len(await operations(desk)) == 6
    assert "già stato ritirato" in (await gaia.get(f"/redazione{CASE}/ritira")).text


async def test_there_is_nothing_to_retract_of_what_is_only_planned(
    desk: Desk, cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    async with desk.store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)

    assert f"{CASE}/ritira" not in (await gaia.get(f"/redazione{CASE}")).text
    answer = await gaia.press(f"{CASE}/ritira")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "non c’è nulla da ritirare" in answer.text
    async with desk.store.reading() as session:
        assert (await session.exec(select(Article))).one().state is ArticleState.APPROVED


async def test_the_editor_chooses_what_becomes_of_each_post(
    desk: Desk, out: list[Operation], cast: SimpleNamespace, clock: Clock, gaia: Browser
) -> None:
    await edited(desk, cast, clock)
    page = (await gaia.get(f"/redazione{CASE}")).text
    assert "Approva la correzione" in page
    form = page.split(f'{CASE}/approva"')[1].split("</form>")[0]
    assert form.count('name="rimedio-page"') == 1
    assert 'name="rimedio-red" value="reply"' not in form  # this channel has no replies
    seen = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "seen")
    }
    choices = {"rimedio-red": "replace", "rimedio-blue": "reply", "rimedio-page": "leave"}

    answer = await gaia.press(f"{CASE}/approva", quando="ora", **seen, **choices)

    assert "Correzione approvata" in (await gaia.get(answer.headers["location"])).text
    assert [(one.channel, one.action, one.state) for one in (await operations(desk))[3:]] == [
        ("page", Action.EDIT, OperationState.SCHEDULED),
        ("red", Action.DELETE, OperationState.SCHEDULED),
        ("red", Action.CREATE, OperationState.SCHEDULED),
        ("blue", Action.EDIT, OperationState.SCHEDULED),
    ]


async def test_a_deletion_that_a_channel_refused_is_tried_again_or_closed(
    desk: Desk, out: list[Operation], gaia: Browser, clock: Clock
) -> None:
    await gaia.press(f"{CASE}/ritira")
    refused = (await operations(desk))[3]
    async with desk.store.transaction() as session:
        claimed = await sending.claim_due(session, refused.id, "worker", now=clock())
        assert claimed is not None
        await sending.fail(session, claimed, "La pagina non esiste", now=clock())

    assert "La pagina non esiste" in (await gaia.get(f"/redazione{CASE}")).text
    page = (await gaia.get(f"/redazione/uscita/{refused.id}")).text
    assert "Riprova" in page
    assert "Pubblica adesso" not in page
    await gaia.press(f"/uscita/{refused.id}/annulla")

    assert (await operations(desk))[3].state is OperationState.CANCELLED


async def test_what_is_corrected_is_written_in_a_sentence_once_something_is_out(
    desk: Desk, out: list[Operation], gaia: Browser
) -> None:
    assert 'name="correction"' in (await gaia.get("/redazione/articolo/1")).text
    async with desk.store.reading() as session:
        article = (await session.exec(select(Article))).one()

    answer = await gaia.press(
        "/articolo/1", versione=str(article.version), stato=article.state, title="Altro",
        aperta="2026-11-22T09:00:00+00:00", lead=article.lead, text=article.text,
        organisation=article.organisation, correction="  Il giorno era\tun altro. ",
    )  # fmt: skip

    assert answer.status_code == HTTPStatus.SEE_OTHER
    async with desk.store.reading() as session:
        said = (await session.exec(select(Article.correction))).one()
    assert said == "Il giorno era un altro."
    assert "Il giorno era un altro." in (await gaia.get("/redazione/articolo/1")).text
