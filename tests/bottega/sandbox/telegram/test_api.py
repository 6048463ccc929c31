"""The Bot API's strictness, and the commands it keeps."""

from typing import Any

import httpx
import pytest
import telegram
from telegram.error import InvalidToken

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Person
from tests.bottega.sandbox.telegram.cast import bot_of


class TestStrictness:
    @pytest.mark.parametrize(
        ("method", "parameters", "complaint"),
        [
            ("sendMessage", {"text": "x"}, "chat_id is empty"),
            ("sendMessage", {"chat_id": 101}, "message text is empty"),
            ("sendMessage", {"chat_id": 1, "text": "x"}, "chat not found"),
            ("sendMessage", {"chat_id": 101, "text": "x", "hue": 1}, 'unknown parameter "hue"'),
            ("sendPhoto", {"chat_id": 101}, "there is no photo in the request"),
            ("deleteMessage", {"chat_id": 101}, "message identifier is not specified"),
            ("sendChatAction", {"chat_id": 101, "action": "sing"},
             "wrong parameter action in request"),
            ("setMyCommands", {"commands": [{"command": "Ciao!", "description": "x"}]},
             "BOT_COMMAND_INVALID"),
            ("setMyName", {"name": "x" * 65}, "name is too long"),
            ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
        ],
    )  # fmt: skip
    @pytest.mark.usefixtures("ada")
    async def test_wrong_requests_are_told_what_is_wrong(
        self, sandbox: Sandbox, method: str, parameters: dict[str, Any], complaint: str
    ) -> None:
        url = f"{sandbox.url}/telegram/bot{sandbox.telegram.token}/{method}"
        async with httpx.AsyncClient() as client:
            answer = await client.post(url, json=parameters)
        assert answer.status_code == 400
        assert answer.json()["description"] == f"Bad Request: {complaint}"

    async def test_unknown_methods_and_tokens(self, sandbox: Sandbox) -> None:
        with pytest.raises(InvalidToken):
            async with bot_of(sandbox, "123:wrong"):
                pass
        url = f"{sandbox.url}/telegram/bot{sandbox.telegram.token}/sendDice"
        async with httpx.AsyncClient() as client:
            assert (await client.post(url)).json() == {
                "ok": False, "error_code": 404, "description": "Not Found",
            }  # fmt: skip

    async def test_commands_are_kept_by_scope(self, bot: telegram.Bot, ada: Person) -> None:
        await bot.set_my_commands([("start", "Comincia")])
        await bot.set_my_commands([("coda", "La coda")], scope=telegram.BotCommandScopeChat(ada.id))
        assert [c.command for c in await bot.get_my_commands()] == ["start"]
        scope = telegram.BotCommandScopeChat(ada.id)
        assert [c.command for c in await bot.get_my_commands(scope=scope)] == ["coda"]
        await bot.delete_my_commands()
        assert await bot.get_my_commands() == ()
