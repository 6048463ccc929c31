"""A channel, in which the bot posts in the channel's own name."""

import pytest
import telegram
from telegram import InputMediaPhoto
from telegram.error import BadRequest, Forbidden

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Chat
from tests.bottega.sandbox.telegram.cast import picture


@pytest.fixture
def channel(sandbox: Sandbox) -> Chat:
    return sandbox.telegram.channel(-1002, "Laboratori", "laboratori")


async def test_a_post_is_the_channel_s_not_the_bot_s(bot: telegram.Bot, channel: Chat) -> None:
    sent = await bot.send_message("@laboratori", "<b>Ciao</b>", parse_mode="HTML")

    assert sent.from_user is None
    assert sent.sender_chat is not None
    assert sent.link == f"https://t.me/laboratori/{sent.message_id}"
    assert channel.messages[0]["text"] == "Ciao"


async def test_posts_are_edited_and_deleted_together(bot: telegram.Bot, channel: Chat) -> None:
    album = [InputMediaPhoto(picture(), caption="Prima"), InputMediaPhoto(picture())]
    sent = await bot.send_media_group(channel.id, album)
    await bot.edit_message_caption(channel.id, sent[0].message_id, caption="Dopo")
    assert channel.messages[0]["caption"] == "Dopo"

    numbers = [one.message_id for one in sent]
    assert await bot.delete_messages(channel.id, [*numbers, 99])
    assert channel.messages == []
    assert await bot.delete_messages(channel.id, numbers), "what is not there is skipped"
    with pytest.raises(BadRequest):
        await bot.delete_messages(channel.id, [])


async def test_rights_are_told(bot: telegram.Bot, channel: Chat) -> None:
    me = await bot.get_chat_member(channel.id, bot.id)

    assert isinstance(me, telegram.ChatMemberAdministrator)
    assert me.can_post_messages
    assert me.can_edit_messages


async def test_who_was_put_out_may_not_post(bot: telegram.Bot, channel: Chat) -> None:
    channel.members[bot.id] = "kicked"

    with pytest.raises(Forbidden):
        await bot.send_message(channel.id, "Ciao")
