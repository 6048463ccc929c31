"""The sandbox's server: its record, its troubles, and what can be ordered from outside."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import requests

from bottega.sandbox.core import Exchange, Mood, Switchboard, Trouble
from bottega.sandbox.server import Sandbox, running


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    # No certificates: loading them takes longer than most tests.
    with httpx.Client(verify=False) as client:  # noqa: S501 - plain HTTP on loopback
        yield client


def me(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/telegram/bot{sandbox.telegram.token}/getMe"


def greet(sandbox: Sandbox) -> tuple[str, dict[str, str]]:
    sandbox.telegram.person(7, "Ada", started=True)
    url = f"{sandbox.url}/telegram/bot{sandbox.telegram.token}/sendMessage"
    return url, {"chat_id": "7", "text": "Ciao"}


@pytest.mark.parametrize("mood", ["refuse", "lost"])
def test_a_cut_connection_looks_like_one_to_httpx_and_requests(
    web: httpx.Client, sandbox: Sandbox, mood: Mood, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.board.troubles.append(Trouble(mood, "telegram", "getMe", times=2))
    with pytest.raises(httpx.RemoteProtocolError):
        web.get(me(sandbox))
    with pytest.raises(requests.ConnectionError):
        requests.get(me(sandbox), timeout=5)
    assert requests.get(me(sandbox), timeout=5).ok
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(("mood", "said"), [("refuse", 0), ("lost", 1)])
def test_refused_is_not_done_and_lost_is(
    web: httpx.Client, sandbox: Sandbox, mood: Mood, said: int
) -> None:
    url, message = greet(sandbox)
    sandbox.board.troubles.append(Trouble(mood, "telegram", "sendMessage"))
    with pytest.raises(httpx.RemoteProtocolError):
        web.post(url, data=message)
    assert len(sandbox.telegram.people[7].chat.messages) == said


def test_late_is_done_before_it_is_answered(web: httpx.Client, sandbox: Sandbox) -> None:
    url, message = greet(sandbox)
    sandbox.board.troubles.append(Trouble("late", "telegram", "sendMessage", seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        web.post(url, data=message, timeout=httpx.Timeout(5, read=0.3))
    assert sandbox.telegram.people[7].chat.find("Ciao")


def test_a_500_may_hide_a_success(web: httpx.Client, sandbox: Sandbox) -> None:
    url, message = greet(sandbox)
    sandbox.board.troubles.append(
        Trouble("created_then_500", "telegram", "sendMessage", status=502, body="<html>")
    )
    answer = web.post(url, data=message)
    assert (answer.status_code, answer.text) == (502, "<html>")
    assert sandbox.telegram.people[7].chat.find("Ciao")


def test_a_throttle_and_a_revoked_token_speak_the_service_s_own_tongue(
    web: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.board.troubles += [
        Trouble("throttle", "telegram", "*", seconds=7),
        Trouble("revoked", "telegram", "*"),
    ]
    assert web.get(me(sandbox)).json()["parameters"] == {"retry_after": 7}
    assert web.get(me(sandbox)).json()["error_code"] == 401


def test_an_order_is_obeyed_as_often_as_it_says_and_by_its_operation_alone(
    web: httpx.Client,
    sandbox: Sandbox,
) -> None:
    url, message = greet(sandbox)
    sandbox.board.troubles.append(
        Trouble("answer", "telegram", "sendMessage", times=2, status=503, body="no")
    )
    assert web.get(me(sandbox)).status_code == 200
    assert [web.post(url, data=message).status_code for _ in range(3)] == [503, 503, 200]


def test_troubles_are_ordered_and_the_record_read_from_other_processes(
    web: httpx.Client, sandbox: Sandbox
) -> None:
    order = {"mood": "answer", "service": "telegram", "operation": "getMe", "status": 418}
    assert web.post(f"{sandbox.url}/control/trouble", json=order).status_code == 200
    assert web.get(me(sandbox)).status_code == 418
    record = web.get(f"{sandbox.url}/control/exchanges").json()
    assert [(e["service"], e["path"]) for e in record] == [("telegram", "getMe")]
    web.post(f"{sandbox.url}/control/reset")
    assert web.get(f"{sandbox.url}/control/exchanges").json() == []


def test_an_order_that_makes_no_sense_is_refused(web: httpx.Client, sandbox: Sandbox) -> None:
    order = {"mood": "sulky", "service": "telegram", "operation": "getMe"}
    assert web.post(f"{sandbox.url}/control/trouble", json=order).status_code == 422


def test_the_record_shows_no_values_and_no_token(web: httpx.Client, sandbox: Sandbox) -> None:
    url, message = greet(sandbox)
    web.post(url, data=message | {"text": "segreto"})
    record = web.get(f"{sandbox.url}/control/exchanges").text
    assert "segreto" not in record
    assert sandbox.telegram.token not in record


def test_listeners_hear_every_request(web: httpx.Client, sandbox: Sandbox) -> None:
    heard: list[Exchange] = []
    sandbox.board.listeners.append(heard.append)
    web.get(me(sandbox))
    sandbox.board.listeners.remove(heard.append)
    assert [exchange.path for exchange in heard] == ["getMe"]


async def test_the_sandbox_is_served_for_as_long_as_its_block(sandbox: Sandbox) -> None:
    async with Sandbox() as other, httpx.AsyncClient() as client:
        assert (await client.get(me(other))).status_code == 200
        assert other.url != sandbox.url
        assert sandbox.telegram is not other.telegram
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(me(other))


def test_what_was_said_outlives_the_server(web: httpx.Client) -> None:
    sandbox = Sandbox()
    with running(sandbox):
        url, message = greet(sandbox)
        web.post(url, data=message)
    with running(sandbox):
        assert sandbox.telegram.people[7].chat.find("Ciao")
        assert web.get(me(sandbox)).status_code == 200


def test_stopping_does_not_wait_for_late_answers() -> None:
    sandbox = Sandbox()
    began = time.monotonic()
    with running(sandbox):
        sandbox.board.troubles.append(Trouble("late", "telegram", "getMe", seconds=60))
        waiting = threading.Thread(target=requests.get, args=[me(sandbox)], kwargs={"timeout": 60})
        waiting.start()
        sandbox.board.until_sync(lambda: sandbox.board.exchanges or None, 1)
        time.sleep(0.1)
    waiting.join()
    assert time.monotonic() - began < 5


async def test_a_change_in_another_thread_ends_the_wait() -> None:
    board = Switchboard()
    threading.Timer(0.05, board.touch).start()
    seen = await board.until(lambda: board.revision or None, 5)
    assert seen == 1


async def test_waiting_ends_when_time_is_up() -> None:
    board = Switchboard()
    board.touch()
    assert not await board.until(lambda: board.revision > 1 or None, 0.05)
    assert not await asyncio.to_thread(board.until_sync, lambda: board.revision > 1 or None, 0.05)
