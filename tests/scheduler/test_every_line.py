"""kill -9 before every executed line of a delivery: it still goes out, once, to the byte."""

import asyncio
import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.newsroom import Outside, approve, utc_now
from bottega.sandbox import Sandbox, Trouble, running
from content import lapses, sending, tries
from content.posts import Post
from content.store import Store
from publishers import facebook, facebook_films, facebook_graph, wordpress, x, x_api
from publishers.wordpress import api as wordpress_api
from scheduler import dispatch, reconcile
from tests.publishers.stage import film
from tests.scheduler.trial import Forge, Line

LANES = 2
CHANCES = 10
"""Whether a look comes within the channel's settling time is for the machine to say."""
PROTOCOL = (dispatch, reconcile, sending, lapses)
ADAPTERS = {
    "facebook": (facebook, facebook_graph),
    "wordpress": (wordpress, wordpress_api),
    "x": (x, x_api),
}
ROOT = Path(__file__).parents[2]

THROTTLED = json.dumps({"error": {"code": 4, "message": "too many calls"}})
REFUSED = json.dumps({"error": {"code": 100, "message": "no"}})
REVOKED = json.dumps({"error": {"code": 190, "message": "revoked"}})
HEADERS = {"Retry-After": "0.05", "Content-Type": "application/json"}


def answer(operation: str, body: str, status: int = 400, times: int = 1) -> Trouble:
    return Trouble(
        "answer", "facebook", operation, times, status=status, body=body, headers=HEADERS
    )


TROUBLES: dict[str, list[Trouble]] = {
    "all is well": [],
    "it answers 500 after creating": [Trouble("created_then_500", "facebook", "feed")],
    "it hangs up before creating": [Trouble("refuse", "facebook", "feed")],
    "it asks to wait": [answer("feed", THROTTLED)],
    "it refuses": [answer("feed", REFUSED)],
    "the token is revoked": [answer("feed", REVOKED)],
    "it cannot be read back": [
        Trouble("created_then_500", "facebook", "feed"),
        answer("published_posts", "", 502),
        answer("published_posts", THROTTLED),
        answer("published_posts", REVOKED),
    ],
}


class Lane:
    """A database and an outside world of their own, set back before each trial."""

    def __init__(self, folder: Path, template: Path, channel: str) -> None:
        self.folder, self.template, self.channel = folder, template, channel
        folder.mkdir()
        self.sandbox = Sandbox()
        self.forge = Forge(ROOT)

    def carry(self, files: Sequence[str] = (), last: Line | None = None) -> Any:
        keys = {self.channel: self.sandbox.keys()[self.channel]}
        url = f"sqlite+aiosqlite:///{self.folder}/bottega.db"
        return self.forge.carry(Outside(url, str(self.folder), keys, 0.05), files, last)

    def reset(self, troubles: list[Trouble]) -> None:
        for file in self.folder.glob("bottega.db*"):
            file.unlink()
        shutil.copy(self.template, self.folder / "bottega.db")
        self.sandbox.reset()
        self.sandbox.board.troubles = [replace(trouble) for trouble in troubles]

    def outcome(self) -> tuple[str, list[str], str]:
        """Return the operation's state, what the channel shows, and what of it was frozen."""
        with sqlite3.connect(self.folder / "bottega.db") as database:
            (state,) = database.execute("SELECT state FROM operation").fetchone()
            (body,) = database.execute("SELECT body FROM post").fetchone()
        database.close()
        frozen = Post.model_validate_json(body)
        return state, self.sandbox.outlets[self.channel].texts(), frozen.html or frozen.text


@pytest.fixture
def lanes(
    request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path
) -> Iterator[list[Lane]]:
    """Lanes for a channel, each beginning with one approved operation that is due now."""
    channel, _, shows = request.param.partition(" with a ")
    template, media = tmp_path / "template.db", tmp_path / "media"
    media.mkdir()
    shutil.copy(empty_sqlite, template)
    said = {"media": [film(media).model_dump(mode="json")]} if shows else {}
    asyncio.run(approved(f"sqlite+aiosqlite:///{template}", channel, said))
    made = [Lane(tmp_path / str(number), template, channel) for number in range(LANES)]
    for lane in made:
        shutil.copytree(media, lane.folder / "media")
    with ExitStack() as stack:
        for lane in made:
            stack.callback(lane.forge.close)
            stack.enter_context(running(lane.sandbox))
            lane.reset([])
            lane.carry()
        yield made


