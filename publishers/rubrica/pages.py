"""Every page and feed of the column as bytes, from values alone: no files, no index, no clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.posts import Section
from publishers.rubrica.cards import Card, Masthead, structured
from publishers.rubrica.catalogue import Entry
from publishers.rubrica.words import SECTIONS, day, host, utc

FIXED: Final = {
    "note-legali/index.html": "legal.html",
    "privacy/index.html": "privacy.html",
    "accessibilita/index.html": "accessibility.html",
    "404.html": "missing.html",
    "robots.txt": "robots.txt",
}
"""Pages that depend on no article: where they go, what they are made from."""


class Pages:
    """The templates, ready, with what every page says of the column."""

    def __init__(self, masthead: Masthead) -> None:
        self.masthead = masthead
        self.environment = environment()
        self.environment.globals.update(
            masthead=masthead, root=masthead.root, base=masthead.base, sections=SECTIONS
        )

    def article(self, entry: Entry, related: Sequence[Entry]) -> bytes:
        """Return an article's page, with its "Leggi anche"."""
        card = Card(entry, self.masthead)
        return self._page(
            "article.html", card=card, related=self.cards(related), data=structured(card)
        )

    def retracted(self, entry: Entry) -> bytes:
        """Return what stands where a retracted article stood."""
        return self._page("retracted.html", entry=entry)

    def moved(self, entry: Entry) -> bytes:
        """Return what stands where an article stood that has another address now."""
        return self._page("moved.html", card=Card(entry, self.masthead))

    def home(self, latest: Sequence[Entry]) -> bytes:
        """Return the home page."""
        return self._page("home.html", cards=self.cards(latest))

    def section(
        self, section: Section, entries: Sequence[Entry], page: int | None, newer: str, older: str
    ) -> bytes:
        """Return a section's newest page (`page` None) or one of its numbered pages.

        `newer` and `older` are the paths of its neighbours, "" for none.
        """
        cards = self.cards(entries)
        heading = SECTIONS[section]
        return self._page(
            "section.html", section=section, heading=heading, cards=cards, page=page,
            newer=newer, older=older,
        )  # fmt: skip

    def feed(self, latest: Sequence[Entry]) -> bytes:
        """Return the Atom feed (RFC 4287)."""
        cards = self.cards(latest)
        moments = [card.changed for card in cards] or [datetime(1970, 1, 1, tzinfo=UTC)]
        return self._page("feed.xml", cards=cards, updated=max(moments))

    def sitemap(self, addresses: Sequence[tuple[str, str, datetime]], *, first: bool) -> bytes:
        """Return one part of the site map; the first part names the fixed pages too."""
        return self._page("sitemap.xml", addresses=addresses, first=first)

    def sitemap_index(self, parts: int) -> bytes:
        """Return the list of the site map's parts."""
        return self._page("sitemap-index.xml", parts=parts)

    def fixed(self, template: str) -> bytes:
        """Return a page that depends on no article."""
        return self._page(template)

    def cards(self, entries: Sequence[Entry]) -> list[Card]:
        """Return entries ready for a template."""
        return [Card(entry, self.masthead) for entry in entries]

    def _page(self, template: str, **values: Any) -> bytes:
        return self.environment.get_template(template).render(**values).encode()


def environment() -> Environment:
    """Return the templates, escaping always, complaining of what is not there."""
    made = Environment(
        loader=PackageLoader("publishers.rubrica"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(day=day, utc=utc, host=host, fragment=_trusted)
    return made


def _trusted(html: str) -> Markup:
    """Mark a frozen fragment as HTML: `render` made and sanitised it."""
    return Markup(html)  # noqa: S704  see above
