"""The page where all of the sandbox is seen and tried, in a real browser, with a tiny bot."""

import asyncio
import io
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import pytest_asyncio
import requests
import tweepy
from PIL import Image
from playwright.async_api import (
    Browser,
    FilePayload,
    Locator,
    Page,
    expect,
)
from telegram import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from bottega.sandbox import Cast, Sandbox, furnish
from bottega.sandbox.channels import OUTLETS
from bottega.sandbox.outlets import Outlet
from tests import files
from tests.browser import chromium

FILES = {"photo", "video", "document"}
expect.set_options(timeout=15_000)

pytestmark = pytest.mark.asyncio(loop_scope="module")
Context = ContextTypes.DEFAULT_TYPE
module_fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")


@module_fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@module_fixture
async def served() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    served.rubrica_url = ""
    return served


@pytest.fixture
def cast(sandbox: Sandbox) -> Cast:
    return furnish(sandbox.telegram)


async def _hear(update: Update, _: Context) -> None:
    """Answer what anybody writes with a bold echo and two buttons."""
    assert isinstance(update.effective_message, Message)
    words = update.effective_message.text or update.effective_message.caption or "una foto"
    if words == "/domanda":
        await update.effective_message.reply_text("Come si chiama?", reply_markup=ForceReply())
        return
    row = [
        InlineKeyboardButton("Approva", callback_data="yes"),
        InlineKeyboardButton("Spiega", callback_data="why"),
    ]
    await update.effective_message.reply_text(
        f"Ho letto: <b>{words[:60]}</b>",
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([row]),
    )


async def _pressed(update: Update, _: Context) -> None:
    query = update.callback_query
    assert query is not None
    if query.data == "why":
        await query.answer("Perché è una prova.", show_alert=True)
    else:
        await query.answer("Grazie!")
        await query.edit_message_text(f"Approvato da {query.from_user.first_name}")


@pytest_asyncio.fixture(loop_scope="module")
async def bot(sandbox: Sandbox, cast: Cast) -> AsyncIterator[None]:
    keys = sandbox.telegram_keys()

    def plain() -> HTTPXRequest:
        # No certificates: loading them takes longer than most tests.
        return HTTPXRequest(connection_pool_size=4, httpx_kwargs={"verify": False})

    application = (
        Application.builder()
        .token(keys["token"])
        .base_url(f"{keys['api_url']}/bot")
        .request(plain())
        .get_updates_request(plain())
        .build()
    )
    application.add_handler(MessageHandler(filters.ALL, _hear))
    application.add_handler(CallbackQueryHandler(_pressed))
    async with application:
        await application.bot.set_my_description("Racconta alla redazione.")
        await application.bot.set_my_commands([BotCommand("aiuto", "Come funziona")])
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, sandbox: Sandbox, cast: Cast) -> AsyncIterator[Page]:
    async with await browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="it-IT"
    ) as context:
        page = await context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda line: problems.append(line.text) if line.type == "error" else None
        )
        await page.goto(sandbox.url)
        await expect(page.get_by_test_id("participant-who")).to_contain_text("Ada Rossi")
        yield page
        assert problems == []


def messages(page: Page, pane: str) -> Locator:
    return page.get_by_test_id(pane).get_by_test_id("message")


def text_box(page: Page, pane: str) -> Locator:
    return page.get_by_test_id(pane).get_by_label("Messaggio", exact=True)


async def send(page: Page, pane: str) -> None:
    await page.get_by_test_id(pane).get_by_label("Manda il messaggio").click()


async def write(page: Page, pane: str, words: str) -> None:
    await text_box(page, pane).fill(words)
    await send(page, pane)


async def start(page: Page) -> None:
    await page.get_by_test_id("participant").get_by_role("button", name="AVVIA").click()
    await expect(messages(page, "participant").nth(1)).to_contain_text("Ho letto: /start")


def picture(color: str = "teal") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (320, 200), color).save(output, "JPEG")
    return output.getvalue()


def jpeg(name: str, color: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(color)}


def payload(name: str, kind: str, content: bytes = b"content") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def voice(container: str) -> bytes:
    return files.voice(1, container=container)


async def attach(page: Page, how: str, *given: FilePayload) -> None:
    await page.get_by_test_id("participant").get_by_label(how, exact=True).set_input_files(given)


