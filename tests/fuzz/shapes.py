"""Updates of any shape that the published Bot API allows, and of some that it does not.

Objects are drawn from the specification: what is required, and a few of the optional fields. Some
fields have people's, and ill-wishers', values instead: ids, texts, buttons, dates.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.conformance.telegram import spec

DEEPEST: Final = 4
MOST_OPTIONAL: Final = 5
SPOILT: Final = "spoilt"
"""The mark of an update that is not as the Bot API promises."""
ADA, BRUNO, CARLA, DELETED, BLOCKED = 1001, 2001, 3001, 4001, 5001
PEOPLE: Final = (ADA, BRUNO, CARLA, DELETED, BLOCKED)
DESK, STRANGERS, CHANNEL = -100_200, -100_300, -100_400
KNOWN_FILE: Final = "a-photo-of-a-fountain"
STORY: Final = (
    "Il Comune di Tirano ha aperto la nuova biblioteca di quartiere: orario serale, una sala "
    "studio e un angolo per i più piccoli."
)
TEXTS: Final = st.one_of(
    st.sampled_from([
        STORY, "Comune di Tirano", "", " ", ".", "/start", "/start lab_x", "/start r_forged",
        "/start@altro_bot", "/nuova", "/mie", "/privacy", "/miei_dati", "/cancella_dati", "/aiuto",
        "/collega", "/coda", "/pausa x", "/blackout 1", "/riprendi", "/invita", "/inventato",
        "https://www.youtube.com/watch?v=abc", "http://127.0.0.1/", "\u200b\u200d\u2060", "\ud800",
        "a\x00b", "<b>non chiuso", "&lt;", "%s {} {0}", "👩🏽‍🚀" * 50, "x" * 5000, "\n" * 4096,
        "\u202egnirts", "e\u0301" * 300, "'; DROP TABLE inbox; --",
    ]),
    st.text(max_size=40),
)  # fmt: skip
PRESSES: Final = st.one_of(
    st.builds(
        lambda who, what, number, rest: f"{who}:{what}:{number}{rest}",
        st.sampled_from(["s", "d", "c", "m", "r", "p", "z", ""]),
        st.sampled_from([
            "accept", "send", "title", "text", "photos", "kind", "organisation", "pick", "revise",
            "withdraw", "ok", "now", "no", "change", "see", "out", "absent", "again", "drop", "",
        ]),
        st.sampled_from(["", "1", "2", "-1", "0", "99999999999999999999", "x", "1e9", "²", "٣"]),
        st.sampled_from(["", ":", ":1", ":1:0123456789ab", ":x", ":::", ":-5", ":99999999999"]),
    ),
    st.text(max_size=64),
)  # fmt: skip
DATES: Final = st.sampled_from([0, 1, 1_790_000_000, 2**31 - 1, 2**31, -1])
NUMBERS: Final = st.sampled_from([0, 1, 5, 640, -1])
IDS: Final = st.sampled_from([1, 2, 7, -1, 0, 2**31, 2**52, -(2**52), 10**12])


def _user(number: int) -> dict[str, Any]:
    if number == DELETED:  # what Telegram leaves of somebody
        return {"id": number, "is_bot": False, "first_name": ""}
    named = {"first_name": "Ada", "last_name": "\ud83d", "username": "ada", "language_code": "it"}
    return {"id": number, "is_bot": False, **named}


USERS: Final = st.sampled_from(PEOPLE).map(_user) | st.builds(
    lambda number, name, bot: {"id": number, "is_bot": bot, "first_name": name},
    IDS, TEXTS, st.booleans(),
)  # fmt: skip
CHATS: Final = st.one_of(
    st.sampled_from(PEOPLE).map(lambda one: {"id": one, "type": "private", "first_name": "Ada"}),
    st.just({"id": DESK, "type": "supergroup", "title": "Redazione"}),
    st.just({"id": STRANGERS, "type": "group", "title": "Sconosciuti"}),
    st.just({"id": CHANNEL, "type": "channel", "title": "Canale"}),
    st.builds(
        lambda number, kind: {"id": number, "type": kind},
        IDS, st.sampled_from(["private", "group", "supergroup", "channel", "sender", "planet"]),
    ),
)  # fmt: skip
_OWN: Final[Mapping[str, SearchStrategy[Any]]] = {"User": USERS, "Chat": CHATS}
_NAMED: Final[Mapping[str, SearchStrategy[Any]]] = {
    "date": DATES, "edit_date": DATES, "text": TEXTS, "caption": TEXTS, "data": PRESSES,
    "file_id": st.sampled_from([KNOWN_FILE, "gone", ""]), "message_id": IDS,
    "file_size": st.sampled_from([0, 1000, 30 * 1024 * 1024, 2**40, -1]),
    "media_group_id": st.sampled_from(["1", "2", ""]),
    "migrate_to_chat_id": st.sampled_from([DESK - 1, -1]),
    "migrate_from_chat_id": st.sampled_from([DESK, STRANGERS]),
}  # fmt: skip
_CONSTANT: Final = re.compile(r'(?:always|must be) ["“]?(\w+)["”]?$')
_PRIMITIVES: Final[Mapping[str, SearchStrategy[Any]]] = {
    "Integer": NUMBERS, "Float": st.sampled_from([0.0, -1.5, 1e9]), "String": TEXTS,
    "Boolean": st.booleans(), "True": st.just(value=True),
}  # fmt: skip


@st.composite
def updates(draw: DrawFn) -> dict[str, Any]:
    """Draw one update, without its number: mostly of a kind that the bot asks for."""
    usual = ("message", "callback_query", "edited_message", "my_chat_member")
    kinds = [
        one["name"] for one in spec()["types"]["Update"]["fields"] if one["name"] != "update_id"
    ]
    kind = draw(st.sampled_from([*usual * 8, *kinds, "a_kind_of_tomorrow"]))
    types = {one["name"]: one["types"] for one in spec()["types"]["Update"]["fields"]}
    content = draw(_value(types.get(kind, ["Message"]), 0))
    if kind in ("message", "edited_message") and draw(st.integers(0, 2)):
        content = draw(_private(content))
    return _spoilt(draw, kind, content)


@st.composite
def _private(draw: DrawFn, content: dict[str, Any]) -> dict[str, Any]:
    """Draw a message as somebody writes it to the bot alone."""
    person = draw(st.sampled_from(PEOPLE))
    chat = {"id": person, "type": "private", "first_name": "Ada"}
    said = draw(st.sampled_from(["text", "caption", "nothing"]))
    return content | {"from": _user(person), "chat": chat, said: draw(TEXTS)}


def _spoilt(draw: DrawFn, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Now and then add what nobody knows; or take away or twist what is promised, and say so."""
    match draw(st.integers(0, 40)):
        case 0:
            return {kind: content | {"of_tomorrow": {"deep": [1, {"x": None}]}}}
        case 1 if content:
            gone = draw(st.sampled_from(sorted(content)))
            return {kind: {k: v for k, v in content.items() if k != gone}, SPOILT: True}
        case 2 if content:
            wrong = draw(st.sampled_from(sorted(content)))
            value: Any = draw(st.sampled_from([None, [], {}, "x", 7, True]))
            return {kind: content | {wrong: value}, SPOILT: True}
        case 3:
            return {kind: draw(st.sampled_from([None, [], "x", 7])), SPOILT: True}
    return {kind: content}


