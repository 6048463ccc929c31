"""Every page of the column as bytes, from values alone: no files, no index, no clock."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.posts import Section
from publishers.rubrica import structured
from publishers.rubrica.assets import assets
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.catalogue import Correction, Entry
from publishers.rubrica.films import film
from publishers.rubrica.shelves import FED, GATHERED, Kind, Shelf
from publishers.rubrica.volumes import COVER, Volume, told
from publishers.rubrica.words import GATHERINGS, SECTIONS, day, utc
from publishers.words import host

FIXED: Final = {
    "note-legali/index.html": "legal.html",
    "privacy/index.html": "privacy.html",
    "accessibilita/index.html": "accessibility.html",
    "404.html": "missing.html",
    "robots.txt": "robots.txt",
}
"""Pages that depend on no article: where they go, what they are made from."""
_HERE: Final = frozenset({"home", "cerca", *SECTIONS, *GATHERINGS})
"""The places that what is around a page leads to."""
_BOOKS: Final = 6
"""How many e-books the home page leads to; the pages of the Labs lead to all."""
_KEPT: Final = 4_000
"""How many drawn pieces are remembered, of some kilobytes each: a full build gains by no more."""


class Pages:
    """The templates, ready, with what every page says of the column."""

    def __init__(self, masthead: Masthead) -> None:
        self.masthead = masthead
        self._kept: dict[tuple[object, ...], Any] = {}
        self.environment = environment()
        self.environment.globals.update(
            masthead=masthead, root=masthead.root, base=masthead.base, sections=SECTIONS,
            gatherings={kind: GATHERINGS[kind] for kind in GATHERED}, asset=self._asset,
        )  # fmt: skip
        self._parts: Any = self.environment.get_template("parts.html").module
        self._entries: Any = self.environment.get_template("feed-entry.xml").module
        self._frame: Any = self.environment.get_template("frame.html").module
        self._frames: dict[tuple[str, str], Any] = {}
        self.environment.globals.update(teaser=self._teaser, framed=self._framed)

    def article(
        self, entry: Entry, related: Sequence[Entry], corrections: Sequence[Correction] = ()
    ) -> bytes:
        """Return an article's page, with its "Leggi anche" and what was put right in it."""
        card = Card(entry, self.masthead)
        return self._page(
            "article.html", card=card, related=self.cards(related), corrections=corrections,
            data=structured.of_article(card, corrections), film=film(card.post.link),
        )  # fmt: skip

    def retracted(self, entry: Entry) -> bytes:
        """Return what stands where a retracted article stood."""
        return self._page("retracted.html", entry=entry)

    def moved(self, entry: Entry) -> bytes:
        """Return what stands where an article stood that has another address now."""
        return self._page("moved.html", card=Card(entry, self.masthead))

    def home(self, latest: Sequence[Entry], volumes: Sequence[Volume] = ()) -> bytes:
        """Return the home page."""
        newest = sorted(volumes, key=lambda one: one.changed, reverse=True)[:_BOOKS]
        return self._page("home.html", cards=self.cards(latest), volumes=newest)

    def volume(self, volume: Volume) -> bytes:
        """Return an e-book's page."""
        data = structured.inert([told(volume, self.masthead)])
        return self._page("volume.html", volume=volume, cover=COVER, data=data)

    def shelf(
        self,
        shelf: Shelf,
        entries: Sequence[Entry],
        page: int | None,
        newer: str,
        older: str,
        volumes: Sequence[Volume] = (),
    ) -> bytes:
        """Return a shelf's newest page (`page` None) or one of its numbered pages.

        `newer` and `older` are the paths of its neighbours, "" for none.
        """
        way = [(shelf.name, f"/{shelf.path}/")]
        above = None if shelf.kind is Kind.SECTION else GATHERINGS[shelf.kind]
        if above:
            way.insert(0, (above.name, f"/{shelf.kind}/"))
        about = above.one if above else SECTIONS[Section(shelf.path)].about
        return self._page(
            "list.html", shelf=shelf, about=about, above=above, cards=self.cards(entries),
            page=page, newer=newer, older=older, fed=shelf.kind in FED, volumes=volumes,
            data=structured.of_list(self.masthead, way),
        )  # fmt: skip

    def gathering(
        self, kind: Kind, shelves: Sequence[Shelf], initials: str = "", initial: str = ""
    ) -> bytes:
        """Return the page that lists the shelves of a kind, or the letters they are under.

        `initial` is the letter that the page is about, `initials` are those there are.
        """
        way = [(GATHERINGS[kind].name, f"/{kind}/")]
        return self._page(
            "gathering.html", kind=kind, heading=GATHERINGS[kind], shelves=shelves,
            initials=initials, initial=initial, data=structured.of_list(self.masthead, way),
        )  # fmt: skip

    def search(self, parts: int) -> bytes:
        """Return the page with which people search; `parts` is how many shards there are."""
        return self._page("search.html", parts=parts)

    def sitemap(
        self, entries: Sequence[Entry], volumes: Sequence[Volume] = (), *, first: bool
    ) -> bytes:
        """Return one part of the site map; the first part names what is no article too."""
        made = self._parts.located
        lines = [self.kept("located", card, made) for card in self.cards(entries)]
        return self._page("sitemap.xml", lines=lines, volumes=volumes, first=first)

    def sitemap_index(self, parts: int) -> bytes:
        """Return the list of the site map's parts."""
        return self._page("sitemap-index.xml", parts=parts)

    def sitemap_news(self, entries: Sequence[Entry]) -> bytes:
        """Return the site map of the news."""
        return self._page("sitemap-news.xml", cards=self.cards(entries))

    def feed_entry(self, card: Card) -> Any:
        """Return what an Atom feed tells of an article."""
        return self._entries.entry(card)

    def feed_volume(self, volume: Volume) -> Any:
        """Return what an Atom feed tells of an e-book."""
        return self._entries.book(volume, self.masthead)

    def fixed(self, template: str) -> bytes:
        """Return a page that depends on no article."""
        return self._page(template)

    def render(self, template: str, **values: Any) -> str:
        """Return what a template makes of values."""
        return self.environment.get_template(template).render(**values)

    def cards(self, entries: Sequence[Entry]) -> list[Card]:
        """Return entries ready for a template."""
        return [Card(entry, self.masthead) for entry in entries]

    def kept(self, what: str, card: Card, make: Callable[[Card], Any]) -> Any:
        """Return what was made of an article, made now if it is not remembered."""
        key = (what, *card.entry.key)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = make(card)
        return found

    def _teaser(self, card: Card, **how: Any) -> Any:
        made = self._parts.teaser
        return self.kept(f"teaser {sorted(how.items())}", card, partial(made, **how))

    def _framed(self, part: str, here: str) -> Any:
        """Return a part of what is around every page; `here` is where its reader is."""
        known = here if here in _HERE else ""
        if (part, known) not in self._frames:
            self._frames[part, known] = getattr(self._frame, part)(known)
        return self._frames[part, known]

    def _asset(self, name: str) -> str:
        return f"{self.masthead.root}/{assets()[name][0]}"

    def _page(self, template: str, **values: Any) -> bytes:
        return self.render(template, **values).encode()


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