async def pick(page: Page, what: str) -> None:
    pane = page.get_by_test_id("participant")
    await pane.get_by_label("Allega", exact=True).click()
    await pane.get_by_role("button", name=what).click()


async def post_on_facebook(sandbox: Sandbox, message: str, **fields: str) -> str:
    keys = sandbox.keys()["facebook"]
    said = {"access_token": keys["token"], "message": message, **fields}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{keys['api_url']}/v26.0/me/feed", data=said)
    return str(answer.raise_for_status().json()["id"])


async def upload_to_facebook(sandbox: Sandbox, alt: str) -> str:
    keys = sandbox.keys()["facebook"]
    said = {"access_token": keys["token"], "published": "false", "alt_text_custom": alt}
    files = {"source": ("a.jpg", picture(), "image/jpeg")}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{keys['api_url']}/v26.0/me/photos", data=said, files=files)
    return str(answer.raise_for_status().json()["id"])


async def post_on_x(sandbox: Sandbox, text: str) -> None:
    keys = sandbox.keys()["x"]
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    auth = tweepy.OAuth1UserHandler(*(keys[name] for name in names)).apply_auth()
    url, said = f"{keys['api_url']}/2/tweets", {"text": text}
    answer = await asyncio.to_thread(requests.post, url, json=said, auth=auth, timeout=10)
    answer.raise_for_status()


@pytest.mark.usefixtures("bot")
class TestTheParticipantsChat:
    async def test_ada_must_press_avvia_first(self, page: Page, cast: Cast) -> None:
        pane = page.get_by_test_id("participant")
        await expect(pane).to_contain_text("Racconta alla redazione.")
        await expect(text_box(page, "participant")).to_be_hidden()
        await start(page)
        assert cast.ada.chat.messages[0]["text"] == "/start"
        await expect(text_box(page, "participant")).to_be_visible()

    async def test_what_the_bot_makes_bold_is_bold(self, page: Page) -> None:
        await start(page)
        bold = messages(page, "participant").nth(1).locator("strong")
        await expect(bold).to_have_text("/start")

    async def test_words_are_never_markup(self, page: Page) -> None:
        await start(page)
        await write(page, "participant", '<img src=x> <b>a</b> & "b"')
        said = messages(page, "participant").nth(2)
        await expect(said.locator(".words")).to_have_text('<img src=x> <b>a</b> & "b"')
        await expect(said.locator("img, b")).to_have_count(0)

    async def test_a_button_answers_with_a_note_and_changes_the_message(self, page: Page) -> None:
        await start(page)
        await page.get_by_test_id("participant").get_by_role("button", name="Approva").click()
        await expect(page.get_by_test_id("toast")).to_have_text("Grazie!")
        await expect(messages(page, "participant").nth(1)).to_contain_text("Approvato da Ada")
        await expect(page.get_by_role("button", name="Approva")).to_have_count(0)

    async def test_an_alert_is_to_be_dismissed(self, page: Page) -> None:
        await start(page)
        await page.get_by_test_id("participant").get_by_role("button", name="Spiega").click()
        await expect(page.get_by_test_id("alert")).to_contain_text("Perché è una prova.")
        await page.get_by_test_id("alert").get_by_role("button", name="OK").click()
        await expect(page.get_by_test_id("alert")).to_be_hidden()

    async def test_the_menu_says_a_command(self, page: Page) -> None:
        await start(page)
        pane = page.get_by_test_id("participant")
        await pane.get_by_text("Menu", exact=True).click()
        await pane.get_by_role("button", name="/aiuto Come funziona").click()
        await expect(messages(page, "participant").nth(3)).to_contain_text("Ho letto: /aiuto")

    async def test_a_sample_is_filled_in_and_sent_by_hand(self, page: Page, cast: Cast) -> None:
        await start(page)
        pane = page.get_by_test_id("participant")
        texts: list[str] = []
        for _ in range(3):
            await pane.get_by_role("button", name="Prova con un esempio").click()
            await expect(text_box(page, "participant")).not_to_have_value(
                texts[-1] if texts else ""
            )
            texts.append(await text_box(page, "participant").input_value())
        assert len(set(texts)) == 3
        assert all(450 <= len(text) <= 1024 for text in texts)
        assert all("Comune di " in text or "Comuni" in text for text in texts)
        assert len(cast.ada.chat.messages) == 2
        await send(page, "participant")
        await expect(messages(page, "participant").nth(2).locator("img")).to_be_visible()
        sent = cast.ada.chat.messages[2]
        assert sent["caption"] == texts[-1]
        assert sent["photo"][-1]["width"] == 1280
        await expect(text_box(page, "participant")).to_have_value("")

    async def test_two_photos_make_an_album_in_one_bubble(self, page: Page, cast: Cast) -> None:
        await start(page)
        pane = page.get_by_test_id("participant")
        two = [jpeg("a.jpg", "teal"), jpeg("b.jpg", "olive"), jpeg("c.jpg", "navy")]
        await pane.get_by_label("Allega foto", exact=True).set_input_files(two)
        await expect(pane.get_by_test_id("attached")).to_have_count(3)
        await pane.get_by_role("button", name="Togli c.jpg").click()
        await write(page, "participant", "Due foto")
        bubble = messages(page, "participant").filter(has_text="Due foto").first
        await expect(bubble.locator("img")).to_have_count(2)
        albums = [m["media_group_id"] for m in cast.ada.chat.messages if "photo" in m]
        assert len(albums) == 2
        assert len(set(albums)) == 1

    async def test_what_is_being_typed_survives_news_and_other_hands(
        self, page: Page, cast: Cast
    ) -> None:
        await start(page)
        await text_box(page, "participant").fill("Sto scrivendo")
        cast.ada.write("dal telefono")
        await expect(messages(page, "participant").nth(3)).to_contain_text("dal telefono")
        await expect(text_box(page, "participant")).to_have_value("Sto scrivendo")
        await page.get_by_test_id("participant-who").select_option(str(cast.dario.id))
        await expect(text_box(page, "participant")).to_be_hidden()
        await page.get_by_test_id("participant-who").select_option(str(cast.ada.id))
        await expect(text_box(page, "participant")).to_have_value("Sto scrivendo")

    async def test_the_latest_message_is_in_sight_unless_one_reads_back(
        self, page: Page, cast: Cast
    ) -> None:
        await start(page)
        cast.ada.write("riga\n" * 60)
        await expect(messages(page, "participant").nth(3)).to_be_in_viewport()
        await (
            page.get_by_test_id("participant")
            .get_by_role("log")
            .evaluate("log => { log.scrollTop = 0; }")
        )
        cast.ada.write("ancora")
        latest = page.get_by_test_id("participant").get_by_role("button", name="Nuovi messaggi")
        await expect(latest).to_be_visible()
        await expect(messages(page, "participant").nth(0)).to_be_in_viewport()
        await latest.click()
        await expect(messages(page, "participant").nth(4)).to_be_in_viewport()
        await expect(latest).to_be_hidden()


