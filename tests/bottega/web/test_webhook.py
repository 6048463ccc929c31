"""Telegram at the door: who it is, what it brings, and when it is answered."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bottega.web.webhook import LARGEST, PATH, SECRET, webhook

UPDATE = {"update_id": 7, "message": {"text": "Ciao"}}
HEADERS = {SECRET: "the-secret-of-the-newsroom"}


class Taken(list[Mapping[str, Any]]):
    """What was committed; `trouble` is what keeps it from being so."""

    trouble: Exception | None = None

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        if self.trouble is not None:
            raise self.trouble
        if not isinstance(updates[0], dict) or "update_id" not in updates[0]:
            raise ValueError
        self.extend(updates)


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def telegram(taken: Taken) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[webhook(HEADERS[SECRET], taken.take)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bottega") as client:
        yield client


async def test_an_update_is_taken(telegram: httpx.AsyncClient, taken: Taken) -> None:
    answer = await telegram.post(PATH, json=UPDATE, headers=HEADERS)

    assert (answer.status_code, answer.content) == (200, b"")
    assert taken == [UPDATE]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET: ""}, {SECRET: "the-secret-of-the-newsroon"}, {SECRET: "à"}]
)
async def test_nobody_but_telegram_is_let_in(
    telegram: httpx.AsyncClient, taken: Taken, headers: dict[str, str]
) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]

    answer = await telegram.post(PATH, json=UPDATE, headers=encoded)

    assert answer.status_code == 401
    assert taken == []


async def test_a_body_larger_than_any_update_is_not_read_to_its_end(
    telegram: httpx.AsyncClient, taken: Taken
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * (LARGEST // 10)

    assert (await telegram.post(PATH, content=body(), headers=HEADERS)).status_code == 413
    assert taken == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"update": 1}', b"[" * 100_000]
)
async def test_what_is_no_update_is_refused(
    telegram: httpx.AsyncClient, taken: Taken, body: bytes
) -> None:
    assert (await telegram.post(PATH, content=body, headers=HEADERS)).status_code == 400
    assert taken == []


async def test_what_could_not_be_committed_is_asked_for_again(
    telegram: httpx.AsyncClient, taken: Taken
) -> None:
    taken.trouble = OSError("no space left on device")

    assert (await telegram.post(PATH, json=UPDATE, headers=HEADERS)).status_code == 503


async def test_half_a_letter_comes_through(telegram: httpx.AsyncClient, taken: Taken) -> None:
    body = json.dumps({"update_id": 7, "text": "\ud800"})

    assert (await telegram.post(PATH, content=body, headers=HEADERS)).status_code == 200
    assert taken == [{"update_id": 7, "text": "\ud800"}]


async def test_only_what_is_brought_is_taken(telegram: httpx.AsyncClient) -> None:
    assert (await telegram.get(PATH, headers=HEADERS)).status_code == 405