async def approved(url: str, channel: str, said: Mapping[str, Any]) -> None:
    store = Store(url)
    publishers = Outside(url, "", {channel: {}}, 1).publishers()
    await approve(store, {channel: publishers[channel]}, [utc_now()], lambda _: said)
    await store.close()


def lines_of(lane: Lane, troubles: list[Trouble], files: list[str]) -> list[Line]:
    """Return the lines that a delivery executes when nobody kills it."""
    lane.reset(troubles)
    code, lines = lane.carry(files)
    assert code == 0
    return [(name, number) for name, number in lines]


def tried(lane: Lane, troubles: list[Trouble], files: list[str], last: Line) -> str | None:
    """Kill one delivery before a line, let another process finish; return what is wrong."""
    for _ in range(CHANCES):
        lane.reset(troubles)
        code, _ = lane.carry(files, last)
        if code == -signal.SIGKILL:
            break
    else:
        return f"{last}: was not reached ({code})"
    code, _ = lane.carry()
    if code != 0:
        return f"{last}: was not finished ({code})"
    state, texts, frozen = lane.outcome()
    expected = [frozen] if state == "done" else []
    if state not in ("done", "failed") or texts != expected:
        return f"{last}: {state}, {len(texts)} posts"
    return None


@pytest.mark.parametrize(
    ("lanes", "trouble"),
    [
        ("x", "all is well"),
        ("wordpress", "all is well"),
        *(("facebook", name) for name in TROUBLES),
    ],
    indirect=["lanes"],
)
def test_killed_before_any_line_it_goes_out_once(lanes: list[Lane], trouble: str) -> None:
    troubles = TROUBLES[trouble]
    channel = lanes[0].channel
    modules = PROTOCOL if troubles else ADAPTERS[channel]
    if channel == "facebook" and not troubles:
        modules = (*PROTOCOL, *modules)
    files = [str(module.__file__) for module in modules]
    lines = lines_of(lanes[0], troubles, files)
    if troubles:  # what better days execute too was killed there
        days = list(TROUBLES.values())
        before = {
            line for day in days[: days.index(troubles)] for line in lines_of(lanes[1], day, files)
        }
        lines = [line for line in lines if line not in before]
    results = killed(lanes, troubles, files, lines)

    assert len(results) > (0 if troubles else 50)
    assert [result for result in results if result] == []


@pytest.mark.parametrize("lanes", ["facebook with a film"], indirect=True)
@pytest.mark.parametrize(
    "troubles", [[], [Trouble("lost", "facebook", "reels.finish")]], ids=["well", "lost"]
)
def test_a_film_killed_before_any_line_comes_out_once(
    lanes: list[Lane], troubles: list[Trouble]
) -> None:
    """It is begun by one try and goes on by another, whichever of them dies."""
    modules = (reconcile, tries) if troubles else (tries, facebook_films)
    files = [str(module.__file__) for module in modules]
    lines = lines_of(lanes[0], troubles, files)

    results = killed(lanes, troubles, files, lines)

    assert len(results) > 50
    assert [result for result in results if result] == []


def killed(
    lanes: list[Lane], troubles: list[Trouble], files: list[str], lines: list[Line]
) -> list[str | None]:
    """Return what came of each line, tried by several lanes at a time."""
    shares = [lines[number::LANES] for number in range(LANES)]

    def work(lane: Lane, share: list[Line]) -> list[str | None]:
        return [tried(lane, troubles, files, line) for line in share]

    with ThreadPoolExecutor(LANES) as pool:
        return [result for some in pool.map(work, lanes, shares) for result in some]
