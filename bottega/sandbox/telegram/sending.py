"""The methods that put a message into a chat."""

from typing import Any

from bottega.sandbox.telegram import asked, objects
from bottega.sandbox.telegram.call import Call
from bottega.sandbox.telegram.chats import Message
from bottega.sandbox.telegram.errors import bad

CONTENT = (
    "text", "entities", "link_preview_options", "photo", "document", "video", "voice", "sticker",
    "contact", "location", "venue", "caption", "caption_entities", "show_caption_above_media",
    "has_media_spoiler",
)  # fmt: skip
CAPTION = ("caption", "caption_entities")
_ALBUM = range(2, 11)
_COPIES = 100


def send_message(call: Call, ask: asked.SendMessage) -> Message:
    """Perform sendMessage."""
    chat = call.target(ask.chat_id)
    return call.post(chat, ask, text_content(call, ask))


def send_photo(call: Call, ask: asked.SendPhoto) -> Message:
    """Perform sendPhoto."""
    chat = call.target(ask.chat_id)
    return call.post(
        chat, ask, _captioned(call, ask, "photo", call.media("photo", ask.photo, "photo"))
    )


def send_document(call: Call, ask: asked.SendDocument) -> Message:
    """Perform sendDocument."""
    chat = call.target(ask.chat_id)
    media = call.media("document", ask.document, "document", **document_details(call, ask.document))
    return call.post(chat, ask, _captioned(call, ask, "document", media))


def send_video(call: Call, ask: asked.SendVideo) -> Message:
    """Perform sendVideo."""
    chat = call.target(ask.chat_id)
    details = video_details(ask) | thumbnail_details(call, ask.thumbnail)
    media = call.media("video", ask.video, "video", **details)
    return call.post(chat, ask, _captioned(call, ask, "video", media))


def send_voice(call: Call, ask: asked.SendVoice) -> Message:
    """Perform sendVoice."""
    chat = call.target(ask.chat_id)
    media = call.media("voice", ask.voice, "voice", duration=ask.duration, mime_type="audio/ogg")
    return call.post(chat, ask, _captioned(call, ask, "voice", media))


def send_media_group(call: Call, ask: asked.SendMediaGroup) -> list[Message]:
    """Perform sendMediaGroup: all or nothing, 2 to 10, documents only among themselves."""
    chat = call.target(ask.chat_id)
    kinds = {item.type for item in ask.media}
    if len(ask.media) not in _ALBUM:
        raise bad("an album must have from 2 to 10 items")
    if "document" in kinds and len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    contents = [media_content(call, item) for item in ask.media]
    album = {"media_group_id": call.cloud.album_id()}
    return [call.post(chat, ask, album | content) for content in contents]


def copy_message(call: Call, ask: asked.CopyMessage) -> dict[str, int]:
    """Perform copyMessage."""
    chat = call.target(ask.chat_id)
    source = call.message(call.chat(ask.from_chat_id), ask.message_id, "to copy")
    content = copied(source)
    if ask.caption is not None and "text" not in content:
        content = {key: value for key, value in content.items() if key not in CAPTION}
        content |= call.caption(ask.caption, ask.parse_mode, ask.caption_entities)
    if ask.show_caption_above_media:
        content["show_caption_above_media"] = True
    return {"message_id": call.post(chat, ask, content)["message_id"]}


def copy_messages(call: Call, ask: asked.CopyMessages) -> list[dict[str, int]]:
    """Perform copyMessages: in order, albums kept together, what is gone is skipped."""
    chat = call.target(ask.chat_id)
    source = call.chat(ask.from_chat_id)
    if not 1 <= len(ask.message_ids) <= _COPIES:
        raise bad("wrong number of message identifiers specified")
    if sorted(set(ask.message_ids)) != ask.message_ids:
        raise bad("message identifiers must be in a strictly increasing order")
    found = [message for number in ask.message_ids if (message := source.get(number))]
    sound = [message for message in found if _content(message)]
    if not sound:
        raise bad("there are no messages to copy")
    albums = {m["media_group_id"]: call.cloud.album_id() for m in sound if "media_group_id" in m}
    dropped = CAPTION if ask.remove_caption else ()
    ids = []
    for message in sound:
        content = {key: value for key, value in _content(message).items() if key not in dropped}
        if "media_group_id" in message:
            content["media_group_id"] = albums[message["media_group_id"]]
        ids.append({"message_id": call.post(chat, ask, content)["message_id"]})
    return ids


def forward_message(call: Call, ask: asked.ForwardMessage) -> Message:
    """Perform forwardMessage."""
    chat = call.target(ask.chat_id)
    source = call.message(call.chat(ask.from_chat_id), ask.message_id, "to forward")
    origin = source.get("forward_origin") or {
        "type": "user", "sender_user": source["from"], "date": source["date"],
    }  # fmt: skip
    return call.post(chat, ask, copied(source, "forwarded") | {"forward_origin": origin})


def text_content(call: Call, ask: asked.Texted) -> dict[str, Any]:
    """Return the content of a text message."""
    content = call.text(ask.text, ask.parse_mode, ask.entities)
    if ask.link_preview_options is not None:
        content["link_preview_options"] = ask.link_preview_options.model_dump(exclude_none=True)
    return content


def media_content(
    call: Call, item: objects.MediaPhoto | objects.MediaVideo | objects.MediaDocument
) -> dict[str, Any]:
    """Return the content of one item of an album."""
    details: dict[str, Any] = {}
    if isinstance(item, objects.MediaVideo):
        details = video_details(item)
    elif isinstance(item, objects.MediaDocument):
        details = document_details(call, item.media)
    return _captioned(call, item, item.type, call.media(item.type, item.media, **details))


def copied(message: Message, verb: str = "copied") -> dict[str, Any]:
    """Return what a copy has of a message: all its content, no buttons."""
    if content := _content(message):
        return content
    raise bad(f"message can't be {verb}")


def video_details(ask: asked.SendVideo | objects.MediaVideo) -> dict[str, Any]:
    """Return what the bot says of a video."""
    return {
        "width": ask.width,
        "height": ask.height,
        "duration": ask.duration,
        "mime_type": "video/mp4",
    }


def thumbnail_details(call: Call, value: str | None) -> dict[str, Any]:
    """Return what a video shows before it plays; one that is not as it must be is ignored."""
    _, content = call.uploads.get((value or "").removeprefix("attach://"), ("", b""))
    found = call.cloud.files.thumbnail(content)
    return {"thumbnail": found} if found else {}


def document_details(call: Call, value: str) -> dict[str, Any]:
    """Return the name and type of an uploaded document."""
    upload = call.uploads.get(value.removeprefix("attach://") or "document")
    return call.cloud.files.named(upload[0]) if upload else {}


def _content(message: Message) -> dict[str, Any]:
    return {key: message[key] for key in CONTENT if key in message}


def _captioned(call: Call, ask: objects.Captioned, kind: str, media: Any) -> dict[str, Any]:
    content = {kind: media, **call.caption(ask.caption, ask.parse_mode, ask.caption_entities)}
    if isinstance(ask, objects.Shown):
        content |= {"has_media_spoiler": True} if ask.has_spoiler else {}
        content |= {"show_caption_above_media": True} if ask.show_caption_above_media else {}
    return content
