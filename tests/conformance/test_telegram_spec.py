"""The stand-in for Telegram held against the published Bot API, and so is what checks it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from telegram import BotCommandScopeChat, ForceReply, InputMediaPhoto, MenuButtonCommands

from bottega.sandbox.core import Exchange
from bottega.sandbox.server import Sandbox, running
from bottega.sandbox.telegram import Person
from bottega.sandbox.telegram.methods import METHODS, Method
from tests.bottega.sandbox.telegram.cast import bot_of, buttons, picture
from tests.conformance.telegram import mismatches, spec, spec_path, violations
from tests.requirements import need

LACKING = {
    "business_connection_id", "direct_messages_topic_id", "suggested_post_parameters",
    "inline_message_id", "certificate",
}  # fmt: skip
"""What the sandbox does not play: business accounts, channels' direct messages, inline mode."""


@pytest.fixture(autouse=True)
def _needs_the_specification() -> None:
    need(spec_path().exists(), "the published Bot API (../shared/specs)")


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
def ada(sandbox: Sandbox) -> Person:
    return sandbox.telegram.person(101, "Ada", "Neri", "adaneri", started=True)


@pytest.fixture
def bruno(sandbox: Sandbox) -> Person:
    return sandbox.telegram.person(102, "Bruno", started=True)


def request(method: str, fields: dict[str, str] | None = None, **files: bytes) -> Exchange:
    parts = {name: (f"{name}.bin", content) for name, content in files.items()}
    return Exchange("telegram", "POST", method, {}, fields or {}, parts)


class TestTheChecker:
    @pytest.mark.parametrize(
        "sound",
        [
            request("getMe"),
            request("sendMessage", {"chat_id": "1", "text": "1"}),
            request("sendMessage", {"chat_id": "@lab", "text": "x", "protect_content": "true"}),
            request("sendPhoto", {"chat_id": "1"}, photo=b"x"),
            request(
                "sendMediaGroup",
                {"chat_id": "1", "media": '[{"type": "photo", "media": "attach://a"}]'},
                a=b"x",
            ),
            request("setMyCommands", {"commands": "[]", "scope": '{"type": "all_private_chats"}'}),
        ],
    )
    def test_lets_sound_requests_pass(self, sound: Exchange) -> None:
        assert violations(sound) == []

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            (request("sendGreeting"), "sendGreeting: no such method"),
            (request("getMe", {"x": "1"}), "getMe: unknown parameter x"),
            (request("sendMessage", {"chat_id": "1"}), "sendMessage: missing parameter text"),
            (
                request("deleteMessage", {"chat_id": "1", "message_id": "due"}),
                "deleteMessage: message_id: 'due' is no Integer",
            ),
            (
                request("sendMessage", {"chat_id": "1", "text": "x", "protect_content": "1"}),
                "sendMessage: protect_content: 1 is no Boolean",
            ),
            (
                request(
                    "sendMessage",
                    {
                        "chat_id": "1",
                        "text": "x",
                        "reply_markup": '{"inline_keyboard": [[{"text": "a", "x": 1}]]}',
                    },
                ),
                (
                    "sendMessage: reply_markup.inline_keyboard[0][0].x: "
                    "unknown in InlineKeyboardButton"
                ),
            ),
            (
                request("sendMediaGroup", {"chat_id": "1", "media": '[{"type": "photo"}]'}),
                "sendMediaGroup: media[0].media: missing from InputMediaPhoto",
            ),
            (
                request("setMyCommands", {"commands": '[{"command": "a"}]'}),
                "setMyCommands: commands[0].description: missing from BotCommand",
            ),
            (
                request("sendMessage", {"chat_id": "1", "text": "x"}, stray=b"x"),
                "sendMessage: file stray belongs to nothing",
            ),
        ],
    )
    def test_names_what_is_wrong(self, wrong: Exchange, problem: str) -> None:
        assert violations(wrong) == [problem]

    def test_leaves_other_services_alone(self) -> None:
        assert violations(Exchange("x", "POST", "tweets", {}, {}, {})) == []

    def test_tells_subtypes_apart(self) -> None:
        user = {"id": 1, "is_bot": False, "first_name": "Ada"}
        assert mismatches({"status": "member", "user": user}, "ChatMember") == []
        assert mismatches({"status": "kicked", "user": user}, "ChatMember") != []


