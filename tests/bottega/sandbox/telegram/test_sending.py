"""What a bot may send, and to whom."""

from datetime import timedelta

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Chat, Person
from tests.bottega.sandbox.telegram.cast import buttons, picture


class TestSending:
    async def test_html_becomes_entities(self, bot: telegram.Bot, ada: Person) -> None:
        html = (
            "🎉 <b>Orto <i>di</i></b> via Roma &amp; <a href='https://example.org'>sito</a>"
            '<pre><code class="language-python">x = 1 &lt; 2</code></pre>'
            "<blockquote>Bello</blockquote>"
        )
        sent = await bot.send_message(ada.id, html, parse_mode=ParseMode.HTML)
        assert sent.text == "🎉 Orto di via Roma & sitox = 1 < 2Bello"
        found = [(e.type, sent.parse_entity(e)) for e in sent.entities]
        assert found == [
            ("bold", "Orto di"),
            ("italic", "di"),
            ("text_link", "sito"),
            ("pre", "x = 1 < 2"),
            ("blockquote", "Bello"),
        ]
        assert sent.entities[3].language == "python"

    @pytest.mark.parametrize(
        ("html", "complaint"),
        [
            ("<b>aperto", 'can\'t find end tag corresponding to start tag "b"'),
            ("<h1>Titolo</h1>", 'unsupported start tag "h1" at byte offset 0'),
            ("è <p>", 'unsupported start tag "p" at byte offset 3'),
            ("<b>a</i>", 'unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
            ("a</b>", "unexpected end tag at byte offset 1"),
            ("2 < 3", 'unsupported start tag "" at byte offset 2'),
            ("<span>x</span>", 'tag "span" must have class "tg-spoiler"'),
        ],
    )
    async def test_bad_html_is_refused(
        self, bot: telegram.Bot, ada: Person, html: str, complaint: str
    ) -> None:
        with pytest.raises(BadRequest) as caught:
            await bot.send_message(ada.id, html, parse_mode=ParseMode.HTML)
        assert complaint.lower() in caught.value.message.lower()
        assert ada.chat.messages == []

    async def test_lengths_count_after_parsing_in_utf16_units(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        await bot.send_message(ada.id, f"<b>{'a' * 4096}</b>", parse_mode="HTML")
        await bot.send_photo(ada.id, picture(), caption="🎉" * 512)
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(ada.id, "🎉" * 2049)
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.send_photo(ada.id, picture(), caption="🎉" * 512 + "a")

    @pytest.mark.parametrize("text", ["", "   \n", "<b></b>"])
    async def test_an_empty_text_is_refused(
        self, bot: telegram.Bot, ada: Person, text: str
    ) -> None:
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(ada.id, text, parse_mode="HTML")

    async def test_buttons_are_checked(self, bot: telegram.Bot, ada: Person) -> None:
        await bot.send_message(ada.id, "Va bene", reply_markup=buttons(Sì="è" * 32))
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(ada.id, "Male", reply_markup=buttons(Sì="è" * 33))
        broken = InlineKeyboardMarkup([[InlineKeyboardButton("Apri", url="nulla")]])
        with pytest.raises(BadRequest, match=r"(?i)wrong http url"):
            await bot.send_message(ada.id, "Male", reply_markup=broken)

    async def test_a_reply_keyboard_stays_until_it_is_removed(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        keyboard = telegram.ReplyKeyboardMarkup([["Ho finito"]])
        await bot.send_message(ada.id, "Manda le foto", reply_markup=keyboard)
        assert ada.chat.keyboard is not None
        assert ada.chat.keyboard["keyboard"] == [[{"text": "Ho finito"}]]
        await bot.send_message(ada.id, "Grazie", reply_markup=telegram.ReplyKeyboardRemove())
        assert ada.chat.keyboard is None

    async def test_an_album_is_sent_whole_or_not_at_all(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        photos = [InputMediaPhoto(picture(), caption="<i>uno</i>", parse_mode="HTML")]
        photos.append(InputMediaPhoto(picture(300, 200)))
        sent = await bot.send_media_group(ada.id, photos)
        assert len({message.media_group_id for message in sent}) == 1
        assert sent[0].caption == "uno"
        ada.chat.messages.clear()
        with pytest.raises(BadRequest):
            await bot.send_media_group(ada.id, photos[:1])
        with pytest.raises(BadRequest):
            await bot.send_media_group(ada.id, [*photos, InputMediaPhoto("gone")])
        assert ada.chat.messages == []

    async def test_copies_carry_the_content_without_buttons(
        self, bot: telegram.Bot, ada: Person, desk: Chat
    ) -> None:
        album = ada.send_album([picture(), picture()], "Foto")
        numbers = [message["message_id"] for message in album]
        await bot.copy_messages(desk.id, ada.id, [*numbers, 999])
        copies = desk.messages
        assert len({copy["media_group_id"] for copy in copies}) == 1
        assert copies[0]["media_group_id"] != album[0]["media_group_id"]
        assert [c["photo"] for c in copies] == [m["photo"] for m in album]
        asked = await bot.send_message(ada.id, "Confermi?", reply_markup=buttons(Sì="si"))
        await bot.copy_message(desk.id, ada.id, asked.message_id)
        assert "reply_markup" not in desk.messages[-1]
        with pytest.raises(BadRequest, match="Message to copy not found"):
            await bot.copy_message(desk.id, ada.id, 999)

    async def test_a_forward_tells_where_it_comes_from(
        self, bot: telegram.Bot, ada: Person, desk: Chat
    ) -> None:
        told = ada.write("La mia idea")
        sent = await bot.forward_message(desk.id, ada.id, told["message_id"])
        assert isinstance(sent.forward_origin, telegram.MessageOriginUser)
        assert sent.forward_origin.sender_user.id == ada.id

    async def test_an_answer_to_what_is_gone_is_refused_unless_allowed(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.send_message(ada.id, "A te", reply_to_message_id=99)
        lenient = telegram.ReplyParameters(99, allow_sending_without_reply=True)
        await bot.send_message(ada.id, "A te", reply_parameters=lenient)


class TestWhoMayBeWrittenTo:
    async def test_a_bot_cannot_write_first(self, sandbox: Sandbox, bot: telegram.Bot) -> None:
        carla = sandbox.telegram.person(103, "Carla")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(carla.id, "Ciao")
        carla.write("/start")
        await bot.send_message(carla.id, "Ciao")

    async def test_a_blocked_bot_is_forbidden(self, bot: telegram.Bot, ada: Person) -> None:
        ada.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(ada.id, "Ciao")
        ada.unblock()
        await bot.send_message(ada.id, "Ciao")
        changes = [update.my_chat_member for update in await bot.get_updates()]
        assert [c.new_chat_member.status for c in changes if c] == ["kicked", "member"]

    async def test_a_bot_thrown_out_of_a_group_is_forbidden(
        self, bot: telegram.Bot, bruno: Person, desk: Chat
    ) -> None:
        bruno.remove_bot(desk)
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(desk.id, "Ciao")

    async def test_a_group_that_became_a_supergroup_names_its_new_id(
        self, sandbox: Sandbox, bot: telegram.Bot, bruno: Person
    ) -> None:
        group = sandbox.telegram.group(-55, "Redazione", bruno, supergroup=False)
        sandbox.telegram.migrate(group, -100_55)
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(group.id, "Ciao")
        assert caught.value.new_chat_id == -100_55
        old, new = [update.message for update in await bot.get_updates()]
        assert old is not None
        assert new is not None
        assert (old.migrate_to_chat_id, new.migrate_from_chat_id) == (-100_55, -55)

    async def test_rate_limits_answer_how_long_to_wait(
        self,
        sandbox: Sandbox,
        bot: telegram.Bot,
        ada: Person,
        desk: Chat,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it RetryAfter warns when it is made
        sandbox.telegram.rate_limits = True
        for _ in range(3):
            await bot.send_message(ada.id, "Ciao")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(ada.id, "Ciao")
        assert isinstance(caught.value.retry_after, timedelta)
        assert 1 <= caught.value.retry_after.total_seconds() <= 3
        card = await bot.send_message(desk.id, "0")
        for number in range(1, 20):
            await bot.edit_message_text(str(number), desk.id, card.message_id)
        with pytest.raises(RetryAfter):
            await bot.edit_message_text("20", desk.id, card.message_id)