@pytest.mark.usefixtures("bot")
class TestWhatPeopleSend:
    """Each way of the apps, from the page."""

    async def test_a_picture_sent_as_a_file_stays_a_file(self, page: Page, cast: Cast) -> None:
        await start(page)
        await attach(page, "Allega file", jpeg("foto.jpg", "teal"))
        await write(page, "participant", "La foto")
        message = messages(page, "participant").nth(2)
        await expect(message.get_by_role("link")).to_contain_text("foto.jpg")
        sent = cast.ada.chat.messages[2]
        assert (sent["document"]["mime_type"], sent["caption"]) == ("image/jpeg", "La foto")

    async def test_a_photo_and_a_film_make_one_album_and_a_document_comes_after(
        self, page: Page, cast: Cast
    ) -> None:
        await start(page)
        await attach(page, "Allega foto", jpeg("a.jpg", "teal"), payload("b.mp4", "video/mp4"))
        await attach(page, "Allega file", payload("c.pdf", "application/pdf"))
        await expect(page.get_by_test_id("attached")).to_have_count(3)
        await write(page, "participant", "Tutto")
        await expect(messages(page, "participant").filter(has_text="c.pdf")).to_be_visible()
        photo, film, document = [m for m in cast.ada.chat.messages if set(m) & FILES]
        assert photo["caption"] == "Tutto"
        assert photo["media_group_id"] == film["media_group_id"]
        assert film["video"]["mime_type"] == "video/mp4"
        assert (document["document"]["file_name"], "caption" in document) == ("c.pdf", False)

    async def test_a_recording_becomes_a_voice_note(self, page: Page, cast: Cast) -> None:
        await start(page)
        await attach(page, "Allega vocale", payload("voce.webm", "audio/webm", voice("webm")))
        await expect(messages(page, "participant").nth(2).locator("audio")).to_be_visible()
        sent = cast.ada.chat.messages[2]["voice"]
        content = cast.ada.cloud.files.get(sent["file_id"]).content
        assert content.startswith(b"OggS")

    async def test_a_voice_note_is_spoken_into_the_microphone(
        self, sandbox: Sandbox, cast: Cast
    ) -> None:
        async with chromium("--use-fake-device-for-media-stream") as browser:
            context = await browser.new_context(permissions=["microphone"])
            page = await context.new_page()
            await page.goto(sandbox.url)
            await start(page)
            await pick(page, "🎙 Vocale")
            await expect(page.get_by_text("Registro 0:01")).to_be_visible()
            pane = page.get_by_test_id("participant")
            await pane.get_by_label("Manda il vocale").click()
            await expect(messages(page, "participant").nth(2).locator("audio")).to_be_visible()
            await pick(page, "🎙 Vocale")
            await pane.get_by_role("button", name="Annulla").click()
            await expect(text_box(page, "participant")).to_be_visible()
        (sent,) = [m["voice"] for m in cast.ada.chat.messages if "voice" in m]
        assert 1 <= sent["duration"] <= 9
        assert cast.ada.cloud.files.get(sent["file_id"]).content.startswith(b"OggS")

    async def test_places_have_a_name_or_only_a_point(self, page: Page, cast: Cast) -> None:
        await start(page)
        await pick(page, "📍 Posizione")
        await page.get_by_role("button", name="Biblioteca comunale").click()
        await expect(messages(page, "participant").nth(2)).to_contain_text("Via Roma 1, Tirano")
        await pick(page, "📍 Posizione")
        await page.get_by_role("button", name="Un punto sulla mappa").click()
        await expect(messages(page, "participant").nth(4)).to_contain_text("45.46427")
        venue, point = (m for m in cast.ada.chat.messages if "location" in m)
        assert venue["venue"]["title"] == "Biblioteca comunale"
        assert "venue" not in point

    async def test_a_channels_post_is_passed_on(self, page: Page, cast: Cast) -> None:
        await start(page)
        await pick(page, "↪ Post di un canale")
        pane = page.get_by_test_id("participant")
        await expect(pane).to_contain_text("Inoltri dal canale «Notizie dal Comune»")
        await expect(text_box(page, "participant")).not_to_have_value("")
        await send(page, "participant")
        message = messages(page, "participant").nth(2)
        await expect(message).to_contain_text("Inoltrato da Notizie dal Comune")
        await expect(message.get_by_role("button", name="Correggi")).to_have_count(0)
        sent = cast.ada.chat.messages[2]
        assert (sent["forward_origin"]["type"], len(sent["photo"]) > 0) == ("channel", True)
        await expect(pane.locator(".about")).to_be_hidden()

    async def test_a_message_is_corrected_and_what_was_being_typed_comes_back(
        self, page: Page, cast: Cast
    ) -> None:
        await start(page)
        await write(page, "participant", "Sabto mattina")
        await expect(messages(page, "participant").nth(3)).to_be_visible()
        await text_box(page, "participant").fill("E poi")
        mine = messages(page, "participant").nth(2)
        await mine.get_by_role("button", name="Correggi questo messaggio").click()
        await expect(text_box(page, "participant")).to_have_value("Sabto mattina")
        await write(page, "participant", "Sabato mattina")
        await expect(mine).to_contain_text("Sabato mattina")
        await expect(mine).to_contain_text("modificato")
        await expect(text_box(page, "participant")).to_have_value("E poi")
        assert cast.ada.chat.messages[2]["text"] == "Sabato mattina"

    async def test_a_correction_can_be_left(self, page: Page, cast: Cast) -> None:
        await start(page)
        mine = messages(page, "participant").nth(0)
        await mine.get_by_role("button", name="Correggi questo messaggio").click()
        await page.get_by_test_id("participant").get_by_role("button", name="Annulla").click()
        await expect(text_box(page, "participant")).to_have_value("")
        await write(page, "participant", "Altro")
        await expect(messages(page, "participant").nth(2)).to_contain_text("Altro")
        assert cast.ada.chat.messages[0]["text"] == "/start"

    async def test_a_photo_can_be_the_answer_to_a_message(self, page: Page, cast: Cast) -> None:
        await start(page)
        question = messages(page, "participant").nth(1)
        await question.get_by_role("button", name="Rispondi a questo messaggio").click()
        await attach(page, "Allega foto", jpeg("a.jpg", "teal"))
        await send(page, "participant")
        await expect(messages(page, "participant").nth(2).locator(".quote")).to_be_visible()
        assert cast.ada.chat.messages[2]["reply_to_message"]["message_id"] == 2

    async def test_what_the_bot_asks_to_be_answered_is_answered(
        self, page: Page, cast: Cast
    ) -> None:
        await start(page)
        await write(page, "participant", "/domanda")
        about = page.get_by_test_id("participant").locator(".about")
        await expect(about).to_contain_text("Come si chiama?")
        await write(page, "participant", "Orto di via Roma")
        await expect(about).to_be_hidden()
        (answer,) = [m for m in cast.ada.chat.messages if "reply_to_message" in m]
        assert answer["reply_to_message"]["text"] == "Come si chiama?"

    async def test_the_bot_is_blocked_and_started_again(self, page: Page, cast: Cast) -> None:
        await start(page)
        pane = page.get_by_test_id("participant")
        await pane.get_by_label("Altro").click()
        await pane.get_by_role("button", name="Blocca il bot").click()
        await expect(pane).to_contain_text("Hai bloccato questo bot")
        await expect(text_box(page, "participant")).to_be_hidden()
        await pane.get_by_role("button", name="RIAVVIA IL BOT").click()
        await expect(text_box(page, "participant")).to_be_visible()
        starts = pane.locator(".message:not(.theirs)").filter(has_text="/start")
        await expect(starts).to_have_count(2)
        assert [m["text"] for m in cast.ada.chat.messages if not m["from"]["is_bot"]] == [
            "/start",
            "/start",
        ]

    async def test_a_link_to_the_bot_starts_it_with_what_it_says(
        self, page: Page, cast: Cast
    ) -> None:
        address = f"https://t.me/{cast.ada.cloud.bot['username']}?start=lab_prova-2027"
        cast.bruno.write(address, cast.group)
        for number in (0, 2):  # a stranger, and then someone the bot knows
            await messages(page, "group").first.get_by_role("link").click()
            await page.get_by_test_id("participant").get_by_role("button", name="AVVIA").click()
            said = messages(page, "participant").nth(number)
            await expect(said).to_contain_text("/start lab_prova-2027")
            await expect(text_box(page, "participant")).to_be_visible()
        assert len(page.context.pages) == 1

    async def test_menus_close_with_escape(self, page: Page) -> None:
        await start(page)
        pane = page.get_by_test_id("participant")
        await pane.get_by_label("Allega", exact=True).click()
        place = pane.get_by_role("button", name="📍 Posizione")
        await expect(place).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(place).to_be_hidden()


