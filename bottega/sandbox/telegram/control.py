"""The people's side over HTTP: what the page and other processes use to act as a person.

GET  /state?after=N&seconds=S  everything, once the revision has passed N (or S seconds have)
GET  /file/{file_id}           the bytes of a file
POST /person, /group           JSON: the arguments of Telegram.person and Telegram.group
POST /write, /edit, /press, /contact, /location, /venue       JSON: person (an id), chat, …
POST /block, /unblock, /join, /leave                          JSON: person, chat
POST /photo, /album, /document, /video, /voice
               multipart: person, chat, caption, reply_to, file (repeated for an album)
POST /forward  multipart: person, chat, channel, text, file (pictures, if any)
"""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.telegram.chats import Chat, Message
from bottega.sandbox.telegram.cloud import Telegram
from bottega.sandbox.telegram.errors import BotApiError
from bottega.sandbox.telegram.people import Person
from bottega.sandbox.telegram.typed import captioned, texted
from bottega.sandbox.telegram.voices import as_voice

Said: TypeAlias = dict[str, Any]
Uploads: TypeAlias = list[tuple[str, bytes]]
Verb: TypeAlias = Callable[[Telegram, Said, Uploads], Awaitable[Any]]


def routes(cloud: Telegram) -> list[BaseRoute]:
    """Return the routes, to be mounted at /control/telegram."""

    async def state(request: Request) -> Response:
        return await _state(cloud, request)

    async def file(request: Request) -> Response:
        return _file(cloud, request)

    def route(name: str, verb: Verb) -> Route:
        async def act(request: Request) -> Response:
            return await _act(cloud, verb, request)

        return Route(f"/{name}", act, methods=["POST"])

    return [
        Route("/state", state),
        Route("/file/{file_id}", file),
        *(route(name, verb) for name, verb in _VERBS.items()),
    ]


def seen(cloud: Telegram) -> dict[str, Any]:
    """Return all there is to see in Telegram, ready for JSON."""
    with cloud.board.lock:
        return {
            "revision": cloud.board.revision,
            "bot": cloud.bot_user(),
            "commands": cloud.profile.every_command(),
            "people": [person.user for person in cloud.people.values()],
            "chats": [_chat(chat) for chat in cloud.chats.values()],
        }


def _chat(chat: Chat) -> dict[str, Any]:
    return chat.described() | {
        "members": dict(chat.members),
        "messages": list(chat.messages),
        "keyboard": chat.keyboard,
        "prompt": chat.prompt,
        "action": chat.action,
        "topics": dict(chat.topics),
        "reactions": dict(chat.reactions),
        "migrated_to": chat.migrated_to,
    }


async def _state(cloud: Telegram, request: Request) -> Response:
    after = int(request.query_params.get("after", "-1"))
    seconds = min(float(request.query_params.get("seconds", "0")), 50.0)
    await cloud.board.until(lambda: cloud.board.revision > after or None, seconds)
    return JSONResponse(seen(cloud))


def _file(cloud: Telegram, request: Request) -> Response:
    try:
        content = cloud.files.get(request.path_params["file_id"]).content
    except BotApiError as error:
        return JSONResponse(error.answer(), 404)
    return Response(content, headers={"Cache-Control": "max-age=3600"})


async def _act(cloud: Telegram, verb: Verb, request: Request) -> Response:
    try:
        said, uploads = await _said(request)
        return JSONResponse(await verb(cloud, said, uploads))
    except TimeoutError as error:
        return JSONResponse({"error": str(error)}, 504)
    except (BotApiError, LookupError, PermissionError, TypeError, ValueError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)


async def _said(request: Request) -> tuple[Said, Uploads]:
    if request.headers.get("content-type", "").startswith("multipart/"):
        async with request.form() as form:
            parts = form.multi_items()
            said = {name: value for name, value in parts if isinstance(value, str)}
            files = [value for _, value in parts if isinstance(value, UploadFile)]
            return said, [(file.filename or "", await file.read()) for file in files]
    return await request.json(), []


def _person(cloud: Telegram, said: Said) -> Person:
    return cloud.people[int(said["person"])]


def _to(cloud: Telegram, said: Said) -> Chat | None:
    return cloud.chats[int(said["chat"])] if said.get("chat") else None


def _message(cloud: Telegram, said: Said, key: str = "message_id") -> Message:
    chat = _to(cloud, said) or _person(cloud, said).chat
    if message := chat.get(int(said[key])):
        return message
    raise LookupError("no such message")


def _answered(cloud: Telegram, said: Said) -> Message | None:
    return _message(cloud, said, "reply_to") if said.get("reply_to") else None


