"""kill -9 after each step, of the conversation and of an operation: the journey ends the same."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bottega.sandbox import Mood, Sandbox, Service, Trouble
from tests.journeys.conftest import Process
from tests.journeys.people import ACCEPT, APPROVE_NOW, SEND_NO_MINORS, Phone, picture
from tests.journeys.test_participant import STORY, UNPLACED


@pytest.fixture
def bottega(process: Process, bruno: Phone) -> Process:
    """The newsroom as a process, its group tied by Bruno."""
    process.start()
    bruno.write("/collega")
    bruno.sandbox.telegram.wait_for_sync(lambda: bruno.chat.find("ora la redazione"), 30)
    return process


def operations(tmp_path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(tmp_path / "data" / "bottega.db")) as database:
        return dict(database.execute("SELECT channel, state FROM operation").fetchall())


async def out_once(sandbox: Sandbox, ada: Phone) -> None:
    """See that the piece is on every channel once, and that its author has the three links."""
    links = (await ada.sees("è uscita"))["text"].count("http")
    assert links == 3
    await asyncio.sleep(1)  # a second post would come by now
    assert len(sandbox.facebook.posts) == 1
    assert len(sandbox.x.posts) == 1


async def test_killed_after_each_step_of_the_conversation(
    bottega: Process, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    ada.write("/start")
    welcome = await ada.sees("Per cominciare")
    bottega.again()
    await ada.presses(ACCEPT, welcome)
    bottega.again()
    await ada.sees("raccontami")
    ada.write(UNPLACED)
    asked = await ada.sees("Di quale ente")
    bottega.again()
    ada.write("Comune di Tirano")
    scheda = await ada.sees("Ente: Comune di Tirano", after=asked["message_id"])
    bottega.again()
    ada.person.send_photo(picture())
    scheda = await ada.sees("Foto: 1", after=scheda["message_id"])
    bottega.again()
    ada.person.press(scheda, SEND_NO_MINORS)
    bottega.again()
    card = await bruno.sees("26-0001", "Obiettivi")
    await bruno.describes(card)
    bottega.again()
    bruno.person.press(card, APPROVE_NOW)
    bottega.again()

    await out_once(sandbox, ada)


async def test_killed_before_an_answer_was_given(
    bottega: Process, sandbox: Sandbox, ada: Phone
) -> None:
    """What was written while nobody listened is answered at the next start."""
    bottega.kill()
    ada.write(STORY)
    bottega.start()

    await ada.sees("Ho tenuto da parte")


@pytest.mark.parametrize(
    ("service", "operation", "mood"),
    [
        ("facebook", "photos", "late"),  # before the one changing call
        ("facebook", "feed", "late"),  # the post is there, its answer is not
        ("facebook", "feed", "lost"),
        ("x", "media.upload", "late"),
        ("x", "tweets.create", "late"),
    ],
)
async def test_killed_in_the_middle_of_an_operation(
    bottega: Process,
    sandbox: Sandbox,
    ada: Phone,
    bruno: Phone,
    tmp_path: Path,
    service: Service,
    operation: str,
    mood: Mood,
) -> None:
    await ada.joins()
    ada.person.send_photo(picture(), caption=STORY)
    await ada.submits(await ada.sees("C’è tutto"))
    card = await bruno.sees("26-0001", "Obiettivi")
    trouble = Trouble(mood, service, operation, seconds=20)
    sandbox.board.troubles.append(trouble)
    await bruno.approves(card)
    await until(lambda: trouble not in sandbox.board.troubles)
    await until(lambda: operations(tmp_path)[service] in ("sending", "unconfirmed", "done"))

    bottega.again()

    await out_once(sandbox, ada)


async def test_stopped_gently_it_finishes_what_it_is_doing(
    bottega: Process, sandbox: Sandbox, ada: Phone, bruno: Phone
) -> None:
    await ada.joins()
    ada.write(STORY)
    await ada.submits(await ada.sees("C’è tutto"))
    card = await bruno.sees("26-0001", "Obiettivi")
    sandbox.board.troubles.append(Trouble("late", "facebook", "feed", seconds=2))
    await bruno.approves(card)
    await until(lambda: bool(sandbox.facebook.posts))

    assert await asyncio.to_thread(bottega.stop) == 0
    bottega.start()

    await out_once(sandbox, ada)


def test_a_second_newsroom_on_the_same_database_does_not_start(
    bottega: Process, environment: dict[str, str], tmp_path: Path
) -> None:
    second = Process(environment | {"PORT": "0"}, tmp_path)

    with pytest.raises(AssertionError, match="Un’altra Bottega usa già"):
        second.start()
    second.kill()


async def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something outside Telegram."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        await asyncio.sleep(0.05)