@pytest.mark.usefixtures("bot")
class TestTheModeratorsGroup:
    async def test_one_writes_as_whom_one_chooses(self, page: Page, cast: Cast) -> None:
        await write(page, "group", "Sono Bruno")
        await page.get_by_test_id("group-who").select_option(label="Gaia Monti · moderatrice")
        await write(page, "group", "Sono Gaia")
        await expect(messages(page, "group").filter(has_text="Ho letto: Sono Gaia")).to_be_visible()
        said = [(m["from"]["first_name"], m["text"]) for m in cast.group.messages]
        assert ("Bruno", "Sono Bruno") in said
        assert ("Gaia", "Sono Gaia") in said

    async def test_carla_presses_as_carla(self, page: Page, cast: Cast) -> None:
        await write(page, "group", "Una scheda")
        await page.get_by_test_id("group-who").select_option(str(cast.carla.id))
        await page.get_by_test_id("group").get_by_role("button", name="Approva").click()
        await expect(messages(page, "group").nth(1)).to_contain_text("Approvato da Carla")

    async def test_an_answer_shows_what_it_answers(self, page: Page, cast: Cast) -> None:
        await write(page, "group", "Una scheda")
        answer = messages(page, "group").nth(1)
        await answer.get_by_role("button", name="Rispondi a questo messaggio").click()
        await write(page, "group", "Manca la foto")
        mine = messages(page, "group").nth(2)
        await expect(mine.locator(".quote")).to_contain_text("Ho letto: Una scheda")
        assert cast.group.messages[2]["reply_to_message"]["message_id"] == 2


