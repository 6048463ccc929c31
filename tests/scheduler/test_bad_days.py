"""The days on which everything goes wrong: a post is out once, or a person is told why not.

The adapters are the real ones, over HTTP to a sandbox that misbehaves. That no key gets into what
is logged is held by tests/secrecy.py, for these tests as for all others.
"""

import asyncio
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from PIL import Image
from sqlmodel import func, select, text

from bottega.sandbox.core import Exchange, Mood, Trouble
from bottega.sandbox.server import Sandbox, running
from content import planning
from content.deliveries import Action
from content.history import History, NotAllowed
from content.media import Medium, keep
from content.store import Store
from content.workflow import OperationState
from publishers import X
from publishers.base import CannotTell
from tests.clock import Clock
from tests.scheduler.outside import OPERATIONS, Desk, adapters

DONE, FAILED = OperationState.DONE, OperationState.FAILED
SCHEDULED, UNCONFIRMED = OperationState.SCHEDULED, OperationState.UNCONFIRMED
CANCELLED, SENDING = OperationState.CANCELLED, OperationState.SENDING
TEXT = "Apre lo sportello"
JSON = {"content-type": "application/json"}
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox, clock: Clock) -> Iterator[Sandbox]:
    served.reset()
    for outlet in served.outlets.values():
        outlet.now = clock
    fair = served.board.weather
    yield served
    served.board.weather = fair


@pytest.fixture
async def desk(
    store: Store, cast: SimpleNamespace, clock: Clock, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[Desk]:
    one = Desk(store, cast, clock, sandbox)
    one.publishers |= adapters(sandbox, tmp_path)
    yield one
    await one.dispatch.finish()


def picture(root: Path, colour: str) -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return keep(root, out.getvalue())


def facebook_error(code: int, status: int = 400) -> dict[str, Any]:
    body = f'{{"error": {{"message": "no", "type": "OAuthException", "code": {code}}}}}'
    return {"status": status, "body": body, "headers": JSON}


def x_problem(status: int, detail: str = "no", **headers: str) -> dict[str, Any]:
    body = f'{{"title": "t", "detail": "{detail}", "type": "about:blank", "status": {status}}}'
    return {"status": status, "body": body, "headers": JSON | headers}


HTML = {"status": 502, "body": "<html>Bad gateway</html>", "headers": {"content-type": "text/html"}}
SPEECHLESS = {"status": 500, "body": '{"detail": "oops"}', "headers": JSON}
DUPLICATE = x_problem(403, "You are not allowed to create a Tweet with duplicate content.")


# ---------------------------------------------------------------- what each answer comes to


@dataclass(frozen=True)
class Day:
    """What the channel does to the first call, and what comes of it.

    `out` posts are there after the call, which leaves the operation in `left`; in the end it is
    in `ends`, and people are told `told`.
    """

    name: str
    channel: str
    mood: Mood
    out: int
    left: OperationState
    told: tuple[str, ...] = ("published",)
    ends: OperationState = DONE
    answer: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.channel}: {self.name}"


