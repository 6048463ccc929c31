"""Figures a text holds: numbers, dates, days, signs of money."""

import re
from typing import Final

from content.municipalities import fold

_NUMBER: Final = re.compile(r"\d+(?:[.,:/'’-]\d+)*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.'’]\d{3})+(?:,\d+)?")
_SPELT: Final = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "_",
            "due",
            "tre",
            "quattro",
            "cinque",
            "sei",
            "sette",
            "otto",
            "nove",
            "dieci",
            "undici",
            "dodici",
            "tredici",
            "quattordici",
            "quindici",
            "sedici",
            "diciassette",
            "diciotto",
            "diciannove",
            "venti",
        ]
    )
    if word not in ("_", "sei")
} | dict(
    zip(
        [
            "trenta",
            "quaranta",
            "cinquanta",
            "sessanta",
            "settanta",
            "ottanta",
            "novanta",
            "cento",
            "mille",
        ],
        ["30", "40", "50", "60", "70", "80", "90", "100", "1000"],
        strict=True,
    )
)
_MONTHS: Final = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
]
_LARGE: Final = re.compile(r"\b\w*(?:mila|milion[ei]|miliard[oi]|cent(?:o|inaia)|migliaia)\b")
_DAYS: Final = ["lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica"]
_SIGNS: Final = ("€", "$", "%", "euro", "dollar", "per cento")


_SIGN_NAMES: Final = {"€": "euro", "%": "per cento", "$": "dollar"}
_MONTH_NUMBERS: Final = frozenset(str(n) for n in range(1, 13))


def figures(text: str) -> set[str]:
    """Return numbers, in digits or words, months, days of the week and signs of money."""
    folded = fold(text)
    words = set(re.findall(r"[^\W\d_]+", folded))
    found = {_digits(number[0]) for number in _NUMBER.finditer(text)}
    found |= {_SPELT[word] for word in words if word in _SPELT}
    found |= {word for word in words if word in _MONTHS or word in _DAYS}
    found |= {large[0] for large in _LARGE.finditer(folded)}
    return found | {_SIGN_NAMES.get(sign, sign) for sign in _SIGNS if sign in folded}


def figures_told(text: str) -> set[str]:
    """Return the figures of a source, and the parts of its dates and hours: 26/10/2024 → 26, 10."""
    told = figures(text)
    for number in _NUMBER.finditer(text):
        if not _THOUSANDS.fullmatch(number[0]):
            parts = [_digits(part) for part in re.split(r"\D", number[0])]
            told.update(parts)
            told.update(_MONTHS[int(part) - 1] for part in parts[1:2] if part in _MONTH_NUMBERS)
    return told


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number).lstrip("0") or "0"
