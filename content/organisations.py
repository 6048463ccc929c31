"""Which body a text speaks for: a municipality, a province, a university, a company."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from content.municipalities import fold
from content.whereabouts import Whereabouts

_READ: Final = 30_000


class OrganisationKind(StrEnum):
    """What kind of body it is."""

    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    METROPOLITAN_CITY = "metropolitan_city"
    UNION = "union"
    MOUNTAIN_COMMUNITY = "mountain_community"
    REGION = "region"
    UNIVERSITY = "university"
    HEALTH = "health"
    SCHOOL = "school"
    COMPANY = "company"
    ASSOCIATION = "association"


class Organisation(BaseModel):
    """A body by the name it is shown with: "Comune di Tirano", "Politecnico di Milano"."""

    model_config = ConfigDict(frozen=True)

    kind: OrganisationKind
    name: str


def organisation_of(text: str, whereabouts: Whereabouts) -> Organisation | None:
    """Return the body that tells the text, None when none is named in a way that says so."""
    text = text[:_READ]
    found = sorted([*_named(text), *_municipality(text, whereabouts)], key=lambda one: one[:2])
    return found[0][2] if found else None


_K = OrganisationKind
_STOP: Final = (
    r"(?!(?:Il|Lo|La|Gli|Le|Un|Una|Uno|Con|Per|Nel|Nella|Si|Al|Alla|Dal|Dalla|Ha|Da|In|Sono|Siamo"
    r"|Questo|Questa|Oggi|Abbiamo|Partecipa|Presenta)\b)"
)
_W: Final = _STOP + r"[A-ZÀ-Ý][\w'’&-]{0,30}"
_LINK: Final = (
    r"(?:(?:di|del|dello|della|dei|degli|delle|e|ed|in|per|al|alla|sul)\s|d[’']|dell[’']|all[’'])"
)
_NAME: Final = rf"{_W}(?:\s(?:{_LINK})?{_W}){{0,5}}"
_OF: Final = r"(?:di|del|della|dello|dei|delle|dell['’]|d['’])\s?"

_QUOTED: Final = rf"[“\"«]?{_NAME}[”\"»]?"
_PATTERNS: Final = {
    _K.METROPOLITAN_CITY: (rf"\bCittà [Mm]etropolitana di {_W}(?:\s{_W})?",),
    _K.PROVINCE: (rf"(?<!in )\bProvincia (?:[Aa]utonoma )?{_OF}{_W}(?:\s(?:e della\s)?{_W})?",),
    _K.UNION: (
        (
            r"\bUnione (?:[Ll]ombarda )?(?:[Dd](?:i|ei|elle|ella) |[Mm]ontana )(?:[Cc]omuni )?"
            rf"(?:[Ll]ombarda )?(?:{_OF})?{_NAME}"
        ),
    ),
    _K.MOUNTAIN_COMMUNITY: (rf"\bComunità [Mm]ontana (?:{_OF})?{_NAME}",),
    _K.UNIVERSITY: (
        rf"\bPolitecnico di {_W}",
        (
            r"\bUniversità (?:degli [Ss]tudi |[Cc]attolica |[Ss]tatale )?"
            rf"(?:{_OF})?(?:{_W})?(?:\s?(?:{_LINK})?{_W}){{0,3}}"
        ),
    ),
    _K.HEALTH: (rf"\b(?:ASST|ATS|ASL|AUSL|ULSS|IRCCS)\s(?:{_OF})?{_NAME}",),
    _K.REGION: (rf"\bRegione {_W}(?:[\s-](?:Giulia|Romagna|Adige))?",),
    _K.SCHOOL: (
        (
            r"\b(?:Istituto [Cc]omprensivo|Liceo|ITIS|IIS|Istituto [Tt]ecnico)\s(?:[Ss]tatale\s)?"
            rf"(?:{_OF})?{_QUOTED}"
        ),
    ),
    _K.COMPANY: (
        (
            rf"\b{_NAME}\s(?:S\.?\s?p\.?\s?A\b\.?|S\.?\s?r\.?\s?l\b\.?|Spa\b|SPA\b|Srl\b|SRL\b"
            r"|s\.r\.l\.|s\.p\.a\.|S\.?c\.?a?\.?r\.?l\b\.?|S\.?n\.?c\b\.?)"
        ),
        rf"\bAzienda (?:[Ss]peciale |[Cc]onsortile |[Ss]ociale |[Aa]gricola ){{0,3}}{_NAME}",
        rf"\bCooperativa (?:[Ss]ociale )?{_QUOTED}",
    ),
    _K.ASSOCIATION: (
        (
            r"\b(?:Associazione|Fondazione|Comitato|Pro [Ll]oco|Circolo|Consorzio)\s"
            rf"(?:{_OF})?{_QUOTED}(?:\s(?:ODV|APS|ETS|odv|aps|ets|onlus|ONLUS))?"
        ),
    ),
}
_FORMS: Final = tuple(
    (kind, re.compile(pattern)) for kind, patterns in _PATTERNS.items() for pattern in patterns
)

_ASIDE: Final = re.compile(
    r"(?i)(?:finanziat\w+|contribut\w+|patrocini\w+|sostegno|collaborazione|insieme|grazie|bando"
    r"|fondi"
    r"|affidat\w+|gestit\w+|realizzat\w+|partner\w*|supporto|invito|presso|impresa|convenzione"
    r"|accordo|coinvolgi\w+|capofila è|partecipano|docent\w+|ospit\w+|tra cui|anche)"
    r"[^.\n]{0,40}$"
)
_BACKS: Final = re.compile(r"\s(?:ha |hanno )?(?:finanzi|sostien|sostenut|patrocin|contribui)")
_LATE: Final = 160


def _named(text: str) -> Iterator[tuple[int, int, Organisation]]:
    """Yield each body named, with how far it stands from being the one who tells, and where."""
    for kind, form in _FORMS:
        for found in form.finditer(text):
            aside = bool(_ASIDE.search(text[max(0, found.start() - 60) : found.start()]))
            aside = aside or bool(_BACKS.match(text, found.end()))
            distance = aside + 2 * (kind is _K.REGION)
            if kind in (_K.HEALTH, _K.COMPANY, _K.ASSOCIATION, _K.SCHOOL):
                distance += found.start() > _LATE
            yield distance, found.start(), Organisation(kind=kind, name=_tidy(found[0]))


def _municipality(text: str, place: Whereabouts) -> Iterator[tuple[int, int, Organisation]]:
    if place.municipality is None or not place.official:
        return
    name = place.municipality.name
    body = Organisation(kind=_K.MUNICIPALITY, name=of_municipality(name))
    folded = fold(text)
    at = [found.start() for found in re.finditer(re.escape(fold(name)), folded)][:50] or [0]
    for start in at:
        yield int(bool(_ASIDE.search(folded[max(0, start - 75) : start]))), start, body


def of_municipality(name: str) -> str:
    """Return "Comune di Tirano"; "Comune dell'Aquila" and its like are left to people."""
    return f"Comune di {name}"


def _tidy(name: str) -> str:
    return " ".join(name.split()).strip(" ,;:-")
