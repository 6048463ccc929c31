"""Two moderators decide at once, one in Telegram and one in the browser, and only one decides."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import httpx
import pytest
from sqlmodel import col, select

from bottega.runtime import Runtime
from bottega.sandbox import Answer, Cast
from bottega.settings import Settings
from content import people, review, slots
from content.articles import Article
from content.decisions import Decision, Verdict
from content.history import NEWSROOM
from content.replies import Reply, ReplyKind
from content.store import Store
from content.submissions import Submission
from content.workflow import SubmissionState
from tests.bottega.web.console.conftest import Browser
from tests.journeys.conftest import staff
from tests.journeys.people import Message, Phone
from tests.journeys.test_crowd import arrive, sent, settled
from tests.postgres import CIRCLE, TAKEN, stumble

PAIRS = 200
HOURS = ("07:00", "08:00", "10:00", "11:00", "14:00", "15:00", "16:00", "19:00")
STEP = 0.004
"""By how many seconds more the one who came first waits the next time, so that both may win."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that waits, as both moderators see it; `posts` is the hash of what would go out."""

    id: int
    receipt: str
    version: int
    posts: str

    def button(self, kind: str, reply: int) -> str:
        """What the button of the card says, to approve or to decline with a ready reason."""
        if kind == "approve":
            return f"d:ok:{self.id}:{self.version}:{self.posts[:12]}"
        return f"d:decline:{self.id}:r{reply}:{self.posts[:12]}"

    def form(self, kind: str) -> tuple[str, dict[str, str]]:
        """Return where the browser sends the opposite decision, and what it says."""
        seen = {"seen": self.posts, "version": str(self.version)}
        if kind == "approve":
            return f"/scheda/{self.id}/approva", seen | {"quando": "poi"}
        return f"/scheda/{self.id}/rifiuta", seen | {"motivo": "Fuori tema"}


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Each database in turn."""
    if request.param == "sqlite":
        return settings
    url = request.getfixturevalue("postgres_url")
    return settings.model_copy(update={"database_url": url})


@pytest.fixture
async def newsroom(settings: Settings, cast: Cast) -> AsyncIterator[Runtime]:
    """The newsroom with its people, and with room for hundreds of posts."""
    runtime = Runtime(settings)
    async with runtime.running():
        await runtime.invitation()
        await staff(runtime, cast)
        async with runtime.store.transaction() as session:
            for channel in ("facebook", "x"):
                for weekday in range(7):
                    for hour in HOURS:
                        await slots.add(
                            session, channel, weekday, hour, by=NEWSROOM, now=runtime.clock()
                        )
        yield runtime


async def cases(newsroom: Runtime) -> list[Case]:
    async with newsroom.store.reading() as session:
        query = select(Submission, Article).join(
            Article, col(Article.submission_id) == col(Submission.id)
        )
        found = (await session.exec(query.order_by(col(Submission.id)))).all()
        return [
            Case(
                case.id,
                case.receipt or "",
                article.version,
                review.view_hash(await newsroom.newsroom.render(session, article)),
            )
            for case, article in found
        ]


async def ready_reason(store: Store) -> int:
    async with store.reading() as session:
        query = select(Reply.id).where(Reply.kind == ReplyKind.DECLINE)
        return (await session.exec(query.limit(1))).one()


def card(desk: Phone, data: str) -> Message:
    """A card on a screen, with one button."""
    keyboard = {"inline_keyboard": [[{"text": "Decidi", "callback_data": data}]]}
    message = {"message_id": 10**9, "date": 1, "text": "Scheda", "reply_markup": keyboard}
    return message | {"chat": desk.chat.described(), "from": desk.sandbox.telegram.bot_user()}


async def both(
    bruno: Phone, gaia: Browser, case: Case, telegram: str, reply: int, head_start: float
) -> tuple[Answer, httpx.Response]:
    """Bruno decides in Telegram, and Gaia the opposite in the browser."""
    path, fields = case.form("decline" if telegram == "approve" else "approve")

    async def in_the_browser() -> httpx.Response:
        await asyncio.sleep(head_start)
        return await gaia.press(path, **fields)

    pressed = bruno.presses("Decidi", card(bruno, case.button(telegram, reply)))
    return await asyncio.gather(pressed, in_the_browser())


async def test_of_two_hundred_pairs_of_opposite_decisions_one_of_each_stands(
    newsroom: Runtime, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    cast.ada.write("/start")
    await ada.sees("Per cominciare")
    await arrive(newsroom, cast, PAIRS)
    await sent(newsroom)
    waiting, reply = await cases(newsroom), await ready_reason(newsroom.store)
    assert len(waiting) == PAIRS
    async with newsroom.store.reading() as session:
        gaia = await people.moderator(session, cast.gaia.id)
    assert gaia is not None

    won, head_start = {"telegram": 0, "browser": 0}, 0.02
    async with Browser(newsroom.desk, address=newsroom.desk.address) as browser:
        await browser.enter(newsroom.desk, gaia)
        for n, case in enumerate(waiting):
            telegram = ("approve", "decline")[n % 2]
            answer, response = await both(bruno, browser, case, telegram, reply, head_start)
            if answer.alert:
                assert response.status_code == 303, response.text
                assert answer.text.startswith("Già deciso da Gaia Monti: ")
                won["browser"] += 1
                head_start += STEP
            else:
                assert response.status_code == 409
                assert "Già deciso da Bruno Galli: " in response.text
                assert "La tua decisione non è stata registrata" in response.text
                won["telegram"] += 1
                head_start = max(0.0, head_start - STEP)
    await settled(newsroom)
    await sent(newsroom)

    assert min(won.values()) >= PAIRS // 20
    async with newsroom.store.reading() as session:
        decisions = (await session.exec(select(Decision))).all()
        states = (await session.exec(select(Submission.state))).all()
    assert sorted(one.submission_id for one in decisions) == [case.id for case in waiting]
    assert len({one.submission_id for one in decisions}) == PAIRS
    assert sum(one.verdict is Verdict.ACCEPTED for one in decisions) == states.count("accepted")
    for case in waiting:
        assert len(told(ada.chat.messages, case.receipt)) == 1, case.receipt


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_a_press_that_the_database_broke_off_is_done_all_the_same(
    newsroom: Runtime, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    cast.ada.write("/start")
    await ada.sees("Per cominciare")
    await arrive(newsroom, cast, 1)
    [case] = await cases(newsroom)
    await stumble(newsroom.store, "decision", CIRCLE, 1)

    answer = await bruno.presses("Decidi", card(bruno, case.button("approve", 0)))

    assert not answer.alert
    async with newsroom.store.reading() as session:
        assert (await session.exec(select(Submission.state))).one() == SubmissionState.ACCEPTED


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
async def test_a_press_whose_place_is_taken_each_time_is_answered_with_what_to_do(
    newsroom: Runtime, cast: Cast, ada: Phone, bruno: Phone
) -> None:
    cast.ada.write("/start")
    await ada.sees("Per cominciare")
    await arrive(newsroom, cast, 1)
    [case] = await cases(newsroom)
    await stumble(newsroom.store, "operation", TAKEN, 100)

    answer = await bruno.presses("Decidi", card(bruno, case.button("approve", 0)))

    assert answer.alert
    assert "nello stesso momento" in answer.text
    async with newsroom.store.reading() as session:
        assert (await session.exec(select(Decision))).all() == []


def told(messages: Sequence[Message], receipt: str) -> list[str]:
    """What the author was told of the decision on a case; meanwhile its hour may have come."""
    said = [one.get("text", "") for one in messages if one["from"]["is_bot"]]
    return [text for text in said if receipt in text and "è uscita" not in text]
