"""What a bot changes of what it said, and buttons."""

import pytest
import telegram
from telegram import InputMediaPhoto
from telegram.error import BadRequest

from bottega.sandbox.telegram import Answer, Person
from tests.bottega.sandbox.telegram.cast import buttons, picture


class TestEditing:
    async def test_an_edit_replaces_the_text_and_takes_the_buttons_away(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        sent = await bot.send_message(ada.id, "Prima", reply_markup=buttons(Sì="si"))
        await bot.edit_message_text("Dopo", ada.id, sent.message_id)
        (shown,) = ada.chat.messages
        assert shown["text"] == "Dopo"
        assert "reply_markup" not in shown

    async def test_the_same_again_is_not_modified(self, bot: telegram.Bot, ada: Person) -> None:
        sent = await bot.send_message(ada.id, "Testo", reply_markup=buttons(Sì="si"))
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("Testo", reply_markup=buttons(Sì="si"))
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_reply_markup(buttons(Sì="si"))
        await sent.edit_reply_markup(None)
        assert "reply_markup" not in ada.chat.messages[0]

    async def test_captions_and_media_are_replaced(self, bot: telegram.Bot, ada: Person) -> None:
        sent = await bot.send_photo(ada.id, picture(), caption="Prima")
        await sent.edit_caption("Dopo")
        assert ada.chat.messages[0]["caption"] == "Dopo"
        edited = await sent.edit_media(InputMediaPhoto(picture(200, 100), caption="Nuova"))
        assert isinstance(edited, telegram.Message)
        assert edited.photo[-1].width == 200
        assert edited.caption == "Nuova"
        with pytest.raises(BadRequest, match="There is no text in the message to edit"):
            await sent.edit_text("Testo")

    async def test_only_what_is_there_and_the_bot_s_own_is_edited(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        told = ada.write("Mia")
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", ada.id, 99)
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await bot.edit_message_text("x", ada.id, told["message_id"])

    async def test_deleting_works_once(self, bot: telegram.Bot, ada: Person) -> None:
        sent = await bot.send_message(ada.id, "Via")
        assert await sent.delete()
        assert ada.chat.messages == []
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await sent.delete()


class TestButtons:
    async def test_a_press_is_answered_with_a_note(self, bot: telegram.Bot, ada: Person) -> None:
        await bot.send_message(ada.id, "Confermi?", reply_markup=buttons(Sì="si", No="no"))
        press = ada.press(ada.chat.messages[0], "Sì")
        (update,) = await bot.get_updates()
        assert update.callback_query is not None
        assert update.callback_query.data == "si"
        await update.callback_query.answer("Fatto", show_alert=True)
        assert await press.answered() == Answer("Fatto", alert=True)

    async def test_an_old_press_cannot_be_answered(self, bot: telegram.Bot, ada: Person) -> None:
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query("123")
        await bot.send_message(ada.id, "Confermi?", reply_markup=buttons(Sì="si"))
        press = ada.press(ada.chat.messages[0], "si")
        await bot.answer_callback_query(press.id)
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(press.id)

    async def test_a_press_that_nobody_answers_times_out(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        await bot.send_message(ada.id, "Confermi?", reply_markup=buttons(Sì="si"))
        press = ada.press(ada.chat.messages[0], "Sì")
        with pytest.raises(TimeoutError):
            await press.answered(0.05)

    async def test_there_is_no_pressing_what_is_not_shown(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        await bot.send_message(ada.id, "Confermi?", reply_markup=buttons(Sì="si"))
        with pytest.raises(LookupError, match="Sì"):
            ada.press(ada.chat.messages[0], "Forse")