class TestWhatThePublicSees:
    @pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.channel)
    async def test_every_channel_has_a_pane_a_tab_and_its_troubles(
        self, page: Page, sandbox: Sandbox, outlet: type[Outlet]
    ) -> None:
        pane = page.get_by_test_id(outlet.channel)
        await expect(pane).to_contain_text("Ancora niente")
        await expect(pane).to_contain_text(sandbox.outlets[outlet.channel].name)
        await expect(page.locator(f".tabs [data-pane={outlet.channel}]")).to_have_text(outlet.label)
        await page.get_by_test_id("troubles-open").click()
        await page.get_by_test_id("trouble-service").select_option(outlet.channel)
        await page.get_by_test_id("trouble-order").click()
        await expect(page.get_by_test_id("troubles-pending")).to_contain_text(outlet.label)
        (trouble,) = sandbox.board.troubles
        assert trouble.service == outlet.channel
        assert trouble.operation == outlet.changes["create"][0]
        assert trouble.body == outlet.broken

    async def test_facebook_posts_appear_with_their_photos(
        self, page: Page, sandbox: Sandbox
    ) -> None:
        await expect(page.get_by_test_id("facebook")).to_contain_text("Ancora niente")
        photos = [await upload_to_facebook(sandbox, alt) for alt in ("Un bosco", "Un prato")]
        attached = json.dumps([{"media_fbid": photo} for photo in photos])
        await post_on_facebook(sandbox, "Il bosco <b>cresce</b>", attached_media=attached)
        post = page.get_by_test_id("facebook-post")
        await expect(post).to_contain_text("Il bosco <b>cresce</b>")
        await expect(post.get_by_alt_text("Un bosco")).to_be_visible()
        await expect(post.get_by_alt_text("Un prato")).to_be_visible()

    async def test_a_link_becomes_a_card_and_the_newest_post_is_on_top(
        self, page: Page, sandbox: Sandbox
    ) -> None:
        await post_on_facebook(sandbox, "Primo", link="https://example.org/n/il-bosco/")
        await post_on_facebook(sandbox, "Secondo")
        posts = page.get_by_test_id("facebook-post")
        await expect(posts.first).to_contain_text("Secondo")
        card = posts.last.get_by_test_id("link-card")
        await expect(card).to_contain_text("il bosco")
        await expect(card).to_have_attribute("href", "https://example.org/n/il-bosco/")

    async def test_the_address_of_a_post_leads_to_it(
        self, page: Page, sandbox: Sandbox, cast: Cast
    ) -> None:
        number = await post_on_facebook(sandbox, "Il primo")
        for place in range(12):
            await post_on_facebook(sandbox, f"Altro {place}\n" * 9)
        first = page.get_by_test_id("facebook-post").filter(has_text="Il primo")
        await expect(first).not_to_be_in_viewport()
        page_id, _, last = number.partition("_")
        cast.bruno.write(f"https://www.facebook.com/{page_id}/posts/{last}", cast.group)
        await messages(page, "group").get_by_role("link").click()
        await expect(first).to_be_in_viewport()
        assert len(page.context.pages) == 1

    async def test_a_removed_post_says_so(self, page: Page, sandbox: Sandbox) -> None:
        number = await post_on_facebook(sandbox, "Da togliere")
        await expect(page.get_by_test_id("facebook-post")).not_to_contain_text("Post rimosso")
        keys = sandbox.keys()["facebook"]
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.delete(
                f"{keys['api_url']}/v26.0/{number}", params={"access_token": keys["token"]}
            )
        await expect(page.get_by_test_id("facebook-post")).to_contain_text("Post rimosso")

    async def test_x_posts_show_their_length_as_x_counts_it(
        self, page: Page, sandbox: Sandbox
    ) -> None:
        await post_on_x(sandbox, "Il bosco cresce https://example.org/una/pagina/molto/lunga")
        post = page.get_by_test_id("x-post")
        await expect(post.get_by_role("link")).to_have_text(re.compile("lunga$"))
        await expect(post.get_by_test_id("x-weight")).to_have_text("39/280")

    @pytest.mark.usefixtures("cast")
    async def test_the_rubrica_is_shown_and_shown_anew_after_a_post(
        self, browser: Browser, sandbox: Sandbox, column: "Column"
    ) -> None:
        sandbox.rubrica_url = column.url
        async with await browser.new_context() as context:
            page = await context.new_page()
            await page.goto(sandbox.url)
            heading = page.frame_locator("[data-testid=rubrica-frame]").get_by_role("heading")
            await expect(heading).to_have_text("Lettura 1")
            await expect(page.get_by_test_id("rubrica-link")).to_have_attribute("href", column.url)
            await post_on_facebook(sandbox, "Uscito")
            await expect(heading).to_have_text("Lettura 2")
            await page.get_by_test_id("rubrica-reload").click()
            await expect(heading).to_have_text("Lettura 3")


