"""Places that people paste: coordinates, and links to a map."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote_plus, urlsplit

from content.recognition import links_of

_NUMBER: Final = r"[+-]?\d{1,3}\.\d{4,15}"
"""At least four decimals: some ten metres, and never thousands ("12.345")."""
_PAIR: Final = re.compile(rf"(?<![\d.,])({_NUMBER})\s?[,;]?\s({_NUMBER})(?![\d.])"
                          rf"|(?<![\d.,])({_NUMBER}),({_NUMBER})(?![\d.])")  # fmt: skip
_GEO: Final = re.compile(rf"(?i)\bgeo:({_NUMBER}),({_NUMBER})\S*")
_AT: Final = re.compile(rf"[@/=]({_NUMBER})[,/]({_NUMBER})")
_NAMED: Final = re.compile(r"/place/([^/@]{2,200})")
_MAPS: Final = re.compile(
    r"(?i)^(?:(?:www\.|maps\.)?google\.[a-z.]{2,6}/maps|maps\.google\.[a-z.]{2,6}"
    r"|maps\.app\.goo\.gl/|goo\.gl/maps|(?:www\.)?openstreetmap\.org|osm\.org|maps\.apple\.com"
    r"|(?:www\.)?bing\.com/maps)"
)
_QUERIES: Final = ("q", "query", "ll", "destination", "daddr")
_DECIMALS: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A place a text points to: as it is shown, and the text without it."""

    shown: str
    rest: str


def place_in(text: str) -> Place | None:
    """Return the first place that a text gives by coordinates or by a link to a map, if any."""
    words = text
    for link in links_of(text):
        if is_map(link):
            return Place(_of_map(link), _without(text, link))
        words = words.replace(link, " ")
    match = _GEO.search(words) or _PAIR.search(words)
    point = _point(*(one for one in match.groups() if one)) if match else None
    return Place(point, _without(text, match[0])) if match and point else None


def is_map(link: str) -> bool:
    """Whether a link leads to a map and not to a page about something."""
    return bool(_MAPS.match(re.sub(r"(?i)^https?://", "", link)))


def _of_map(link: str) -> str:
    """Return the name that a map's link carries, or its coordinates, or the link itself."""
    parts = urlsplit(link if "//" in link else f"https://{link}")
    if named := _NAMED.search(parts.path):
        return " ".join(unquote_plus(named[1]).split())
    asked = parse_qs(parts.query)
    for one in _QUERIES:
        for value in asked.get(one, []):
            return _point(*value.split(",")) or " ".join(value.split())
    if "mlat" in asked and "mlon" in asked:
        return _point(asked["mlat"][0], asked["mlon"][0]) or link
    at = _AT.search(f"{parts.path}#{parts.fragment}")
    return (_point(*at.groups()) if at else None) or link


def _point(*numbers: str) -> str | None:
    """Return coordinates as they are shown; None where they are none on earth."""
    try:
        latitude, longitude = map(float, numbers)
    except ValueError:
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees
        return None
    return f"{latitude:.{_DECIMALS}f}, {longitude:.{_DECIMALS}f}"


def _without(text: str, what: str) -> str:
    return text.replace(what, " ", 1).strip()