def _is_video(name: str) -> bool:
    return (mimetypes.guess_type(name)[0] or "").startswith("video/")


async def _know(cloud: Telegram, said: Said, _: Uploads) -> Any:
    return cloud.person(**said).user


async def _group(cloud: Telegram, said: Said, _: Uploads) -> Any:
    people = [cloud.people[int(number)] for number in said.pop("people", [])]
    return cloud.group(said.pop("id"), said.pop("title"), *people, **said).described()


async def _write(cloud: Telegram, said: Said, _: Uploads) -> Any:
    return _person(cloud, said).write(
        said["text"], _to(cloud, said), reply_to=_answered(cloud, said), topic=said.get("topic")
    )


async def _edit(cloud: Telegram, said: Said, _: Uploads) -> Any:
    return _person(cloud, said).edit(_message(cloud, said), said["text"])


async def _press(cloud: Telegram, said: Said, _: Uploads) -> Any:
    press = _person(cloud, said).press(_message(cloud, said), said["button"])
    answer = await press.answered(float(said.get("seconds", 10)))
    return {"text": answer.text, "alert": answer.alert, "url": answer.url}


async def _photo(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    ((_, content),) = uploads
    person, caption = _person(cloud, said), said.get("caption", "")
    return person.send_photo(content, caption, _to(cloud, said), reply_to=_answered(cloud, said))


async def _album(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    items = [("video" if _is_video(name) else "photo", content) for name, content in uploads]
    person, caption = _person(cloud, said), said.get("caption", "")
    return person.send_album(items, caption, _to(cloud, said), reply_to=_answered(cloud, said))


async def _document(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    ((name, content),) = uploads
    person, caption = _person(cloud, said), said.get("caption", "")
    answered = _answered(cloud, said)
    return person.send_document(content, name, caption, _to(cloud, said), reply_to=answered)


async def _video(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    ((name, content),) = uploads
    person, caption = _person(cloud, said), said.get("caption", "")
    answered = _answered(cloud, said)
    return person.send_video(content, caption, _to(cloud, said), name=name, reply_to=answered)


async def _voice(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    ((_, content),) = uploads
    person, seconds = _person(cloud, said), int(said.get("seconds", 1))
    content = await asyncio.to_thread(as_voice, content)
    answered = _answered(cloud, said)
    return person.send_voice(content, seconds, _to(cloud, said), reply_to=answered)


async def _forward(cloud: Telegram, said: Said, uploads: Uploads) -> Any:
    text, person = said.get("text", ""), _person(cloud, said)
    album = {"media_group_id": cloud.album_id()} if len(uploads) > 1 else {}
    posts = [{"photo": cloud.files.add("photo", "", content)} | album for _, content in uploads]
    posts = [posts[0] | captioned(text), *posts[1:]] if posts else [texted(text)]
    return [person.forward_post(said["channel"], one, to=_to(cloud, said)) for one in posts]


async def _contact(cloud: Telegram, said: Said, _: Uploads) -> Any:
    return _person(cloud, said).send_contact(said["phone_number"], _to(cloud, said))


async def _location(cloud: Telegram, said: Said, _: Uploads) -> Any:
    place = float(said["latitude"]), float(said["longitude"])
    return _person(cloud, said).send_location(*place, _to(cloud, said))


async def _venue(cloud: Telegram, said: Said, _: Uploads) -> Any:
    named = str(said["title"]), str(said["address"])
    place = float(said["latitude"]), float(said["longitude"])
    return _person(cloud, said).send_venue(*named, *place, _to(cloud, said))


def _simple(act: Callable[[Person, Chat | None], None]) -> Verb:
    async def verb(cloud: Telegram, said: Said, _: Uploads) -> Any:
        act(_person(cloud, said), _to(cloud, said))
        return {}

    return verb


def _somewhere(chat: Chat | None) -> Chat:
    if chat is None:
        raise LookupError("which chat?")
    return chat


_VERBS: dict[str, Verb] = {
    "person": _know,
    "group": _group,
    "write": _write,
    "edit": _edit,
    "press": _press,
    "photo": _photo,
    "album": _album,
    "document": _document,
    "video": _video,
    "voice": _voice,
    "contact": _contact,
    "location": _location,
    "venue": _venue,
    "forward": _forward,
    "block": _simple(lambda person, _: person.block()),
    "unblock": _simple(lambda person, _: person.unblock()),
    "join": _simple(lambda person, chat: person.join(_somewhere(chat))),
    "leave": _simple(lambda person, chat: person.leave(_somewhere(chat))),
}
