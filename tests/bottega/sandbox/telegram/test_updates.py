"""Updates, polled."""

import asyncio

import pytest
import telegram
from telegram import Update
from telegram.error import Conflict
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Answer, Person
from tests.bottega.sandbox.telegram.cast import buttons


class TestUpdates:
    async def test_what_is_not_confirmed_comes_again(self, bot: telegram.Bot, ada: Person) -> None:
        ada.write("uno")
        ada.write("due")
        first = await bot.get_updates(limit=1)
        assert [u.update_id for u in await bot.get_updates(limit=1)] == [first[0].update_id]
        (second,) = await bot.get_updates(offset=first[0].update_id + 1)
        assert second.message is not None
        assert second.message.text == "due"
        assert await bot.get_updates(offset=second.update_id + 1) == ()

    async def test_a_long_poll_returns_as_soon_as_somebody_writes(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=20, read_timeout=25))
        await asyncio.sleep(0.1)
        assert not poll.done()
        ada.write("eccomi")
        async with asyncio.timeout(2):
            assert len(await poll) == 1

    async def test_a_second_poller_ends_the_first(self, bot: telegram.Bot) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=20, read_timeout=25))
        await asyncio.sleep(0.1)
        await bot.get_updates()
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first

    async def test_only_the_kinds_asked_for_are_kept(self, bot: telegram.Bot, ada: Person) -> None:
        await bot.get_updates(allowed_updates=["edited_message"])
        message = ada.write("uno")
        ada.edit(message, "due")
        (update,) = await bot.get_updates()
        assert update.edited_message is not None

    async def test_the_application_answers_ada(self, sandbox: Sandbox, ada: Person) -> None:
        async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            assert update.message is not None
            await update.message.reply_text("Vuoi cominciare?", reply_markup=buttons(Sì="via"))

        async def go(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            assert update.callback_query is not None
            await update.callback_query.answer("Bene")
            await update.callback_query.edit_message_text("Racconta!")

        application = (
            Application.builder()
            .token(sandbox.telegram.token)
            .base_url(f"{sandbox.url}/telegram/bot")
            .base_file_url(f"{sandbox.url}/telegram/file/bot")
            .job_queue(None)
            .build()
        )
        application.add_handler(CommandHandler("start", start))
        application.add_handler(CallbackQueryHandler(go))
        assert application.updater is not None
        async with application:
            await application.updater.start_polling(timeout=5)
            await application.start()
            ada.write("/start")
            asked = await sandbox.telegram.wait_for(lambda: ada.chat.find("cominciare"))
            assert await ada.press(asked, "Sì").answered() == Answer("Bene")
            await sandbox.telegram.wait_for(lambda: ada.chat.find("Racconta"))
            await application.updater.stop()
            await application.stop()
