"""The Italian words of the pages that are not sentences: sections, dates, addresses."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from content.posts import Section

ROME: Final = ZoneInfo("Europe/Rome")
MONTHS: Final = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip


_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 120


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

GATHERINGS: Final = {
    "obiettivi": Heading(
        "Obiettivi dell’Agenda 2030",
        "Che cosa si fa nei territori per questo obiettivo dell’Agenda 2030.",
        "I racconti secondo i 17 obiettivi di sviluppo sostenibile a cui servono.",
    ),
    "enti": Heading(
        "Enti e Comuni",
        "I racconti di questo ente e del suo territorio.",
        "I racconti di ciascun Comune e di ciascun ente.",
    ),
    "archivio": Heading(
        "Archivio", "Quello che è uscito in questo mese.", "Tutto quello che è uscito, per mese."
    ),
    "laboratori": Heading(
        "Laboratori",
        "I racconti di chi partecipa a questo Laboratorio.",
        "I racconti di ciascun Laboratorio.",
    ),
}
"""How kinds of lists are called, what one of them holds, what is found in all."""


def permalink(base_url: str, section: str, slug: str) -> str:
    """Return the public address of an article; raises ValueError for a section or slug unfit."""
    if len(slug) > _LONGEST or not _SLUG.fullmatch(slug):
        raise ValueError(f"not a slug: {slug[:_LONGEST]!r}")
    return f"{base_url.rstrip('/')}/{Section(section)}/{slug}/"


def day(moment: datetime) -> str:
    """Return the date in Rome as Italians write it: "22 novembre 2026"."""
    local = moment.astimezone(ROME)
    return f"{'1º' if local.day == 1 else local.day} {MONTHS[local.month - 1]} {local.year}"


def utc(moment: datetime) -> str:
    """Return the moment as an RFC 3339 text in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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
