"""Calendario: moved, held, sent and dropped in the browser, as in Telegram."""

from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bottega.web.console import Desk
from content import doubts, lapses, silence
from content.deliveries import Operation
from content.history import NEWSROOM, Actor, History
from content.retractions import retract
from content.sending import claim_due, settle
from content.submissions import Submission
from content.workflow import OperationState
from tests import stories
from tests.bottega.web.console.conftest import Browser
from tests.clock import MONDAY, Clock
from tests.payloads import HOSTILE, is_harmless
from tests.statements import counted

WEEK = "/redazione/calendario?da=2026-11-23"


@pytest.fixture
async def planned(desk: Desk, cast: SimpleNamespace, clock: Clock) -> list[int]:
    """The page's operation, and those of red and blue: Monday at 12:30."""
    async with desk.store.transaction() as session:
        return [one.id for one in await stories.approved(session, cast, clock(), immediately=False)]


async def read(desk: Desk, operation_id: int) -> Operation:
    async with desk.store.reading() as session:
        return await session.get_one(Operation, operation_id)


async def verbs(desk: Desk, operation_id: int) -> list[str]:
    query = select(History.verb).where(History.noun == "operation", History.noun_id == operation_id)
    async with desk.store.reading() as session:
        return list((await session.exec(query.order_by(History.id))).all())  # type: ignore[arg-type]


async def test_the_week_shows_what_goes_out_and_where_there_is_room(
    gaia: Browser, planned: list[int]
) -> None:
    week = (await gaia.get(WEEK)).text

    assert week.count(stories.DRAFT.title) == 3
    assert "12:30 red" in week
    assert 'data-place="' in week
    assert "2026-11-24" in week
    only = (await gaia.get(f"{WEEK}&canale=red")).text
    assert only.count(stories.DRAFT.title) == 1


async def test_the_month_shows_the_whole_weeks_it_lies_in(
    gaia: Browser, planned: list[int]
) -> None:
    month = (await gaia.get("/redazione/calendario?da=2026-11-23&vista=mese")).text

    assert month.count('<li class="day') == 42
    assert "Novembre 2026" in month
    assert month.count(stories.DRAFT.title) == 3


@pytest.mark.parametrize("da", ["", "ieri", "2026-13-40", "0001-01-01", "9999-12-31", "<b>"])
async def test_a_day_that_is_none_shows_this_week(
    gaia: Browser, planned: list[int], da: str
) -> None:
    answer = await gaia.get("/redazione/calendario", params={"da": da})

    assert answer.status_code == HTTPStatus.OK
    assert "23 novembre" in answer.text


async def test_a_free_place_is_taken_and_the_page_follows(
    gaia: Browser, desk: Desk, planned: list[int], signals: list[str]
) -> None:
    page, red, blue = planned
    slot = (await read(desk, red)).slot_id

    answer = await gaia.press(f"/uscita/{blue}/sposta", quando="2026-11-25T18:10")
    assert answer.headers["location"].endswith(f"/uscita/{blue}?fatto=moved")
    await gaia.press(f"/uscita/{red}/sposta", posto=f"{slot}@2026-11-30")

    assert (await read(desk, red)).local_time == "2026-11-30T12:30"
    assert (await read(desk, blue)).local_time == "2026-11-25T18:10"
    assert (await read(desk, page)).local_time == "2026-11-25T18:10"
    assert signals == ["planned", "happened"] * 2


async def test_a_thing_dragged_to_another_day_keeps_its_hour_and_its_page(
    gaia: Browser, desk: Desk, planned: list[int]
) -> None:
    answer = await gaia.press(
        f"/uscita/{planned[1]}/sposta", giorno="2026-11-26", da="2026-11-23", canale="red"
    )

    where = answer.headers["location"]
    assert where == "/redazione/calendario?da=2026-11-23&canale=red&fatto=moved"
    assert (await read(desk, planned[1])).local_time == "2026-11-26T12:30"
    assert "Spostata." in (await gaia.get(where)).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"quando": "2026-11-22T10:00"}, "già passato"),
        ({"quando": "domani"}, "Scegli un giorno e un’ora"),
        ({}, "Scegli un giorno e un’ora"),
        ({"giorno": "2026-02-30"}, "Scegli un giorno e un’ora"),
        ({"posto": "999@2026-11-30"}, "non è più libero"),
        ({"posto": "1@2026-11-29"}, "non è più libero"),
        ({"posto": "x"}, "Scegli un giorno e un’ora"),
    ],
)
async def test_where_nothing_can_go_nothing_moves_and_it_is_said(
    gaia: Browser, desk: Desk, planned: list[int], fields: dict[str, str], told: str
) -> None:
    answer = await gaia.press(f"/uscita/{planned[1]}/sposta", **fields)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert told in answer.text
    assert (await read(desk, planned[1])).local_time == "2026-11-23T12:30"


