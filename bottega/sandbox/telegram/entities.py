"""Texts with entities: Telegram's HTML, and what it finds in a text by itself.

Offsets and lengths are in UTF-16 code units. https://core.telegram.org/bots/api#html-style
"""

import re
from typing import Any, TypeAlias

from bottega.sandbox.telegram.errors import bad

Entity: TypeAlias = dict[str, Any]
Text: TypeAlias = tuple[str, list[Entity]]

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_TOKEN = re.compile(r"<(?P<end>/)?(?P<tag>[^\s<>/]*)(?P<rest>[^<>]*)>|(?P<open><)|(?P<text>[^<]+)")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_CHARACTER = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-fA-F]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>(?:https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w@./])(?:[\w-]+\.)+(?:it|com|org|net|eu|gov|info|io)(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)\]])?\b)"
    r"|(?P<mention>(?<![\w@])@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d_]\w*)"
)


def length(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def found(text: str) -> list[Entity]:
    """Return what Telegram finds in a plain text: commands, links, mentions, hashtags."""
    return [
        {
            "type": match.lastgroup,
            "offset": length(text[: match.start()]),
            "length": length(match.group()),
        }
        for match in _FOUND.finditer(text)
    ]


def written(text: str, parse_mode: str, entities: list[Entity] | None) -> Text:
    """Return the text as it will be read, trimmed, with its entities in order."""
    if parse_mode and entities is None:
        if parse_mode.lower() != "html":
            raise bad(f"unsupported parse_mode {parse_mode!r}: the sandbox reads HTML only")
        text, marked = parse(text)
    else:
        marked = entities or []
    text, marked = _trimmed(text, marked)
    taken = {place for entity in marked for place in _places(entity)}
    free = [entity for entity in found(text) if taken.isdisjoint(_places(entity))]
    return text, sorted(marked + free, key=lambda entity: (entity["offset"], -entity["length"]))


def parse(html: str) -> Text:
    """Read Telegram's HTML; raises a BotApiError that says which byte is wrong."""
    text = ""
    entities: list[Entity] = []
    nest: list[tuple[str, Entity]] = []
    for token in _TOKEN.finditer(html):
        byte = len(html[: token.start()].encode())
        if token["text"] is not None:
            text += _CHARACTER.sub(_character, token["text"])
        elif token["open"]:
            raise _unreadable(f'Unsupported start tag "" at byte offset {byte}')
        elif token["end"]:
            _close(token["tag"].lower(), nest, entities, text, byte)
        else:
            tag = token["tag"].lower()
            nest.append((tag, _opened(tag, token["rest"], byte) | {"offset": length(text)}))
    if nest:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{nest[-1][0]}"')
    return text, entities


def _close(
    tag: str, nest: list[tuple[str, Entity]], entities: list[Entity], text: str, byte: int
) -> None:
    if not nest:
        raise _unreadable(f"Unexpected end tag at byte offset {byte}")
    started, entity = nest.pop()
    if tag not in (started, ""):
        raise _unreadable(
            f'Unmatched end tag at byte offset {byte}, expected "</{started}>", found "</{tag}>"'
        )
    size = length(text) - entity["offset"]
    outer = nest[-1][1] if nest else {}
    if "language" in entity and outer.get("type") == "pre" and outer["offset"] == entity["offset"]:
        outer["language"] = entity["language"]
    elif size:
        entity.pop("language", None) if entity["type"] == "code" else None
        entities.append(entity | {"length": size})


def _opened(tag: str, rest: str, byte: int) -> Entity:
    """Return the entity, still without its place, that a start tag opens."""
    has = {
        name.lower(): next((value for value in values if value), "")
        for name, *values in _ATTRIBUTE.findall(rest)
    }
    if tag not in _TAGS:
        raise _unreadable(f'Unsupported start tag "{tag}" at byte offset {byte}')
    match tag:
        case "span" if has.get("class") != "tg-spoiler":
            raise _unreadable(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
        case "a":
            return {"type": "text_link", "url": _CHARACTER.sub(_character, has.get("href", ""))}
        case "code" if has.get("class", "").startswith("language-"):
            return {"type": "code", "language": has["class"].removeprefix("language-")}
        case "blockquote" if "expandable" in has:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": has.get("emoji-id", "")}
    return {"type": _TAGS[tag]}


def _trimmed(text: str, entities: list[Entity]) -> Text:
    lead = length(text) - length(text.lstrip())
    text = text.strip()
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(length(text), entity["offset"] - lead + entity["length"])
        useful = entity["type"] != "text_link" or entity.get("url")
        if end > start and useful:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def _places(entity: Entity) -> range:
    return range(entity["offset"], entity["offset"] + entity["length"])


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    return _NAMED[name] if name else chr(int(decimal or hexadecimal, 10 if decimal else 16))


def _unreadable(reason: str) -> Exception:
    return bad(f"can't parse entities: {reason}")
