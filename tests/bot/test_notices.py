"""What people are told unasked: each thing once, and in their own language."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from sqlmodel import col, select

from bot import texts
from bot.notices import Notices
from bot.outbox import Outgoing
from content import (
    doubts,
    editing,
    people,
    planning,
    privacy,
    review,
    sending,
    talk,
    withdrawals,
)
from content.articles import of_submission
from content.decisions import Verdict
from content.deliveries import Action, Operation
from content.history import NEWSROOM, Actor, History, Untold, record
from content.people import OURSELVES, Participant, meet
from content.slots import at_once
from content.store import Store
from content.submissions import Submission
from content.workflow import OperationState
from tests import stories
from tests.bot.test_reminders import newsroom_of
from tests.clock import Clock


@pytest.fixture
def notices(store: Store, clock: Clock, tmp_path: Path) -> Notices:
    return Notices(newsroom_of(store, clock, tmp_path))


async def told(store: Store, notices: Notices, person: Participant) -> list[str]:
    """Return all that a person was told up to now."""
    while await notices.tell():
        pass
    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.chat_id == person.telegram_id)
        rows = (await session.exec(query.order_by(col(Outgoing.id)))).all()
    return [row.payload["text"] for row in rows if row.what == "text"]


async def test_being_taken_in_charge_is_told_once(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        await review.claim(session, submission, cast.bruno, now=clock())
    [said] = await told(store, notices, cast.ada)
    assert "preso in carico" in said
    assert "Bruno" not in said

    async with store.transaction() as session:
        await review.release(session, submission, cast.bruno, now=clock())
        await review.claim(session, submission, cast.gaia, now=clock())

    assert len(await told(store, notices, cast.ada)) == 1


async def test_a_post_that_is_out_though_nobody_waits_for_it_is_told_to_the_group(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        await people.tie_desk(session, -1001, "Redazione", by=NEWSROOM, now=clock())
        _, post, _ = await stories.approved(session, cast, clock())
        data = {"channel": "red", "link": "https://red.example/7"}
        await record(session, "operation", post.id, "stray", by=NEWSROOM, now=clock(), data=data)
    while await notices.tell():
        pass

    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.chat_id == -1001)
        said = [one.payload["text"] for one in (await session.exec(query)).all()]
    [stray] = [text for text in said if "https://red.example/7" in text]
    assert stories.DRAFT.title in stray
    assert "toglilo dal canale" in stray


@pytest.mark.parametrize(
    ("channel", "actions", "offered"),
    [
        ("red", {Action.CREATE, Action.DELETE}, True),
        ("red", {Action.CREATE}, False),
        ("page", {Action.CREATE, Action.DELETE}, False),
    ],
)
async def test_a_stray_can_be_taken_away_where_its_channel_deletes_but_for_the_page(
    store: Store, cast: SimpleNamespace, clock: Clock, tmp_path: Path,
    channel: str, actions: set[Action], offered: bool,
) -> None:  # fmt: skip
    newsroom = newsroom_of(store, clock, tmp_path)
    publisher = SimpleNamespace(label="Canale", actions=actions)
    newsroom.publishers, newsroom.page_channel = {channel: publisher}, "page"  # type: ignore[dict-item]
    async with store.transaction() as session:
        await people.tie_desk(session, -1001, "Redazione", by=NEWSROOM, now=clock())
        _, post, _ = await stories.approved(session, cast, clock())
        data = {"channel": channel, "remote_id": "7", "link": "https://a.example/7"}
        row = await record(
            session, "operation", post.id, "stray", by=NEWSROOM, now=clock(), data=data
        )
    assert await Notices(newsroom).tell()

    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.ref == f"stray:{row.id}")
        said = (await session.exec(query)).one()
    button = [[[texts.TAKE_STRAY_AWAY, f"d:astray:{row.id}"]]] if offered else []
    assert said.payload["keyboard"] == button


async def test_being_taken_in_charge_and_decided_at_once_is_one_message(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        await review.decide(
            session, submission, cast.bruno, Verdict.REJECTED,
            reason="Fuori tema", seen=stories.SEEN, now=clock(),
        )  # fmt: skip

    [said] = await told(store, notices, cast.ada)

    assert "Fuori tema" in said


async def test_another_time_is_told_to_the_author_unless_it_is_now(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        _, red, _ = await stories.approved(session, cast, clock(), immediately=False)
    before = await told(store, notices, cast.ada)
    async with store.transaction() as session:
        moved = await planning.move_on(session, red.id, by=by, now=clock())
        moved = await planning.move_on(session, red.id, by=by, now=clock())

    [said] = (await told(store, notices, cast.ada))[len(before) :]

    assert texts.moment(moved.local_time) in said


async def test_links_are_told_once_and_corrections_and_retractions_as_what_they_are(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        operations = await stories.approved(session, cast, clock())
    for one in operations[:2]:
        await sent(store, one.id, clock)
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        await planning.cancel(session, operations[2].id, by=by, now=clock())
    *_, published = await told(store, notices, cast.ada)
    assert "è uscita" in published
    assert published.count("https://") == 2

    await sent(store, await planned(store, operations[0], Action.EDIT), clock)
    *_, corrected = await told(store, notices, cast.ada)
    assert "è stata corretta" in corrected

    await sent(store, await planned(store, operations[0], Action.DELETE), clock)
    assert (await told(store, notices, cast.ada))[-1] == corrected
    await sent(store, await planned(store, operations[1], Action.DELETE), clock)
    *_, retracted = await told(store, notices, cast.ada)
    assert "ha tolto" in retracted
    assert sum("è uscita" in one for one in await told(store, notices, cast.ada)) == 1


async def test_an_author_is_told_once_that_everything_planned_was_annulled(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    """They were told when it comes out: they do not wait for what comes no more."""
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock(), immediately=False)
        await planning.cancel(session, red.id, by=by, now=clock())
    before = await told(store, notices, cast.ada)
    assert "Uscirà" in before[-1]

    async with store.transaction() as session:
        await planning.cancel(session, page.id, by=by, now=clock())  # and blue with it

    [said] = (await told(store, notices, cast.ada))[len(before) :]
    assert "ha annullato tutte le uscite" in said
    async with store.reading() as session:
        assert (await session.get_one(Operation, blue.id)).state is OperationState.CANCELLED


async def test_an_author_is_not_told_that_all_is_annulled_as_long_as_something_may_come_out(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    by = Actor("moderator", cast.bruno.id)
    async with store.transaction() as session:
        page, red, blue = await stories.approved(session, cast, clock())
        taken = await sending.claim_due(session, page.id, "worker", now=clock())
        assert taken is not None
        await sending.leave_unconfirmed(session, taken, "timeout", now=clock())
    before = await told(store, notices, cast.ada)
    async with store.transaction() as session:
        await planning.cancel(session, red.id, by=by, now=clock())
        await planning.cancel(session, blue.id, by=by, now=clock())

    assert await told(store, notices, cast.ada) == before


@pytest.mark.parametrize("who", ["an edit", "the author, by a withdrawal", "the author's consent"])
async def test_an_author_is_not_told_that_all_is_annulled_who_knows_or_is_told_otherwise(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices, who: str
) -> None:
    async with store.transaction() as session:
        await stories.approved(session, cast, clock(), immediately=False)
    before = await told(store, notices, cast.ada)
    async with store.transaction() as session:
        case = (await session.exec(select(Submission))).one()
        article = await of_submission(session, case.id)
        assert article is not None
        if who == "an edit":
            by = Actor("moderator", cast.gaia.id)
            await editing.edit(session, article, {"title": "Altro"}, by=by, now=clock())
        elif who == "the author, by a withdrawal":
            assert await withdrawals.withdraw(session, case, now=clock())
        else:
            await privacy.withhold(session, cast.ada, stories.FIRST, stories.FIRST, now=clock())

    assert await told(store, notices, cast.ada) == before


async def planned(store: Store, like: Operation, action: Action) -> int:
    """Plan one more operation on a post that is out."""
    async with store.transaction() as session:
        fields = like.model_dump(include={"delivery_id", "channel", "post_id"})
        place = at_once(like.due_at)
        more = Operation(
            **fields, action=action, state=OperationState.SCHEDULED, due_at=place.due_at,
            local_time=place.local_time, next_try_at=place.due_at, remote_id=str(like.id),
        )  # fmt: skip
        session.add(more)
        await session.flush()
        return more.id


async def sent(store: Store, operation_id: int, clock: Clock) -> None:
    async with store.transaction() as session:
        claimed = await sending.claim_due(session, operation_id, "worker", now=clock())
    assert claimed is not None
    async with store.transaction() as session:
        link = f"https://a.example/{operation_id}"
        remote = claimed.remote_id or str(operation_id)
        await sending.settle(session, claimed, remote, link, now=clock())


async def test_an_author_is_told_in_their_own_language(
    store: Store,
    cast: SimpleNamespace,
    clock: Clock,
    notices: Notices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalogue = ModuleType("bot.texts.de")
    catalogue.__dict__["newsroom_asks"] = lambda number, _title, text: f"Frage {number}: {text}"
    catalogue.__spec__ = texts.__spec__
    monkeypatch.setitem(sys.modules, "bot.texts.de", catalogue)
    texts.catalogue.cache_clear()
    async with store.transaction() as session:
        ada = await session.get_one(Participant, cast.ada.id)
        ada.language = "de-AT"
        submission, _ = await stories.submitted(session, ada, clock())
        await talk.ask(session, submission, cast.bruno, "Quando apre?", now=clock())

    [said] = await told(store, notices, cast.ada)

    assert said == f"Frage {submission.receipt}: Quando apre?"
    texts.catalogue.cache_clear()


async def test_nobody_is_told_whom_nobody_knows_any_more(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        await talk.ask(session, submission, cast.bruno, "Quando apre?", now=clock())
        ada = await session.get_one(Participant, cast.ada.id)
        ada.erased_at = clock()
        session.add(ada)

    assert await told(store, notices, cast.ada) == []


async def test_the_newsroom_is_told_nothing_of_its_own_pieces(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        ourselves = await meet(session, OURSELVES, "La redazione", now=clock())
        submission, _ = await stories.submitted(session, ourselves, clock())
        await talk.ask(session, submission, cast.bruno, "Quando apre?", now=clock())

    assert await told(store, notices, ourselves) == []


async def test_what_does_not_fit_in_one_message_is_told_in_several(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    words = " ".join(f"parola{n}" for n in range(450))
    async with store.transaction() as session:
        submission, _ = await stories.submitted(session, cast.ada, clock())
        await talk.ask(session, submission, cast.bruno, words, now=clock())

    said = await told(store, notices, cast.ada)

    assert len(said) == 2
    assert max(len(one) for one in said) <= 4096
    assert "parola0 " in said[0]
    assert "parola449" in said[1]


@pytest.mark.parametrize(
    ("action", "asked", "offered"),
    [
        (Action.CREATE, "se è uscito", ["✅ È uscito", "🔁 Non è uscito: riprova"]),
        (Action.EDIT, "se è stato corretto", ["✅ È corretto", "🔁 Non è corretto: riprova"]),
        (Action.DELETE, "se è sparito", ["✅ È sparito", "📌 C’è ancora"]),
        (Action.REPLY, "se la risposta è uscita", ["✅ È uscita", "🔁 Non è uscita: riprova"]),
    ],
)
async def test_a_doubt_is_asked_in_the_words_of_what_was_tried(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices,
    action: Action, asked: str, offered: list[str],
) -> None:  # fmt: skip
    async with store.transaction() as session:
        by = Actor("moderator", cast.gaia.id)
        await people.tie_desk(session, -100, "Redazione", by=by, now=clock())
        page, *_ = await stories.approved(session, cast, clock())
        page.action, page.state, page.tries = action, OperationState.UNCONFIRMED, 2
        session.add(page)
        await doubts.ask_people(session, page.id, now=clock())

    while await notices.tell():
        pass

    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.ref == f"trouble:{page.id}")
        said = (await session.exec(query)).one()
    assert f"Non riesco a sapere {asked}" in said.payload["text"]
    assert [label for row in said.payload["keyboard"] for label, _ in row] == offered
    presses = [data for row in said.payload["keyboard"] for _, data in row]
    assert presses == [f"d:out:{page.id}", f"d:absent:{page.id}:2"]


async def test_what_cannot_be_told_holds_nothing_up_and_is_tried_again_after_an_hour(
    store: Store, cast: SimpleNamespace, clock: Clock, notices: Notices
) -> None:
    async with store.transaction() as session:
        await people.tie_desk(session, -1001, "Redazione", by=NEWSROOM, now=clock())
        submission, _ = await stories.submitted(session, cast.ada, clock())
        by, lost = Actor("moderator", cast.bruno.id), {"message": 1}
        await record(session, "submission", submission.id, "asked", by=by, now=clock(), data=lost)
        await review.claim(session, submission, cast.bruno, now=clock())

    [said] = await told(store, notices, cast.ada)

    assert "preso in carico" in said
    assert not await notices.tell()
    assert await untold(store) == ["asked"]
    [alert] = [one for one in await in_group(store, -1001) if "non è partito" in one]
    assert str(submission.receipt) in alert

    clock.forward(minutes=61)
    assert await notices.tell()
    assert len([one for one in await in_group(store, -1001) if "non è partito" in one]) == 1
    async with store.transaction() as session:
        await talk.ask(session, submission, cast.bruno, "Quando apre?", now=clock())
    clock.forward(minutes=61)
    twice = [one for one in await told(store, notices, cast.ada) if "Quando apre?" in one]
    assert len(twice) == 2  # the message is there now, for both
    assert await untold(store) == []


async def untold(store: Store) -> list[str]:
    async with store.reading() as session:
        query = select(History.verb).join(Untold, col(Untold.history_id) == col(History.id))
        return list((await session.exec(query)).all())


async def in_group(store: Store, chat_id: int) -> list[str]:
    async with store.reading() as session:
        query = select(Outgoing).where(Outgoing.chat_id == chat_id).order_by(col(Outgoing.id))
        return [one.payload["text"] for one in (await session.exec(query)).all()]