async def test_a_place_that_somebody_has_is_not_taken_twice(
    gaia: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock, planned: list[int]
) -> None:
    async with desk.store.transaction() as session:
        later = await stories.approved(session, cast, clock(), immediately=False)
        theirs = (later[1].id, later[1].slot_id, later[1].slot_day)

    answer = await gaia.press(f"/uscita/{planned[1]}/sposta", posto=f"{theirs[1]}@{theirs[2]}")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "non è più libero" in answer.text
    assert (await read(desk, planned[1])).local_time == "2026-11-23T12:30"


async def test_nothing_moves_into_a_blackout(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    day = timedelta(days=1)
    async with desk.store.transaction() as session:
        await silence.declare(
            session, MONDAY + day, MONDAY + 2 * day, "Voto", by=NEWSROOM, now=clock()
        )

    answer = await gaia.press(f"/uscita/{planned[1]}/sposta", giorno="2026-11-24")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "silenzio della redazione" in answer.text
    assert "Silenzio: Voto" in (await gaia.get(WEEK)).text


async def test_a_post_is_held_with_a_reason_and_let_go(
    gaia: Browser, bruno: Browser, desk: Desk, planned: list[int]
) -> None:
    red = planned[1]
    assert (await gaia.press(f"/uscita/{red}/trattieni")).status_code == HTTPStatus.CONFLICT

    await gaia.press(f"/uscita/{red}/trattieni", motivo="Aspettiamo il sindaco")
    assert "Aspettiamo il sindaco" in (await bruno.get(f"/redazione/uscita/{red}")).text
    await bruno.press(f"/uscita/{red}/lascia")

    assert (await read(desk, red)).hold_reason is None
    assert (await verbs(desk, red))[-2:] == ["held", "let_go"]


async def test_what_is_held_goes_out_when_somebody_says_now(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    await gaia.press(f"/uscita/{planned[1]}/trattieni", motivo="Prova")
    await gaia.press(f"/uscita/{planned[1]}/ora")

    one = await read(desk, planned[1])
    assert (one.due_at, one.hold_reason) == (clock(), None)


async def test_what_was_missed_is_sent_again_or_dropped(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    _, red, blue = planned
    late = clock.forward(hours=10)
    async with desk.store.transaction() as session:
        await lapses.miss_late(session, now=late)
    assert "Pubblica adesso" in (await gaia.get(f"/redazione/uscita/{red}")).text

    await gaia.press(f"/uscita/{red}/ora")
    await gaia.press(f"/uscita/{blue}/annulla")

    assert (await read(desk, red)).state is OperationState.SCHEDULED
    assert (await read(desk, blue)).state is OperationState.CANCELLED


async def test_a_post_whose_page_was_dropped_is_not_sent_and_it_is_said_why(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    page, red, _ = planned
    late = clock.forward(hours=10)
    async with desk.store.transaction() as session:
        await lapses.miss_late(session, now=late)
    await gaia.press(f"/uscita/{page}/annulla")

    refused = await gaia.press(f"/uscita/{red}/ora")

    assert refused.status_code == HTTPStatus.CONFLICT
    assert "l’uscita della pagina a cui rimanda è stata annullata" in refused.text
    assert (await read(desk, red)).state is OperationState.MISSED


async def doubtful(desk: Desk, clock: Clock, operation_id: int) -> None:
    """Leave an operation in the hands of a sender that died."""
    async with desk.store.transaction() as session:
        page = await session.get_one(Operation, operation_id)
        assert await claim_due(session, page.id, "worker", now=clock.forward(days=0, hours=4))
        await lapses.expire_leases(session, now=clock(), all_of_them=True)


async def test_who_saw_a_post_says_so_with_its_link(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    page = planned[0]
    await doubtful(desk, clock, page)
    wrong = await gaia.press(f"/uscita/{page}/uscita", link="javascript:alert(1)")
    assert wrong.status_code == HTTPStatus.CONFLICT

    await gaia.press(f"/uscita/{page}/uscita", link="https://example.org/1")

    one = await read(desk, page)
    assert (one.state, one.permalink) == (OperationState.DONE, "https://example.org/1")
    again = await gaia.press(f"/uscita/{page}/uscita")
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Nel frattempo è cambiata" in again.text


async def test_the_link_of_a_post_tells_what_a_correction_is_to_be_aimed_at(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    page = planned[0]
    await doubtful(desk, clock, page)
    first, second = (f"https://{stories.FIRST}.example/{number}" for number in (7, 8))

    await gaia.press(f"/uscita/{page}/uscita", link=f"{first} {second}")

    one = await read(desk, page)
    assert (one.remote_id, one.permalink) == (f"{stories.FIRST}-7,{stories.FIRST}-8", first)


@pytest.mark.parametrize(
    ("pressed", "state"),
    [("uscita", OperationState.DONE), ("non-uscita", OperationState.SCHEDULED)],
)
async def test_whether_a_deletion_was_made_is_said_by_who_looked(
    gaia: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock, planned: list[int],
    pressed: str, state: OperationState,
) -> None:  # fmt: skip
    page = planned[0]
    async with desk.store.transaction() as session:
        taken = await claim_due(session, page, "worker", now=clock.forward(days=0, hours=4))
        assert taken is not None
        await settle(session, taken, "first-1", "https://first.example/1", now=clock())
        case = (await session.exec(select(Submission))).one()
        by = Actor("moderator", cast.bruno.id)
        (deletion,) = await retract(session, case, "Errore", by=by, now=clock())
    await doubtful(desk, clock, deletion.id)
    path = f"/uscita/{deletion.id}"
    assert "il sistema lo rifà da sé" in (await gaia.get(f"/redazione{path}")).text

    async with desk.store.transaction() as session:
        await doubts.ask_people(session, deletion.id, now=clock())
    asked = (await gaia.get(f"/redazione{path}")).text
    assert "È sparito" in asked
    assert "C’è ancora" in asked
    await gaia.press(f"{path}/{pressed}", prova="1")

    assert (await read(desk, deletion.id)).state is state


async def test_who_saw_no_post_has_it_sent(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    await doubtful(desk, clock, planned[0])
    path = f"/uscita/{planned[0]}"
    assert "Non è uscito: mandalo" not in (await gaia.get(f"/redazione{path}")).text
    too_soon = await gaia.press(f"{path}/non-uscita", prova="1")
    assert too_soon.status_code == HTTPStatus.CONFLICT
    assert "sta ancora controllando" in too_soon.text
    assert (await read(desk, planned[0])).state is OperationState.UNCONFIRMED

    async with desk.store.transaction() as session:
        await doubts.ask_people(session, planned[0], now=clock())
    page = (await gaia.get(f"/redazione{path}")).text
    assert "Non è uscito: mandalo" in page
    assert '<input type="hidden" name="prova" value="1">' in page
    await gaia.press(f"{path}/non-uscita", prova="1")

    assert (await read(desk, planned[0])).state is OperationState.SCHEDULED


async def test_the_page_of_an_older_doubt_says_nothing_of_another_try(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int]
) -> None:
    path = f"/uscita/{planned[0]}"
    for _ in range(2):
        await doubtful(desk, clock, planned[0])
        async with desk.store.transaction() as session:
            await doubts.ask_people(session, planned[0], now=clock())
        answered = await gaia.press(f"{path}/non-uscita", prova="1")

    assert answered.status_code == HTTPStatus.CONFLICT
    assert "Nel frattempo è cambiata" in answered.text
    assert (await read(desk, planned[0])).state is OperationState.UNCONFIRMED


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "x", "-1"])
async def test_an_operation_that_is_nobodys_is_missing(gaia: Browser, number: str) -> None:
    assert (await gaia.get(f"/redazione/uscita/{number}")).status_code == HTTPStatus.NOT_FOUND
    pressed = await gaia.press(f"/uscita/{number}/ora")
    assert pressed.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_reason_runs_in_the_calendar(
    gaia: Browser, desk: Desk, clock: Clock, planned: list[int], text: str
) -> None:
    await gaia.press(f"/uscita/{planned[1]}/trattieni", motivo=text)
    async with desk.store.transaction() as session:
        await silence.declare(
            session, MONDAY, MONDAY + timedelta(days=1), text, by=NEWSROOM, now=clock()
        )

    for path in (WEEK, f"/redazione/uscita/{planned[1]}"):
        assert is_harmless((await gaia.get(path)).text, text)


async def test_a_week_asks_no_query_for_each_row(
    gaia: Browser, desk: Desk, cast: SimpleNamespace, clock: Clock, planned: list[int]
) -> None:
    with counted(desk.store) as few:
        await gaia.get(WEEK)
    async with desk.store.transaction() as session:
        for _ in range(6):
            await stories.approved(session, cast, clock(), immediately=False)

    with counted(desk.store) as many:
        week = (await gaia.get(WEEK)).text

    assert week.count(stories.DRAFT.title) == 3 * 7
    assert len(many) == len(few)
