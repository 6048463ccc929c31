"""The Italian words of the pages that are not sentences: lists, addresses; others are shared."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from content.posts import Section
from publishers.words import (
    MONTHS,
    ROME,
    SECTIONS,
    Heading,
    day,
    lasting,
)

__all__ = [
    "GATHERINGS", "MONTHS", "ROME", "SECTIONS", "Heading", "day", "lasting", "permalink", "utc",
]  # fmt: skip

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 120

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


@lru_cache(maxsize=4_000)
def utc(moment: datetime) -> str:
    """Return the moment, which is in UTC, as an RFC 3339 text to the second."""
    return f"{moment.isoformat()[:19]}Z"