class TestTroubles:
    async def test_an_ordered_trouble_waits_and_then_happens(
        self, page: Page, sandbox: Sandbox
    ) -> None:
        await page.get_by_test_id("troubles-open").click()
        await page.get_by_test_id("trouble-mood").select_option("created_then_500")
        await page.get_by_test_id("trouble-order").click()
        pending = page.get_by_test_id("troubles-pending")
        await expect(pending).to_contain_text("Facebook Lo fa, ma risponde «errore 500»")
        await expect(page.get_by_test_id("troubles-count")).to_have_text("1")
        with pytest.raises(httpx.HTTPStatusError, match="500"):
            await post_on_facebook(sandbox, "Uscito lo stesso")
        await expect(pending).to_contain_text("Nessun guasto")
        await expect(page.get_by_test_id("facebook-post")).to_contain_text("Uscito lo stesso")

    @pytest.mark.parametrize(
        ("service", "operation"),
        [("facebook", "feed"), ("x", "tweets.create"), ("telegram", "sendMessage")],
    )
    async def test_it_is_for_whom_one_chooses(
        self, page: Page, sandbox: Sandbox, service: str, operation: str
    ) -> None:
        await page.get_by_test_id("troubles-open").click()
        await page.get_by_test_id("trouble-service").select_option(service)
        await page.get_by_test_id("trouble-mood").select_option("throttle")
        await page.get_by_test_id("trouble-order").click()
        await expect(page.get_by_test_id("troubles-count")).to_have_text("1")
        (trouble,) = sandbox.board.troubles
        assert (trouble.service, trouble.operation) == (service, operation)
        assert trouble.seconds > 0