FOUND = ("confirmed", "published")
DAYS = [
    *(
        day
        for channel in OPERATIONS
        for day in (
            Day("created and then 500", channel, "created_then_500", 1, UNCONFIRMED, FOUND),
            Day("answer lost", channel, "lost", 1, UNCONFIRMED, FOUND),
            Day(
                "answer after the timeout", channel, "late", 1, UNCONFIRMED, FOUND,
                answer={"seconds": 0.6},
            ),
            Day("connection cut before anything was done", channel, "refuse", 0, UNCONFIRMED),
            Day("HTML 502", channel, "answer", 0, UNCONFIRMED, answer=HTML),
            Day("created and then HTML 502", channel, "created_then_500", 1, UNCONFIRMED, FOUND,
                answer=HTML),
            Day("JSON 500 without error", channel, "answer", 0, UNCONFIRMED, answer=SPEECHLESS),
            Day("throttled until a moment", channel, "throttle", 0, SCHEDULED,
                answer={"seconds": 600}),
        )
    ),
    Day("throttled without a moment", "facebook", "answer", 0, SCHEDULED, answer=facebook_error(4)),
    Day("429 without a moment", "x", "answer", 0, SCHEDULED, answer=x_problem(429)),
    *(
        Day(f"{code}, and nothing is there", "facebook", "answer", 0, UNCONFIRMED, ("failed",),
            FAILED, facebook_error(code))
        for code in (368, 506)
    ),
    *(
        Day(f"{code}, and it is there", "facebook", "created_then_500", 1, UNCONFIRMED, FOUND,
            answer=facebook_error(code))
        for code in (368, 506)
    ),
    Day("duplicate, and nothing is there", "x", "answer", 0, UNCONFIRMED, ("failed",), FAILED,
        DUPLICATE),
    Day("duplicate, and it is there", "x", "created_then_500", 1, UNCONFIRMED, FOUND,
        answer=DUPLICATE),
    Day("refused for good", "facebook", "answer", 0, FAILED, ("failed",), FAILED,
        facebook_error(100)),
    Day("refused for good", "x", "answer", 0, FAILED, ("failed",), FAILED, x_problem(400)),
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_a_post_is_out_once_or_people_are_told_why_not(
    desk: Desk, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    if day.mood == "late":
        monkeypatch.setattr("publishers.http._READ_SECONDS", 0.3)
    operation = await desk.approve(day.channel, TEXT)
    desk.order(day.channel, day.mood, **day.answer)

    await desk.dispatch.perform(operation)
    assert len(desk.posts(day.channel)) == day.out
    assert (await desk.operation(operation)).state is day.left

    await desk.heal(operation)
    assert desk.posts(day.channel) == ([TEXT] if day.ends is DONE else [])
    assert (await desk.operation(operation)).state is day.ends
    assert await desk.told() == list(day.told)


@on_sqlite
@pytest.mark.parametrize("channel", OPERATIONS)
async def test_a_throttle_holds_the_whole_channel_until_the_moment_named(
    desk: Desk, clock: Clock, channel: str
) -> None:
    first, second = await desk.approve(channel, "Uno"), await desk.approve(channel, "Due")
    desk.order(channel, "throttle", seconds=600)
    await desk.dispatch.perform(first)

    assert not await desk.dispatch.perform(second)
    clock.forward(seconds=599)
    assert not await desk.dispatch.perform(second)
    clock.forward(seconds=2)
    assert await desk.dispatch.perform(second)
    assert await desk.dispatch.perform(first)
    assert sorted(desk.posts(channel)) == ["Due", "Uno"]


@on_sqlite
async def test_a_success_that_used_up_the_limit_quiets_the_channel_for_all_workers(
    desk: Desk, clock: Clock
) -> None:
    first, second = await desk.approve("x", "Uno"), await desk.approve("x", "Due")
    reset = int(clock().timestamp()) + 900
    limits = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
    body = '{"data": {"id": "1990000000000000001", "text": "Uno"}}'
    desk.order("x", "created_then_500", status=201, body=body, headers=JSON | limits)
    await desk.dispatch.perform(first)
    other = desk.worker("second")

    assert (await desk.operation(first)).state is DONE
    assert not await other.perform(second)
    clock.forward(seconds=901)
    assert await other.perform(second)
    await other.finish()
    assert desk.posts("x") == ["Uno", "Due"]
    assert await desk.told() == ["published", "published"]


@on_sqlite
@pytest.mark.parametrize(
    ("channel", "trouble"),
    [
        ("facebook", {"mood": "revoked"}),
        ("facebook", {"mood": "answer"} | facebook_error(200, 403)),
        ("x", {"mood": "revoked"}),
        ("x", {"mood": "answer"} | x_problem(403, "not have permissions for this endpoint")),
        ("x", {"mood": "answer"} | x_problem(402, "credits")),
    ],
    ids=["facebook: token", "facebook: permission", "x: token", "x: permission", "x: credits"],
)
async def test_an_account_that_cannot_post_is_paused_once_and_loses_nothing(
    desk: Desk, channel: str, trouble: dict[str, Any]
) -> None:
    """The answer comes to a call that was claimed before, as when a token is revoked meanwhile."""
    texts = [f"Numero {number}" for number in range(8)]
    operations = [await desk.approve(channel, one) for one in texts]
    desk.order(channel, times=len(texts), **trouble)

    await asyncio.gather(*(desk.dispatch.perform(one) for one in operations))
    assert desk.posts(channel) == []
    assert {(await desk.operation(one)).state for one in operations} == {SCHEDULED}
    assert await desk.told() == ["paused"]
    assert not await desk.dispatch.perform(operations[0])

    desk.sandbox.board.troubles.clear()
    await desk.resume(channel)
    await asyncio.gather(*(desk.dispatch.perform(one) for one in operations))
    assert sorted(desk.posts(channel)) == texts
    assert {(await desk.operation(one)).state for one in operations} == {DONE}
    assert await desk.told() == ["paused", "resumed", *["published"] * len(texts)]


@on_sqlite
async def test_a_doubt_that_the_channel_cannot_resolve_is_put_to_people_once(
    desk: Desk, clock: Clock
) -> None:
    operation = await desk.approve("facebook")
    desk.order("facebook", "lost")
    desk.order("facebook", "answer", "published_posts", times=9, status=500)
    await desk.dispatch.perform(operation)

    for _ in range(4):
        await desk.settle_doubts()
        clock.forward(minutes=6)

    assert (await desk.operation(operation)).state is UNCONFIRMED
    assert len(desk.posts("facebook")) == 1
    assert await desk.told() == ["doubtful"]


# ---------------------------------------------------------------- nothing was sent at all


@on_sqlite
@pytest.mark.parametrize("channel", OPERATIONS)
@pytest.mark.parametrize("why", ["refused", "TLS", "DNS"])
async def test_a_channel_out_of_reach_is_tried_again_without_asking_anybody(
    desk: Desk, channel: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = await desk.approve(channel)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        urls = {
            "refused": f"http://127.0.0.1:{closed.getsockname()[1]}",
            "TLS": desk.sandbox.url.replace("http:", "https:"),
            "DNS": "https://social.invalid",
        }
        monkeypatch.setattr("socket.getaddrinfo", nobody_knows_invalid(socket.getaddrinfo))
        good = desk.publishers[channel]
        desk.publishers |= {channel: adapters(desk.sandbox, tmp_path, api_url=urls[why])[channel]}
        await desk.dispatch.perform(operation)

    assert (await desk.operation(operation)).state is SCHEDULED
    assert await desk.told() == []
    desk.publishers |= {channel: good}
    await desk.heal(operation)
    assert desk.posts(channel) == [TEXT]
    assert await desk.attempts(operation) == ["postponed", "done"]


def nobody_knows_invalid(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """Return a resolver that answers as one does for a name that nobody has (RFC 2606)."""

    def resolved(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *rest, **more)

    return resolved


@on_sqlite
@pytest.mark.parametrize(
    ("channel", "upload"), [("facebook", "photos"), ("x", "media.upload"), ("x", "media.metadata")]
)
@pytest.mark.parametrize("mood", ["lost", "created_then_500", "throttle"])
async def test_three_pictures_of_which_the_second_fails_come_out_as_one_post_with_three(
    desk: Desk, channel: str, upload: str, mood: Mood, tmp_path: Path
) -> None:
    media = [picture(tmp_path, colour) for colour in ("red", "green", "blue")]
    described = tuple(one.model_copy(update={"alt": f"Foto {n}"}) for n, one in enumerate(media))
    operation = await desk.approve(channel, TEXT, described)
    seen: list[str] = []

    def second(_: Exchange, asked: str) -> Trouble | None:
        seen.extend([asked] if asked == upload else [])
        return Trouble(mood, channel, upload) if seen.count(asked) == 2 else None

    desk.sandbox.board.weather = second
    await desk.dispatch.perform(operation)
    assert desk.posts(channel) == []
    assert (await desk.operation(operation)).state is SCHEDULED

    await desk.heal(operation)
    assert desk.posts(channel) == [TEXT]
    (shown,) = desk.sandbox.outlets[channel].shown()
    assert [one.alt for one in shown.photos] == ["Foto 0", "Foto 1", "Foto 2"]
    assert await desk.told() == ["published"]


# ---------------------------------------------------------------- people change their minds


async def test_what_is_being_sent_is_not_cancelled(desk: Desk) -> None:
    operation = await desk.approve("facebook")
    desk.order("facebook", "late", seconds=0.5)
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(lambda: bool(desk.posts("facebook")))

    with pytest.raises(NotAllowed):
        async with desk.store.transaction() as session:
            await planning.cancel(session, operation, by=desk.bruno, now=desk.clock())
    await sending

    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is DONE
    assert await desk.told() == ["published"]


async def test_what_was_edited_after_approval_does_not_go_out(desk: Desk) -> None:
    operation = await desk.approve("facebook")
    await desk.edit(operation)

    assert not await desk.dispatch.perform(operation)
    assert desk.posts("facebook") == []
    assert (await desk.operation(operation)).state is CANCELLED
    assert await desk.told() == ["cancelled", "edited"]


async def test_an_edit_that_meets_a_post_on_its_way_lets_it_out_as_approved(desk: Desk) -> None:
    operation = await desk.approve("facebook")
    desk.order("facebook", "late", seconds=0.5)
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(lambda: bool(desk.posts("facebook")))
    await desk.edit(operation)
    await sending

    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is DONE


@pytest.mark.parametrize(
    ("mood", "posts", "state"), [("lost", 1, DONE), ("refuse", 0, CANCELLED)], ids=["out", "not"]
)
async def test_an_edit_while_nobody_knows_never_sends_the_old_text_again(
    desk: Desk, mood: Mood, posts: int, state: OperationState
) -> None:
    operation = await desk.approve("facebook")
    desk.order("facebook", mood)
    await desk.dispatch.perform(operation)
    await desk.edit(operation)
    await desk.heal(operation)

    assert len(desk.posts("facebook")) == posts
    assert (await desk.operation(operation)).state is state


async def test_what_is_put_back_after_an_edit_is_not_sent(desk: Desk) -> None:
    """The channel refuses to take it now; when it would, it is no longer what was approved."""
    operation = await desk.approve("x")
    reached, edited = threading.Event(), threading.Event()

    def wait_for_the_edit(_: Exchange, __: str) -> Trouble | None:
        reached.set()
        edited.wait(5)
        return Trouble("throttle", "x", "tweets.create", seconds=1)

    desk.sandbox.board.weather = wait_for_the_edit
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(reached.is_set)
    await desk.edit(operation)
    edited.set()
    await sending
    await desk.heal(operation)

    assert desk.posts("x") == []
    assert (await desk.operation(operation)).state is CANCELLED


# ---------------------------------------------------------------- the database


async def test_two_workers_on_one_row_send_it_once(desk: Desk) -> None:
    operation = await desk.approve("facebook")
    second = desk.worker("second")

    done = await asyncio.gather(
        *(worker.perform(operation) for worker in (desk.dispatch, second) for _ in range(4))
    )
    await second.finish()

    assert sum(done) == 1
    assert desk.posts("facebook") == [TEXT]
    assert await desk.attempts(operation) == ["done"]
    assert await desk.told() == ["published"]


@on_sqlite
async def test_a_database_that_is_locked_for_a_while_loses_no_proof(
    desk: Desk, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.dispatch._SETTLE_AGAIN_SECONDS", 0.05)
    operation = await desk.approve("facebook")
    path = sqlite_url.removeprefix("sqlite+aiosqlite:///")
    other = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    await impatient(desk.store)
    desk.sandbox.board.weather = once(lambda: other.execute("BEGIN IMMEDIATE"))
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(lambda: bool(desk.posts("facebook")))
    await asyncio.sleep(0.5)

    assert (await desk.operation(operation)).state is SENDING
    other.execute("ROLLBACK")
    other.close()
    await sending
    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is DONE
    assert await desk.told() == ["published"]


@on_sqlite
async def test_a_full_disk_loses_no_proof(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself says that the disk is full, since it may not make its file larger."""
    monkeypatch.setattr("scheduler.dispatch._SETTLE_AGAIN_SECONDS", 0.05)
    operation = await desk.approve("facebook")
    async with desk.store.transaction() as session:
        await session.exec(text("CREATE TABLE ballast (weight BLOB)"))  # type: ignore[call-overload]  # plain SQL
        await session.exec(  # type: ignore[call-overload]  # plain SQL
            text(
                "CREATE TRIGGER heavy AFTER UPDATE ON operation WHEN NEW.state = 'done' "
                "BEGIN INSERT INTO ballast VALUES (zeroblob(1000000)); END"
            )
        )
    await allow_pages(desk.store, 200)
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(lambda: bool(desk.posts("facebook")))
    await asyncio.sleep(0.3)

    assert (await desk.operation(operation)).state is SENDING
    await allow_pages(desk.store, 1_000_000)
    await sending
    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is DONE
    assert await desk.attempts(operation) == ["done"]


@on_postgresql
@pytest.mark.parametrize("how_long", [0.0, 1.0], ids=["a moment", "a second"])
async def test_a_database_that_goes_and_comes_back_loses_no_proof(
    desk: Desk, postgres_url: str, how_long: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.dispatch._SETTLE_AGAIN_SECONDS", 0.05)
    operation = await desk.approve("facebook")
    server, _, name = postgres_url.replace("postgresql+psycopg", "postgresql").rpartition("/")

    def say(statement: bytes, *values: str) -> None:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(statement, values)

    def allow(connections: bool) -> None:
        say(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {connections}".encode())

    def go() -> None:
        allow(connections=not how_long)
        say(b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)

    desk.sandbox.board.weather = once(go)
    sending = asyncio.create_task(desk.dispatch.perform(operation))
    await until(lambda: bool(desk.posts("facebook")))
    await asyncio.sleep(how_long)
    allow(connections=True)
    await sending

    assert desk.posts("facebook") == [TEXT]
    assert (await desk.operation(operation)).state is DONE
    assert await desk.attempts(operation) == ["done"]
    assert await desk.told() == ["published"]


async def test_a_proof_written_twice_changes_nothing(desk: Desk) -> None:
    """As when the database commits and dies before it says so."""
    operation = await desk.approve("facebook")
    settle = desk.dispatch._settle

    async def twice(*what: Any) -> None:
        await settle(*what)
        await settle(*what)

    desk.dispatch._settle = twice  # type: ignore[method-assign,assignment]  # the commit's answer is lost
    await desk.dispatch.perform(operation)

    assert (await desk.operation(operation)).state is DONE
    assert await desk.attempts(operation) == ["done"]
    assert await desk.told() == ["published"]
    async with desk.store.reading() as session:
        done = select(func.count()).select_from(History).where(History.verb == "done")
        assert (await session.exec(done)).one() == 1


async def impatient(store: Store) -> None:
    """Let SQLite give up at once when another connection writes."""
    async with store._writer.connect() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 50")


async def allow_pages(store: Store, pages: int) -> None:
    """Let SQLite's file have so many pages and no more."""
    async with store._writer.connect() as connection:
        allowed = (await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")).scalar()
    assert allowed == pages


def once(act: Callable[[], object]) -> Callable[[Exchange, str], Trouble | None]:
    """Return a weather in which something happens at the first changing call."""
    done = threading.Event()

    def weather(_: Exchange, operation: str) -> Trouble | None:
        if operation in OPERATIONS.values() and not done.is_set():
            done.set()
            act()
        return None

    return weather


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for is outside
            await asyncio.sleep(0.01)


# ---------------------------------------------------------------- time runs out


@on_sqlite
async def test_a_call_whose_lease_has_run_out_while_pictures_went_up_is_not_made(
    desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    operation = await desk.approve("facebook", TEXT, (picture(tmp_path, "red"),))

    def asleep(_: Exchange, asked: str) -> Trouble | None:
        if asked == "photos":
            clock.now += timedelta(minutes=10)
        return None

    desk.sandbox.board.weather = asleep
    await desk.dispatch.perform(operation)
    assert desk.posts("facebook") == []
    assert (await desk.operation(operation)).state is SCHEDULED

    desk.sandbox.board.weather = lambda _, __: None
    await desk.heal(operation)
    assert desk.posts("facebook") == [TEXT]


# ---------------------------------------------------------------- reading back


@on_sqlite
@pytest.mark.parametrize("channel", OPERATIONS)
async def test_many_doubts_about_a_channel_are_resolved_by_one_reading(
    desk: Desk, channel: str
) -> None:
    operations = [await desk.approve(channel, f"Notizia {number}") for number in range(3)]
    for operation in operations[:2]:
        desk.order(channel, "lost")
        await desk.dispatch.perform(operation)
    desk.order(channel, "refuse")
    await desk.dispatch.perform(operations[2])
    before = len(desk.sandbox.board.exchanges)

    await desk.settle_doubts()

    states = [(await desk.operation(one)).state for one in operations]
    assert states == [DONE, DONE, SCHEDULED]
    calls = desk.sandbox.board.exchanges[before:]
    assert len(calls) == (1 if channel == "facebook" else 2), "X is also asked who we are"


@on_sqlite
async def test_of_two_posts_that_look_alike_one_found_proves_one(desk: Desk) -> None:
    twins = [await desk.approve("facebook", TEXT) for _ in range(2)]
    desk.order("facebook", "lost")
    await desk.dispatch.perform(twins[0])
    desk.order("facebook", "refuse")
    await desk.dispatch.perform(twins[1])

    await desk.settle_doubts()

    states = {(await desk.operation(one)).state for one in twins}
    assert states == {DONE, SCHEDULED}


@on_sqlite
async def test_what_a_broken_reading_showed_is_proof_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, hidden = [await desk.approve("x", f"Notizia {number}") for number in (1, 2)]
    for operation in (shown, hidden):
        desk.order("x", "lost")
        await desk.dispatch.perform(operation)
    whole = X.seek

    def broken(self: X, posts: Any, since: Any) -> Iterator[Any]:
        yield next(proof for proof in whole(self, posts, since) if proof[0].text == "Notizia 1")
        raise CannotTell("X non ha mostrato tutti i post dell'account.")

    monkeypatch.setattr(X, "seek", broken)
    await desk.settle_doubts()

    assert (await desk.operation(shown)).state is DONE
    assert (await desk.operation(hidden)).state is UNCONFIRMED


@on_sqlite
@pytest.mark.parametrize(
    ("channel", "action", "call"),
    [
        ("facebook", Action.EDIT, "edit"),
        ("facebook", Action.DELETE, "delete"),
        ("x", Action.DELETE, "tweets.delete"),
    ],
)
@pytest.mark.parametrize("mood", ["lost", "refuse", "created_then_500"])
async def test_a_correction_or_a_retraction_in_doubt_is_done_again(
    desk: Desk, channel: str, action: Action, call: str, mood: Mood
) -> None:
    """A post that is found would prove that it was not deleted; never that it was."""
    first = await desk.approve(channel)
    await desk.dispatch.perform(first)
    mending = await desk.mend(first, action)
    desk.order(channel, mood, call)
    await desk.dispatch.perform(mending)
    assert (await desk.operation(mending)).state is UNCONFIRMED

    await desk.heal(mending)

    assert (await desk.operation(mending)).state is DONE
    assert desk.posts(channel) == ([] if action is Action.DELETE else [TEXT])
    assert await desk.attempts(mending) == ["unconfirmed", "done"]
    assert "doubtful" not in await desk.told()


# ---------------------------------------------------------------- a disk that forgets


async def spoil(store: Store) -> None:
    """Change what is stored of every post, behind the database's own guards."""
    async with store.transaction() as session:
        on = "" if store.embedded else " ON post"
        bare = await session.connection()
        await bare.execute(text(f"DROP TRIGGER post_no_update{on}"))
        await bare.execute(text("UPDATE post SET body = replace(body, 'sportello', 'sportellone')"))


async def test_a_post_that_is_not_as_approved_is_not_sent_and_people_are_told(
    desk: Desk, store: Store
) -> None:
    operation = await desk.approve("facebook", TEXT)
    await spoil(store)

    await desk.dispatch.perform(operation)

    assert desk.posts("facebook") == []
    assert (await desk.operation(operation)).state is FAILED
    assert "non è quello approvato" in str((await desk.operation(operation)).problem)
    assert await desk.told() == ["failed"]


async def test_a_doubt_about_one_that_is_not_as_approved_is_for_people_and_stops_no_other(
    desk: Desk, store: Store
) -> None:
    spoilt = await desk.approve("facebook", TEXT)
    desk.order("facebook", "lost")
    await desk.dispatch.perform(spoilt)
    await spoil(store)
    other = await desk.approve("x", "Altro")
    desk.order("x", "lost")
    await desk.dispatch.perform(other)

    await desk.reconcile.sweep()

    assert (await desk.operation(spoilt)).state is UNCONFIRMED
    assert (await desk.operation(other)).state is DONE
    assert await desk.told() == ["doubtful", "confirmed", "published"]