class TestTheLibrary:
    async def test_sends_nothing_that_the_checker_minds(
        self, sandbox: Sandbox, ada: Person
    ) -> None:
        problems: list[str] = []

        def listen(exchange: Exchange) -> None:
            problems.extend(violations(exchange))

        sandbox.board.listeners.append(listen)
        async with bot_of(sandbox) as bot:
            markup = buttons(Sì="si")
            sent = await bot.send_photo(ada.id, picture(), caption="Orto", reply_markup=markup)
            await bot.send_document(ada.id, b"dati", filename="dati.csv", thumbnail=picture())
            await bot.send_video(ada.id, b"film", duration=timedelta(seconds=3), width=1, height=1)
            photos = [InputMediaPhoto(picture()), InputMediaPhoto(sent.photo[-1].file_id)]
            await bot.send_media_group(ada.id, photos, reply_to_message_id=sent.message_id)
            await sent.edit_media(InputMediaPhoto(picture(30, 30)))
            await sent.reply_html("<b>Sì</b>", reply_markup=ForceReply())
            await bot.set_message_reaction(ada.id, sent.message_id, "👍")
            await bot.set_my_commands([("start", "Comincia")], BotCommandScopeChat(ada.id))
            await bot.set_chat_menu_button(ada.id, MenuButtonCommands())
            await bot.copy_messages(ada.id, ada.id, [1, 2])
            await bot.get_updates(timeout=timedelta(), allowed_updates=["message"])
            await bot.set_webhook("http://127.0.0.1:9/", secret_token="segreto")
            await bot.delete_webhook()
        sandbox.board.listeners.remove(listen)
        assert problems == []
        assert len(sandbox.board.exchanges) > 12


class TestTheStandInsParameters:
    @pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
    def test_are_those_of_the_specification(self, method: Method) -> None:
        fields = spec()["methods"][method.name].get("fields", [])
        published = {field["name"] for field in fields}
        assert published - LACKING == set(method.ask.model_fields)

    @pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
    def test_are_demanded_only_where_the_specification_does(self, method: Method) -> None:
        fields = spec()["methods"][method.name].get("fields", [])
        demanded = {name for name, field in method.ask.model_fields.items() if field.is_required()}
        edits = {"chat_id", "message_id"} if method.name.startswith("editMessage") else set()
        assert demanded <= {field["name"] for field in fields if field["required"]} | edits


