"""What people do, as a bot hears of it."""

import pytest
import telegram
from telegram.error import BadRequest

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Chat, Person
from tests.bottega.sandbox.telegram.cast import picture


class TestPeopleWrite:
    async def test_the_bot_reads_what_ada_writes(self, bot: telegram.Bot, ada: Person) -> None:
        ada.write("Ciao a tutti")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "Ciao a tutti"
        assert update.effective_user is not None
        assert update.effective_user.full_name == "Ada Neri"

    async def test_commands_and_links_are_found_in_utf16_units(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        ada.write("/start x 🎉 https://example.org/a, #verde")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.parse_entities() == {
            update.message.entities[0]: "/start",
            update.message.entities[1]: "https://example.org/a",
            update.message.entities[2]: "#verde",
        }
        assert [e.type for e in update.message.entities] == ["bot_command", "url", "hashtag"]

    async def test_a_long_text_arrives_in_pieces_of_4096(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        whole = " ".join(f"parola{i}" for i in range(1000))
        ada.write(whole)
        updates = await bot.get_updates()
        texts = [update.message.text or "" for update in updates if update.message]
        assert len(texts) > 1
        assert all(len(text) <= 4096 for text in texts)
        assert " ".join(texts) == whole

    async def test_an_answer_carries_what_it_answers(self, bot: telegram.Bot, ada: Person) -> None:
        asked = await bot.send_message(ada.id, "Come si chiama?")
        ada.write("Orto di via Roma", reply_to=ada.chat.get(asked.message_id))
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.reply_to_message is not None
        assert update.message.reply_to_message.message_id == asked.message_id

    async def test_an_edit_is_another_update_of_the_same_message(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        message = ada.write("Orto")
        ada.edit(message, "Orto di via Roma")
        first, second = await bot.get_updates()
        assert first.message is not None
        assert second.message is None
        assert second.edited_message is not None
        assert first.message.text == "Orto"
        assert second.edited_message.text == "Orto di via Roma"
        assert second.edited_message.message_id == first.message.message_id

    async def test_an_album_is_several_messages_of_one_group(
        self, bot: telegram.Bot, ada: Person
    ) -> None:
        ada.send_album([picture(), picture(), ("video", b"film")], "Il giardino")
        updates = await bot.get_updates()
        messages = [update.message for update in updates if update.message]
        assert len({m.media_group_id for m in messages}) == 1
        assert [m.caption for m in messages] == ["Il giardino", None, None]
        assert [bool(m.photo) for m in messages] == [True, True, False]

    async def test_all_kinds_of_things_arrive(self, bot: telegram.Bot, ada: Person) -> None:
        ada.send_document(b"%PDF", "progetto.pdf", "Il progetto")
        ada.send_video(b"film", "Intervista", duration=60)
        ada.send_voice(b"voce", duration=3)
        ada.send_sticker("🌱")
        ada.send_contact("+39055000000")
        ada.send_location(43.77, 11.25)
        got = [update.message for update in await bot.get_updates() if update.message]
        assert got[0].document is not None
        assert got[0].document.file_name == "progetto.pdf"
        assert got[0].document.mime_type == "application/pdf"
        assert got[1].video is not None
        assert got[2].voice is not None
        assert got[3].sticker is not None
        assert got[4].contact is not None
        assert got[4].contact.user_id == ada.id
        assert got[5].location is not None

    def test_people_cannot_write_nothing_nor_to_a_bot_they_blocked(self, ada: Person) -> None:
        with pytest.raises(ValueError, match="empty"):
            ada.write("   ")
        ada.block()
        with pytest.raises(PermissionError):
            ada.write("Ciao")


class TestGroups:
    async def test_privacy_lets_only_commands_and_answers_through(
        self, sandbox: Sandbox, bot: telegram.Bot, bruno: Person
    ) -> None:
        group = sandbox.telegram.group(-9, "Piazza", bruno, bot="member")
        said = await bot.send_message(group.id, "Ci sono")
        bruno.write("chiacchiere", group)
        bruno.write("/coda", group)
        bruno.write("/coda@bottega_sandbox_bot", group)
        bruno.write("/coda@altro_bot", group)
        bruno.write("a te", group, reply_to=group.get(said.message_id))
        bruno.send_photo(picture(), to=group)
        heard = [update.message.text for update in await bot.get_updates() if update.message]
        assert heard == ["/coda", "/coda@bottega_sandbox_bot", "a te"]

    async def test_an_administrator_hears_everything(
        self, bot: telegram.Bot, bruno: Person, desk: Chat
    ) -> None:
        bruno.write("chiacchiere", desk)
        assert len(await bot.get_updates()) == 1

    async def test_coming_and_going_are_told(
        self, bot: telegram.Bot, ada: Person, desk: Chat
    ) -> None:
        with pytest.raises(PermissionError):
            ada.write("Permesso?", desk)
        ada.join(desk)
        ada.leave(desk)
        came, went = [update.message for update in await bot.get_updates()]
        assert came is not None
        assert went is not None
        assert [user.id for user in came.new_chat_members] == [ada.id]
        assert went.left_chat_member is not None
        member = await bot.get_chat_member(desk.id, ada.id)
        assert member.status == "left"

    async def test_roles_are_read_back(self, bot: telegram.Bot, bruno: Person, desk: Chat) -> None:
        assert (await bot.get_chat_member(desk.id, bruno.id)).status == "creator"
        assert (await bot.get_chat_member(desk.id, bot.id)).status == "administrator"
        assert [m.user.id for m in await bot.get_chat_administrators(desk.id)] == [bruno.id]
        assert (await bot.get_chat(desk.id)).title == "Redazione"

    async def test_being_added_is_told(
        self, sandbox: Sandbox, bot: telegram.Bot, bruno: Person
    ) -> None:
        group = sandbox.telegram.group(-9, "Piazza", bruno, bot="left")
        bruno.write("prima", group)
        bruno.add_bot(group)
        updates = await bot.get_updates()
        assert updates[0].my_chat_member is not None
        assert updates[0].my_chat_member.new_chat_member.status == "member"
        assert updates[1].message is not None
        assert updates[1].message.new_chat_members[0].id == bot.id

    async def test_topics_exist_only_in_forums(
        self, sandbox: Sandbox, bot: telegram.Bot, bruno: Person, desk: Chat
    ) -> None:
        forum = sandbox.telegram.group(-1002, "Forum", bruno, forum=True)
        topic = await bot.create_forum_topic(forum.id, "Coda")
        sent = await bot.send_message(forum.id, "Scheda", message_thread_id=topic.message_thread_id)
        assert sent.is_topic_message
        with pytest.raises(BadRequest, match="The chat is not a forum"):
            await bot.create_forum_topic(desk.id, "Coda")
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(desk.id, "Scheda", message_thread_id=5)
