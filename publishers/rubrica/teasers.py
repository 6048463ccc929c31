"""An article in a list: read once, shown under headings of any level, with or without section."""

from typing import Any, Final, NamedTuple

from jinja2 import Environment
from markupsafe import Markup, escape

from content.posts import Section
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Entry
from publishers.rubrica.memory import Memory
from publishers.rubrica.stencils import Stencil, gap, gaps
from publishers.rubrica.words import SECTIONS, day, utc

_OWN: Final = gaps("path", "title", "summary", "published", "day", "picture")
_OTHERS: Final = gaps("level", "eyebrow")
_LEVELS: Final = {2: b"2", 3: b"3"}
_KEPT: Final = 20_000
"""Of how many articles teasers are remembered, about a kilobyte of each."""
_BETWEEN: Final = " · ".encode()
_LOADING: Final = {True: b'loading="lazy"', False: b'fetchpriority="high"'}
_SIZES: Final = {
    True: b"(min-width: 54rem) 38rem, 100vw", False: b"(min-width: 38rem) 22rem, 7rem",
}  # fmt: skip


class _Told(NamedTuple):
    """What all teasers of an article say, and what some do."""

    stencil: Stencil
    place: bytes
    with_section: bytes


class Teasers:
    """Draws teasers; `parts` are the macros."""

    def __init__(self, environment: Environment, masthead: Masthead) -> None:
        template = environment.get_template("teaser.html")
        self._stencil = Stencil.of(template.render(_OWN | _OTHERS))
        self._thumbnail: Any = environment.get_template("parts.html").module.thumbnail  # type: ignore[attr-defined]
        self._labels: dict[str, bytes] = {
            one: Markup("<span>{}</span>").format(SECTIONS[one].one).encode() for one in Section
        }
        self.memory = Memory(masthead, self._told, _KEPT)

    def draw(
        self,
        entry: Entry,
        *,
        level: int = 2,
        section: bool = True,
        lazy: bool = True,
        wide: bool = False,
    ) -> bytes:
        """Return a teaser below a heading of `level`.

        `section` says whether its section is named, `lazy` whether its picture may come late,
        `wide` whether it takes the whole width.
        """
        told = self.memory.of(entry)
        return told.stencil.fill(
            level=_LEVELS[level],
            eyebrow=told.with_section if section else told.place,
            sizes=_SIZES[wide],
            loading=_LOADING[lazy],
        )

    def _told(self, card: Card) -> _Told:
        entry, post = card.entry, card.post
        drawn = self._stencil.fill(
            path=card.path, title=post.title, summary=post.text,
            published=utc(entry.published), day=day(entry.published),
            picture=self._picture(card), **_OTHERS,
        )  # fmt: skip
        label, place = self._labels[entry.section], escape(card.place).encode()
        both = label + _BETWEEN + place if place else label
        return _Told(Stencil.of(drawn), place, both)

    def _picture(self, card: Card) -> Markup | bytes:
        first = card.pictures[:1]
        return self._thumbnail(first[0], gap("sizes"), gap("loading")) if first else b""