class TestTheStandInsAnswers:
    """Each method is called once; its answer must have the published shape."""

    def call(self, sandbox: Sandbox, method: str, **parameters: Any) -> Any:
        """Call with JSON, check the request and the answer, and return the result."""
        exchange = Exchange("telegram", "POST", method, {}, {}, {}, parameters)
        assert violations(exchange) == []
        url = f"{sandbox.url}/telegram/bot{sandbox.telegram.token}/{method}"
        answer = requests.post(url, json=parameters, timeout=10).json()
        assert answer["ok"], answer
        assert mismatches(answer["result"], *spec()["methods"][method]["returns"]) == []
        return answer["result"]

    def test_about_messages(self, sandbox: Sandbox, ada: Person) -> None:
        keyboard = {"inline_keyboard": [[{"text": "Sì", "callback_data": "si"}]]}
        photo = ada.send_photo(picture())["photo"][-1]["file_id"]
        video = ada.send_video(b"film")["video"]["file_id"]
        voice = ada.send_voice(b"voce")["voice"]["file_id"]
        document = ada.send_document(b"dati", "a.csv")["document"]["file_id"]
        to = {"chat_id": ada.id}
        said = self.call(
            sandbox, "sendMessage", **to, text="<b>Ciao</b>", parse_mode="HTML",
            reply_markup=keyboard, reply_parameters={"message_id": 1},
            link_preview_options={"is_disabled": True},
        )  # fmt: skip
        self.call(sandbox, "sendPhoto", **to, photo=photo, caption="#orto", has_spoiler=True)
        self.call(sandbox, "sendVideo", **to, video=video)
        self.call(sandbox, "sendVoice", **to, voice=voice)
        self.call(sandbox, "sendDocument", **to, document=document, protect_content=True)
        media = [{"type": "photo", "media": photo}, {"type": "video", "media": video}]
        self.call(sandbox, "sendMediaGroup", **to, media=media)
        self.call(sandbox, "copyMessage", **to, from_chat_id=ada.id, message_id=1)
        self.call(sandbox, "copyMessages", **to, from_chat_id=ada.id, message_ids=[1, 2])
        self.call(sandbox, "forwardMessage", **to, from_chat_id=ada.id, message_id=1)
        this = to | {"message_id": said["message_id"]}
        self.call(sandbox, "editMessageText", **this, text="Dopo", reply_markup=keyboard)
        self.call(sandbox, "editMessageReplyMarkup", **this)
        shown = to | {"message_id": said["message_id"] + 1}
        self.call(sandbox, "editMessageCaption", **shown, caption="Dopo")
        self.call(sandbox, "editMessageMedia", **shown, media=media[0])
        reaction = [{"type": "emoji", "emoji": "👍"}]
        self.call(sandbox, "setMessageReaction", **this, reaction=reaction)
        self.call(sandbox, "deleteMessage", **this)
        self.call(sandbox, "getFile", file_id=photo)
        for message in ada.chat.messages:
            assert mismatches(message, "Message") == []

    def test_about_chats(self, sandbox: Sandbox, ada: Person, bruno: Person) -> None:
        forum = sandbox.telegram.group(-1001, "Redazione", bruno, forum=True)
        self.call(sandbox, "getChat", chat_id=ada.id)
        self.call(sandbox, "getChat", chat_id=forum.id)
        for status in ("creator", "administrator", "member", "left", "kicked"):
            forum.members[ada.id] = status
            self.call(sandbox, "getChatMember", chat_id=forum.id, user_id=ada.id)
        self.call(sandbox, "getChatAdministrators", chat_id=forum.id, return_bots=True)
        self.call(sandbox, "createForumTopic", chat_id=forum.id, name="Coda")
        self.call(sandbox, "sendChatAction", chat_id=forum.id, action="typing")
        self.call(sandbox, "leaveChat", chat_id=forum.id)
        for message in forum.messages:
            assert mismatches(message, "Message") == []

    def test_about_the_bot(self, sandbox: Sandbox) -> None:
        self.call(sandbox, "getMe")
        commands = [{"command": "start", "description": "Comincia"}]
        self.call(sandbox, "setMyCommands", commands=commands)
        self.call(sandbox, "getMyCommands")
        self.call(sandbox, "deleteMyCommands")
        for what in ("Name", "Description", "ShortDescription"):
            field = "short_description" if what == "ShortDescription" else what.lower()
            self.call(sandbox, f"setMy{what}", **{field: "Bottega"})
            self.call(sandbox, f"getMy{what}")
        button = {"type": "web_app", "text": "Apri", "web_app": {"url": "https://example.org"}}
        self.call(sandbox, "setChatMenuButton", menu_button=button)
        self.call(sandbox, "getChatMenuButton")
        self.call(sandbox, "setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message"])
        self.call(sandbox, "getWebhookInfo")
        self.call(sandbox, "deleteWebhook", drop_pending_updates=True)

    def test_about_what_people_do(self, sandbox: Sandbox, ada: Person, bruno: Person) -> None:
        kinds = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
        self.call(sandbox, "getUpdates", allowed_updates=kinds)
        group = sandbox.telegram.group(-7, "Piazza", bruno, supergroup=False)
        keyboard = {"inline_keyboard": [[{"text": "Sì", "callback_data": "si"}]]}
        self.call(sandbox, "sendMessage", chat_id=ada.id, text="Sì?", reply_markup=keyboard)
        press = ada.press(ada.chat.messages[0], "Sì")
        self.call(sandbox, "answerCallbackQuery", callback_query_id=press.id, text="Bene")
        ada.edit(ada.write("/start https://example.org @bruno #orto a@example.org"), "nuovo")
        ada.write("a te", reply_to=ada.chat.messages[0])
        ada.send_album([picture(), ("video", b"film")], "Album")
        ada.send_album([("document", b"a"), ("document", b"b")])
        ada.send_sticker()
        ada.send_contact("+39055000000")
        ada.send_location(43.7, 11.2)
        ada.block()
        ada.unblock()
        ada.join(group)
        ada.leave(group)
        sandbox.telegram.migrate(group, -100_7)
        updates = self.call(sandbox, "getUpdates")
        assert {kind for update in updates for kind in update} == {"update_id", *kinds}
        json.dumps(updates)