def _value(types: list[str], depth: int) -> SearchStrategy[Any]:
    return st.one_of([_of(one, depth) for one in types])


def _of(name: str, depth: int) -> SearchStrategy[Any]:
    if name.startswith("Array of "):
        inner = _of(name.removeprefix("Array of "), depth + 1)
        return st.lists(inner, max_size=2) if depth < DEEPEST else st.just([])
    known = {**_PRIMITIVES, **_OWN}
    return known[name] if name in known else _object(name, depth)


@cache
def _object(name: str, depth: int) -> SearchStrategy[Any]:
    shape = spec()["types"][name]
    if subtypes := shape.get("subtypes"):
        return st.one_of([st.deferred(_later(one, depth)) for one in subtypes])
    return _fields(shape.get("fields", []), depth)


def _later(name: str, depth: int) -> Callable[[], SearchStrategy[Any]]:
    return lambda: _of(name, depth)


@st.composite
def _fields(draw: DrawFn, fields: list[dict[str, Any]], depth: int) -> dict[str, Any]:
    chosen = [one for one in fields if one["required"]]
    optional = [one for one in fields if not one["required"]]
    if optional and depth < DEEPEST:
        chosen += draw(st.lists(st.sampled_from(optional), max_size=MOST_OPTIONAL))
    return {
        one["name"]: draw(_field(one["name"], one["types"], one["description"], depth))
        for one in chosen
    }


def _field(name: str, types: list[str], about: str, depth: int) -> SearchStrategy[Any]:
    if name in ("type", "status", "source") and (constant := _CONSTANT.search(about)):
        return st.just(constant[1])
    if name in _NAMED:
        return _NAMED[name]
    if types == ["Integer"] and name.endswith("date"):
        return DATES
    if types == ["Integer"] and name.endswith("id"):
        return IDS
    return _value(types, depth + 1)
