"""Updates, pushed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import telegram
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import BadRequest, Conflict

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Person


@asynccontextmanager
async def listening(answers: list[int]) -> AsyncIterator[tuple[str, list[tuple[str, Any]]]]:
    """Receive webhook calls, answering each with the next status (the last one stays)."""
    received: list[tuple[str, Any]] = []

    async def receive(request: Request) -> Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        received.append((secret, await request.json()))
        return Response(status_code=answers.pop(0) if len(answers) > 1 else answers[0])

    config = uvicorn.Config(
        Starlette(routes=[Route("/hook", receive, methods=["POST"])]),
        port=0, ws="none", lifespan="off", log_config=None,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/hook", received
    finally:
        server.should_exit = True
        await serving


class TestWebhook:
    async def test_updates_are_pushed_in_order_with_the_secret(
        self, sandbox: Sandbox, bot: telegram.Bot, ada: Person
    ) -> None:
        async with listening([200]) as (url, received):
            await bot.set_webhook(url, secret_token="segreto")
            ada.write("uno")
            ada.write("due")
            await sandbox.telegram.wait_for(lambda: not sandbox.telegram.updates.queue)
            await bot.delete_webhook()
        assert [secret for secret, _ in received] == ["segreto", "segreto"]
        assert [update["message"]["text"] for _, update in received] == ["uno", "due"]

    async def test_a_refused_update_is_pushed_again(
        self, sandbox: Sandbox, bot: telegram.Bot, ada: Person
    ) -> None:
        async with listening([500, 502, 200]) as (url, received):
            await bot.set_webhook(url)
            ada.write("uno")
            await sandbox.telegram.wait_for(lambda: not sandbox.telegram.updates.queue)
            info = await bot.get_webhook_info()
            await bot.delete_webhook()
        ids = [update["update_id"] for _, update in received]
        assert len(ids) == 3
        assert all(one == other for one, other in pairwise(ids))
        assert info.last_error_message == "Wrong response from the webhook: 502"

    async def test_a_webhook_that_is_down_waits_for_its_return(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        await bot.set_webhook("http://127.0.0.1:9/hook")
        ada.write("uno")
        await asyncio.sleep(0.3)
        assert (await bot.get_webhook_info()).pending_update_count == 1
        assert (await bot.get_webhook_info()).last_error_message
        await bot.delete_webhook()
        assert len(await bot.get_updates()) == 1

    async def test_a_webhook_and_polling_exclude_each_other(self, bot: telegram.Bot) -> None:
        await bot.set_webhook("http://127.0.0.1:9/hook")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()

    async def test_a_secret_has_an_alphabet(self, bot: telegram.Bot) -> None:
        with pytest.raises(BadRequest, match="unallowed characters"):
            await bot.set_webhook("http://127.0.0.1:9/hook", secret_token="con spazi")
