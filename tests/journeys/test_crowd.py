"""A day with 200 submissions: the group is neither flooded nor throttled, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, func, select

from bot import arrivals
from bot.outbox import OutboxState, Outgoing
from bottega.runtime import Runtime
from bottega.sandbox import Cast, Sandbox
from bottega.sandbox.core import Exchange
from bottega.settings import Settings
from content import consents, people, review, submissions
from content.articles import Article
from content.decisions import Verdict
from content.history import Actor, Untold
from content.submissions import Submission
from tests.clock import Clock
from tests.journeys.conftest import staff
from tests.journeys.people import APPROVE, Message, Phone, buttons
from tests.stories import SEEN

CALLS = 20
MANY = 200


class Watch:
    """Every call about the group, by the clock of the newsroom."""

    def __init__(self, sandbox: Sandbox, group: int, clock: Clock) -> None:
        self.made: list[tuple[datetime, str]] = []
        self._group, self._clock = str(group), clock
        sandbox.board.listeners.append(self._hear)

    def _hear(self, exchange: Exchange) -> None:
        if exchange.service == "telegram" and exchange.fields.get("chat_id") == self._group:
            self.made.append((self._clock(), exchange.path))

    def made_now(self) -> int:
        now = self._clock()
        return sum(at == now for at, _ in self.made)

    def most_in_a_minute(self) -> int:
        moments = [at for at, _ in self.made]
        minute = timedelta(minutes=1)
        return max(sum(begin <= at < begin + minute for at in moments) for begin in moments)


@pytest.fixture
def watch(sandbox: Sandbox, cast: Cast, clock: Clock) -> Watch:
    return Watch(sandbox, cast.group_id, clock)


@pytest.fixture
async def newsroom(settings: Settings, cast: Cast, clock: Clock) -> AsyncIterator[Runtime]:
    """The newsroom as it is on the real Telegram, by a clock that tests move."""
    runtime = Runtime(settings.model_copy(update={"telegram_group_calls": CALLS}), clock)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        yield runtime


async def arrive(newsroom: Runtime, cast: Cast, how_many: int) -> None:
    """Have cases come, as the bot takes them, and wait until all are drafted and brought."""
    now = newsroom.clock()
    async with newsroom.store.transaction() as session:
        ada = await people.meet(session, cast.ada.id, "Ada Rossi", now=now)
        await consents.accept(session, ada, ("rubrica", "facebook", "x"), now=now)
        by = Actor("participant", ada.id)
        for _ in range(how_many):
            case, revision = await submissions.begin(session, ada, now=now)
            fields = {
                "text": f"Il Comune di Tirano apre la sala numero {case.id} della biblioteca.",
                "title": f"Apre la sala {case.id}",
                "organisation": "Comune di Tirano",
            }
            await submissions.write(session, revision, fields, by=by, now=now)
            await submissions.receive(session, case, revision, by=by, now=now)
    newsroom.newsroom.submitted()
    await settled(newsroom)


async def settled(newsroom: Runtime) -> None:
    """Wait until every case has its draft, and all that happened was told."""
    async with asyncio.timeout(120):
        while True:
            async with newsroom.store.reading() as session:
                undrafted = select(func.count()).where(
                    col(Submission.id).not_in(select(Article.submission_id))
                )
                waits = (await session.exec(undrafted)).one()
                untold = (await session.exec(select(func.count(col(Untold.history_id))))).one()
            if not waits and not untold:
                return
            await asyncio.sleep(0.1)


async def sent(newsroom: Runtime) -> None:
    """Wait until nothing is left to be sent."""
    waits = select(func.count(col(Outgoing.id))).where(Outgoing.state == OutboxState.WAITING)
    async with asyncio.timeout(60):
        while True:
            async with newsroom.store.reading() as session:
                if not (await session.exec(waits)).one():
                    return
            await asyncio.sleep(0.1)


def cards(desk: Phone) -> list[Message]:
    """Every card in the group, the oldest first."""
    return [one for one in desk.chat.messages if "Obiettivi" in one.get("text", "")]


def lists(desk: Phone) -> list[Message]:
    """Every message of the group that names a crowd."""
    return [one for one in desk.chat.messages if one.get("text", "").startswith("📚")]


async def counted(desk: Phone, words: str) -> Message:
    """Wait for the list to say something."""

    def look() -> Message | None:
        shown = lists(desk)
        return shown[-1] if shown and words in shown[-1]["text"] else None

    return await desk.until(look)


async def test_the_first_of_a_crowd_come_as_cards_and_the_rest_as_one_list(
    newsroom: Runtime, cast: Cast, clock: Clock, bruno: Phone, carla: Phone, watch: Watch
) -> None:
    await arrive(newsroom, cast, MANY)
    clock.forward(seconds=30)
    crowd = await counted(bruno, "194 segnalazioni aspettano")

    assert len(cards(bruno)) == arrivals.BURST
    assert len(lists(bruno)) == 1
    assert "pagina 1 di 20" in crowd["text"]
    button, number = buttons(crowd)[0], buttons(crowd)[0].removeprefix("📂 ")
    assert len(watch.made) <= CALLS

    refused = await carla.presses(button, crowd)
    assert refused.alert
    await bruno.presses(button, crowd)
    card = await bruno.sees(number, "Obiettivi")
    assert APPROVE in buttons(card)
    clock.forward(seconds=30)
    crowd = await counted(bruno, "193 segnalazioni aspettano")
    assert button not in buttons(crowd)
    first = buttons(crowd)[:10]

    await bruno.presses("Dopo ›", crowd)
    turned = await counted(bruno, "pagina 2 di 20")
    assert not set(first) & set(buttons(turned))
    assert watch.most_in_a_minute() <= CALLS


async def test_a_day_of_cards_decided_at_once_stays_within_the_cap_and_a_press_comes_first(
    newsroom: Runtime, cast: Cast, clock: Clock, bruno: Phone, watch: Watch
) -> None:
    for _ in range(6):  # some more than an hour, with six in each eleven minutes
        await arrive(newsroom, cast, arrivals.BURST)
        clock.forward(minutes=11)
    await bruno.until(lambda: len(cards(bruno)) == arrivals.A_DAY or None)
    await counted(bruno, "6 segnalazioni aspettano")
    await sent(newsroom)
    clock.forward(minutes=2)

    async with newsroom.store.transaction() as session:
        gaia = await people.moderator(session, cast.gaia.id)
        assert gaia is not None
        waiting = await submissions.waiting(session, limit=MANY)
        last = waiting[-1]
        for case in waiting[:-1]:
            await review.decide(
                session, case, gaia, Verdict.REJECTED,
                reason="Fuori tema", seen=SEEN, now=clock(),
            )  # fmt: skip
    newsroom.newsroom.happened()
    await settled(newsroom)
    await bruno.until(lambda: watch.made_now() >= CALLS or None)
    listed = lists(bruno)[-1]
    await bruno.presses(f"📂 {last.receipt}", listed)
    await asyncio.sleep(1.5)  # the postman has looked again meanwhile
    assert watch.made_now() == CALLS

    clock.forward(seconds=62)
    await bruno.sees(last.receipt or "", "Obiettivi")
    for _ in range(4):
        clock.forward(seconds=62)
        await asyncio.sleep(1.5)

    decided = [one for one in cards(bruno) if "❌ Rifiutata da Gaia Monti" in one["text"]]
    assert len(decided) == arrivals.A_DAY
    assert watch.most_in_a_minute() <= CALLS
    await counted(bruno, "sono state tutte aperte o decise")


async def test_a_crowd_of_another_day_is_named_in_a_new_message(
    newsroom: Runtime, cast: Cast, clock: Clock, bruno: Phone
) -> None:
    await arrive(newsroom, cast, arrivals.BURST + 2)
    first = await counted(bruno, "2 segnalazioni aspettano")
    clock.forward(hours=3)

    await arrive(newsroom, cast, arrivals.BURST + 1)
    second = await counted(bruno, "3 segnalazioni aspettano")

    assert second["message_id"] > first["message_id"]
    await bruno.until(lambda: not buttons(lists(bruno)[0]) or None)
