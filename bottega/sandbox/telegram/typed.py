"""What people type, as the apps send it: in pieces, and with what is found in it."""

from collections.abc import Sequence
from typing import Any

from bottega.sandbox.telegram.entities import Entity, found, length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def texted(text: str, entities: Sequence[Entity] = ()) -> dict[str, Any]:
    """Return the text of a message, with what is found in it."""
    marked = [*found(text), *entities]
    return {"text": text} | ({"entities": marked} if marked else {})


def parts(text: str) -> list[str]:
    """Split as the apps do: at 4096 code units, at a blank if there is one near the end."""
    pieces = []
    while length(text) > TEXT_LIMIT:
        cut = len(text.encode("utf-16-le")[: 2 * TEXT_LIMIT].decode("utf-16-le", "ignore"))
        blank = max(text.rfind(" ", 0, cut), text.rfind("\n", 0, cut))
        cut = blank if blank > cut // 2 else cut
        pieces.append(text[:cut].strip())
        text = text[cut:].strip()
    return [part for part in (*pieces, text) if part]


def captioned(text: str) -> dict[str, Any]:
    """Return the caption of a message, nothing when it is empty; raises ValueError above 1024."""
    text = text.strip()
    if length(text) > CAPTION_LIMIT:
        raise ValueError("the app does not let one write a caption above 1024")
    marked = found(text)
    return ({"caption": text} if text else {}) | ({"caption_entities": marked} if marked else {})
