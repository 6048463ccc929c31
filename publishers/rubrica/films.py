"""Films that stay where they are, on YouTube: shown on a click, never before."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

_ID: Final = re.compile(r"[A-Za-z0-9_-]{11}")
_HOSTS: Final = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
)
PLAYER: Final = "https://www.youtube-nocookie.com"
"""The player that sets no cookie before it plays:
https://support.google.com/youtube/answer/171780"""


@dataclass(frozen=True, slots=True)
class Film:
    """One film, by its name on YouTube."""

    id: str

    @property
    def player(self) -> str:
        """The address of the player."""
        return f"{PLAYER}/embed/{self.id}"

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"https://www.youtube.com/watch?v={self.id}"


def film(address: str | None) -> Film | None:
    """Return the film an address leads to, None when it leads to none that we know."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = ""
    if parts.hostname == "youtu.be":
        found = parts.path.strip("/")
    elif parts.hostname in _HOSTS:
        head, _, tail = parts.path.strip("/").partition("/")
        found = tail if head in ("embed", "shorts", "live") else _asked(parts.query)
    return Film(found) if _ID.fullmatch(found) else None


def _asked(query: str) -> str:
    return parse_qs(query).get("v", [""])[0]
