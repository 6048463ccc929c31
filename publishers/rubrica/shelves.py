"""Where an article stands beside others: its section, goals, bodies, month and Lab; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from slugify import slugify

from content.goals import GOALS, Goal
from content.posts import Section
from publishers.rubrica.words import GATHERINGS, MONTHS, ROME, SECTIONS

_LONGEST: Final = 80
_GOALS: Final = {goal.number: goal for goal in GOALS}
_COUNCIL: Final = re.compile(r"(?i)comune\s+(?:di\s+|d[’'])")


class Kind(StrEnum):
    """What a shelf gathers by; the value is the path under which shelves of its kind stand."""

    SECTION = ""
    GOAL = "obiettivi"
    BODY = "enti"
    MONTH = "archivio"
    LAB = "laboratori"


GATHERED: Final = (Kind.GOAL, Kind.BODY, Kind.MONTH, Kind.LAB)
"""The kinds that have a page listing their shelves, below the kind's path."""
LASTING: Final = frozenset({*Section, *(f"{Kind.GOAL}/{goal.number}" for goal in GOALS)})
"""Shelves that stand even when there is nothing on them."""
FED: Final = frozenset({Kind.SECTION, Kind.GOAL, Kind.LAB})
"""The kinds of shelf that have feeds of their own."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of articles: `path` is its address below the column's, `name` its heading."""

    path: str
    name: str

    @property
    def kind(self) -> Kind:
        """What it gathers by."""
        head, slash, _ = self.path.partition("/")
        return Kind(head) if slash else Kind.SECTION

    @property
    def key(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def goal(self) -> Goal | None:
        """The goal whose shelf it is."""
        return _GOALS[int(self.key)] if self.kind is Kind.GOAL else None

    @property
    def way(self) -> list[tuple[str, str]]:
        """The steps to it below the home page, each a name and a path."""
        above = (
            [] if self.kind is Kind.SECTION else [(GATHERINGS[self.kind].name, f"/{self.kind}/")]
        )
        return [*above, (self.name, f"/{self.path}/")]

    @property
    def lasts(self) -> bool:
        """Whether its page stands even when empty."""
        return self.path in LASTING

    @property
    def initial(self) -> str:
        """The letter under which its name is looked for, "0" where it begins with none."""
        letter = slugify(self.name)[:1]
        return letter if letter.isalpha() else "0"


def shelves_of(facts: Mapping[str, Any], section: str, published: datetime) -> list[Shelf]:
    """Return the shelves of an article: its section first, then goals, bodies, month, Lab."""
    found = [section_shelf(section)]
    found += [goal_shelf(number) for number in facts.get("sdgs") or () if number in _GOALS]
    found += bodies(facts)
    found.append(month_shelf(published))
    if facts.get("lab"):
        found += _named(Kind.LAB, str(facts["lab"]), str(facts.get("lab_slug") or facts["lab"]))
    return list({shelf.path: shelf for shelf in found}.values())


def bodies(facts: Mapping[str, Any]) -> list[Shelf]:
    """Return the shelves of who tells and of where: one where a municipality tells of itself."""
    names = (facts.get("organisation"), facts.get("municipality"), facts.get("province"))
    return list(_bodies(*(str(name) if name else "" for name in names)))


@lru_cache(maxsize=20_000)
def _bodies(organisation: str, town: str, province: str) -> tuple[Shelf, ...]:
    found: list[Shelf] = []
    if organisation and not _speaks_for(organisation, town):
        found += _named(Kind.BODY, organisation, organisation)
    if town:
        name = f"{town} ({province})" if province else town
        found += _named(Kind.BODY, name, name)
    return tuple(found)


def section_shelf(section: str) -> Shelf:
    """Return a section's shelf."""
    return Shelf(str(section), SECTIONS[Section(section)].name)


def goal_shelf(number: int) -> Shelf:
    """Return a goal's shelf."""
    return Shelf(f"{Kind.GOAL}/{number}", _GOALS[number].name)


def month_shelf(moment: datetime) -> Shelf:
    """Return the shelf of a moment's month, in Rome."""
    local = moment.astimezone(ROME)
    return _month(local.year, local.month)


def lab_path(slug: str) -> str:
    """Return the path of a Lab's shelf by the Lab's name in links."""
    return f"{Kind.LAB}/{_slug(slug)}"


def standing(path: str, name: str | None) -> Shelf:
    """Return a shelf by its path, with the name it was given where its path does not tell it."""
    kind = Shelf(path, "").kind
    if kind is Kind.SECTION:
        return section_shelf(path)
    if kind is Kind.GOAL:
        return goal_shelf(int(path.rpartition("/")[2]))
    if kind is Kind.MONTH:
        year, month = path.rpartition("/")[2].split("-")
        return _month(int(year), int(month))
    return Shelf(path, name or "")


def lasting() -> list[Shelf]:
    """Return the shelves that stand even when empty."""
    return [*map(section_shelf, Section), *(goal_shelf(goal.number) for goal in GOALS)]


@lru_cache(maxsize=1_000)
def _month(year: int, month: int) -> Shelf:
    return Shelf(f"{Kind.MONTH}/{year:04}-{month:02}", f"{MONTHS[month - 1].capitalize()} {year}")


def _speaks_for(organisation: str, town: str) -> bool:
    """Tell whether a body is the municipality itself: "Comune di Tirano" for Tirano."""
    called = _COUNCIL.match(organisation)
    return bool(town and called and _slug(organisation[called.end() :]) == _slug(town))


def _named(kind: Kind, name: str, words: str) -> list[Shelf]:
    slug = _slug(words)
    return [Shelf(f"{kind}/{slug}", name)] if slug else []


@lru_cache(maxsize=20_000)
def _slug(words: str) -> str:
    return str(slugify(words, max_length=_LONGEST, word_boundary=True))
