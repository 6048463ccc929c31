"""Every method of the Bot API that the sandbox performs, as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bottega.sandbox.telegram import asked, editing, membership, sending
from bottega.sandbox.telegram.call import Call
from bottega.sandbox.telegram.objects import Strict


@dataclass(frozen=True, slots=True)
class Method:
    """A method's name, its parameters, and what is done; an awaitable result is waited for."""

    name: str
    ask: type[Strict]
    perform: Callable[[Call, Any], Any]


def _get_me(call: Call, _: asked.Nothing) -> dict[str, Any]:
    return call.cloud.bot_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.cloud.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _delete_webhook(call: Call, ask: asked.DeleteWebhook) -> bool:
    return call.cloud.webhook.set(asked.SetWebhook(drop_pending_updates=ask.drop_pending_updates))


def _get_file(call: Call, ask: asked.GetFile) -> dict[str, Any]:
    file = call.cloud.files.get(ask.file_id)
    return file.described() | {"file_path": call.cloud.files.handed_over(file)}


def _set_text(what: str) -> Callable[[Call, Any], bool]:
    return lambda call, ask: call.cloud.profile.set_text(
        what, ask.language_code, getattr(ask, what)
    )


def _get_text(what: str) -> Callable[[Call, Any], dict[str, str]]:
    return lambda call, ask: {what: call.cloud.profile.text(what, ask.language_code)}


_ALL = (
    Method("getMe", asked.Nothing, _get_me),
    Method("getUpdates", asked.GetUpdates, lambda call, ask: call.cloud.updates.poll(ask)),
    Method("setWebhook", asked.SetWebhook, lambda call, ask: call.cloud.webhook.set(ask)),
    Method("deleteWebhook", asked.DeleteWebhook, _delete_webhook),
    Method("getWebhookInfo", asked.Nothing, lambda call, _: call.cloud.webhook.info()),
    Method("sendMessage", asked.SendMessage, sending.send_message),
    Method("sendPhoto", asked.SendPhoto, sending.send_photo),
    Method("sendDocument", asked.SendDocument, sending.send_document),
    Method("sendVideo", asked.SendVideo, sending.send_video),
    Method("sendVoice", asked.SendVoice, sending.send_voice),
    Method("sendMediaGroup", asked.SendMediaGroup, sending.send_media_group),
    Method("copyMessage", asked.CopyMessage, sending.copy_message),
    Method("copyMessages", asked.CopyMessages, sending.copy_messages),
    Method("forwardMessage", asked.ForwardMessage, sending.forward_message),
    Method("editMessageText", asked.EditMessageText, editing.edit_message_text),
    Method("editMessageCaption", asked.EditMessageCaption, editing.edit_message_caption),
    Method("editMessageMedia", asked.EditMessageMedia, editing.edit_message_media),
    Method("editMessageReplyMarkup", asked.Edit, editing.edit_message_reply_markup),
    Method("deleteMessage", asked.ToMessage, editing.delete_message),
    Method("deleteMessages", asked.DeleteMessages, editing.delete_messages),
    Method("answerCallbackQuery", asked.AnswerCallbackQuery, editing.answer_callback_query),
    Method("setMessageReaction", asked.SetMessageReaction, editing.set_message_reaction),
    Method("getFile", asked.GetFile, _get_file),
    Method("getMyCommands", asked.Commands, lambda call, ask: call.cloud.profile.commands(ask)),
    Method(
        "setMyCommands", asked.SetMyCommands, lambda call, ask: call.cloud.profile.set_commands(ask)
    ),
    Method(
        "deleteMyCommands",
        asked.Commands,
        lambda call, ask: call.cloud.profile.delete_commands(ask),
    ),
    Method("getMyName", asked.Language, _get_text("name")),
    Method("setMyName", asked.SetMyName, _set_text("name")),
    Method("getMyDescription", asked.Language, _get_text("description")),
    Method("setMyDescription", asked.SetMyDescription, _set_text("description")),
    Method("getMyShortDescription", asked.Language, _get_text("short_description")),
    Method("setMyShortDescription", asked.SetMyShortDescription, _set_text("short_description")),
    Method("getChat", asked.ToChat, membership.get_chat),
    Method("getChatMember", asked.GetChatMember, membership.get_chat_member),
    Method(
        "getChatAdministrators", asked.GetChatAdministrators, membership.get_chat_administrators
    ),
    Method("leaveChat", asked.ToChat, membership.leave_chat),
    Method("sendChatAction", asked.SendChatAction, membership.send_chat_action),
    Method("createForumTopic", asked.CreateForumTopic, membership.create_forum_topic),
    Method(
        "getChatMenuButton",
        asked.GetChatMenuButton,
        lambda call, ask: call.cloud.profile.menu(ask.chat_id),
    ),
    Method(
        "setChatMenuButton",
        asked.SetChatMenuButton,
        membership.set_chat_menu_button,
    ),
)

METHODS = {method.name.lower(): method for method in _ALL}
"""By name in lower case, as Telegram does not mind the case."""
