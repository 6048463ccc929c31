"""The Italian words that more than one outlet says: sections, dates, lengths; and plain text."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from content.posts import Section

ROME: Final = ZoneInfo("Europe/Rome")
MONTHS: Final = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """How a section is called, alone and as the kind of one piece, and what is found there."""

    name: str
    one: str
    about: str


SECTIONS: Final = {
    Section.NEWS: Heading(
        "Notizie", "Notizia", "Che cosa succede nei Laboratori e nei Comuni che li abitano."
    ),
    Section.ARTICLES: Heading(
        "Articoli", "Articolo", "Progetti, idee ed esperienze raccontati da chi li porta avanti."
    ),
    Section.VIDEO_INTERVIEWS: Heading(
        "Video interviste", "Video intervista", "Le voci delle persone che innovano i territori."
    ),
    Section.DOCUMENTS: Heading(
        "Documentazione", "Documento", "Linee guida, materiali e atti da leggere e riusare."
    ),
}


@lru_cache(maxsize=4_000)
def day(moment: datetime) -> str:
    """Return the date in Rome as Italians write it: "22 novembre 2026"."""
    local = moment.astimezone(ROME)
    return f"{'1º' if local.day == 1 else local.day} {MONTHS[local.month - 1]} {local.year}"


def lasting(seconds: int) -> str:
    """Say how long something lasts: "1 minuto e 20 secondi"; "" for nothing."""
    minutes, rest = divmod(seconds, 60)
    told = [
        f"{many} {one if many == 1 else several}"
        for many, one, several in ((minutes, "minuto", "minuti"), (rest, "secondo", "secondi"))
        if many
    ]
    return " e ".join(told)


def host(address: str) -> str:
    """Return the name of the site an address leads to, for reading: no "www."; "" if none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def plain(text: str) -> str:
    """Drop what neither HTML nor XML may carry, and the marks that turn the writing direction."""
    if text.replace("\n", "").isprintable():  # as nearly all is, and this is known at once
        return text
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """Return the text on one line, without what `plain` drops."""
    return " ".join(plain(text).split())


def shortened(text: str, length: int) -> str:
    """Cut a text at a word so that it is at most `length` characters, "…" included."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:.") + "…"


class _Words(HTMLParser):
    """HTML without its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, _: object) -> None:
        self.words += "\n" if tag in ("br", "p") else ""


def of_markup(content: str) -> str:
    """Return the words of a piece of HTML, a line for each paragraph."""
    parser = _Words()
    parser.feed(content)
    parser.close()
    return parser.words