class TestThePageItself:
    async def test_the_browser_loads_nothing_from_elsewhere(self, sandbox: Sandbox) -> None:
        sandbox.rubrica_url = "http://127.0.0.1:8000"
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(sandbox.url)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; img-src 'self' blob:; ")
        assert "frame-src http://127.0.0.1:8000;" in policy
        assert "unsafe" not in policy

    @pytest.mark.usefixtures("bot")
    async def test_on_a_phone_the_panes_are_tabs(self, page: Page, sandbox: Sandbox) -> None:
        await page.set_viewport_size({"width": 390, "height": 844})
        await start(page)
        await expect(page.get_by_test_id("group")).to_be_hidden()
        tabs = page.get_by_role("navigation", name="Riquadri")
        await write(page, "participant", "Scrivo col pollice")
        await post_on_facebook(sandbox, "Uscito")
        facebook = tabs.get_by_role("button", name="Facebook")
        await expect(facebook).to_contain_text("novità")
        await facebook.click()
        await expect(page.get_by_test_id("facebook-post")).to_be_visible()
        await expect(facebook).not_to_contain_text("novità")
        await tabs.get_by_role("button", name="Redazione").click()
        await expect(text_box(page, "group")).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390

    @pytest.mark.parametrize("width", [390, 820, 1280, 1920])
    async def test_everything_fits_at_every_width(self, page: Page, cast: Cast, width: int) -> None:
        cast.ada.write("Parola" * 40)
        await page.set_viewport_size({"width": width, "height": 900})
        await expect(messages(page, "participant").first).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width

    @pytest.mark.usefixtures("bot")
    async def test_every_control_has_a_name(self, page: Page) -> None:
        await start(page)
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll('button, select, textarea, input, a, iframe')]
                .filter(one => one.checkVisibility() && !(one.ariaLabel || one.title
                    || one.textContent.trim() || one.labels?.length))
                .map(one => one.outerHTML)"""
        )
        assert nameless == []


class Column:
    """A web column of one page, which says how often it was read."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reads = 0


@pytest.fixture
def column() -> Iterator[Column]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/":
                self.send_error(404)
                return
            shown.reads += 1
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><h1>Lettura {shown.reads}</h1>".encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        shown = Column(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield shown
        server.shutdown()
        thread.join()
