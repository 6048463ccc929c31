"""An article in a list: read once, shown under headings of any level, with or without section."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from jinja2 import Environment
from markupsafe import Markup, escape

from content.posts import Section
from publishers.rubrica.cards import Card
from publishers.rubrica.pictures import Picture
from publishers.rubrica.stencils import Stencil, gaps
from publishers.rubrica.words import SECTIONS, day, utc

_GAPS: Final = ("path", "title", "summary", "published", "day", "level", "eyebrow", "picture")
_LEVELS: Final = {2: Markup("2"), 3: Markup("3")}
_NOTHING: Final = Markup()
_BETWEEN: Final = Markup(" · ")
Keep = Callable[[str, Card, Callable[[Card], Any]], Any]
"""What remembers a piece drawn of an article: its name, the article, how it is drawn."""


class _Told(NamedTuple):
    """What all teasers of an article say, and what some do."""

    stencil: Stencil
    place: Markup
    with_section: Markup
    picture: Picture | None


class Teasers:
    """Draws teasers; `parts` are the macros."""

    def __init__(self, environment: Environment, parts: Any, keep: Keep) -> None:
        self._stencil = Stencil.of(environment.get_template("teaser.html"), **gaps(*_GAPS))
        self._labels: dict[str, Markup] = {
            one: Markup("<span>{}</span>").format(SECTIONS[one].one) for one in Section
        }
        self._parts, self._keep = parts, keep

    def note(self, card: Card) -> None:
        """Remember what teasers say of an article, whose words are at hand now."""
        self._keep("teaser", card, self._told)

    def draw(
        self,
        card: Card,
        *,
        level: int = 2,
        section: bool = True,
        lazy: bool = True,
        wide: bool = False,
    ) -> Markup:
        """Return a teaser below a heading of `level`.

        `section` says whether its section is named, `lazy` whether its picture may come late,
        `wide` whether it takes the whole width.
        """
        told: _Told = self._keep("teaser", card, self._told)
        return told.stencil.fill(
            level=_LEVELS[level],
            eyebrow=told.with_section if section else told.place,
            picture=self._picture(card, told.picture, lazy, wide) if told.picture else _NOTHING,
        )

    def _told(self, card: Card) -> _Told:
        entry, post = card.entry, card.post
        drawn = self._stencil.partly(
            path=card.path, title=post.title, summary=post.text,
            published=utc(entry.published), day=day(entry.published),
        )  # fmt: skip
        label, place, pictures = self._labels[entry.section], escape(card.place), card.pictures
        both = label + _BETWEEN + place if place else label
        return _Told(drawn, place, both, pictures[0] if pictures else None)

    def _picture(self, card: Card, picture: Picture, lazy: bool, wide: bool) -> Markup:
        drawn = partial(self._parts.thumbnail, picture, lazy, wide)
        made: Markup = self._keep(f"picture {lazy} {wide}", card, lambda _: drawn())
        return made
