"""Every page of the column as bytes, from values alone: no files, no index, no clock."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.posts import Section
from publishers.rubrica import structured
from publishers.rubrica.assets import assets
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Correction, Entry, Row
from publishers.rubrica.films import film
from publishers.rubrica.share import HEIGHT, WIDTH
from publishers.rubrica.shelves import FED, GATHERED, Kind, Shelf
from publishers.rubrica.stencils import Stencil, gap, gaps
from publishers.rubrica.teasers import Teasers
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
_GAPS: Final = (
    "title", "summary", "url", "published", "changed", "day", "corrected", "tags", "topics", "data",
    "script", "html", "corrections", "related",
)  # fmt: skip
"""Where one article's page differs from another's of its section."""
_LISTS: Final = 1_000
"""Of how many lists is remembered what all their pages have, some kilobytes each."""
_KEPT: Final = 20_000
"""Of how many articles drawn pieces are remembered, about a kilobyte of each."""


class Pages:
    """The templates, ready, with what every page says of the column."""

    def __init__(self, masthead: Masthead) -> None:
        self.masthead = masthead
        self._kept: dict[int, tuple[Row, dict[str, Any]]] = {}
        self.environment = environment()
        self.environment.globals.update(
            masthead=masthead, root=masthead.root, base=masthead.base, sections=SECTIONS,
            gatherings={kind: GATHERINGS[kind] for kind in GATHERED}, asset=self._asset,
        )  # fmt: skip
        self._parts: Any = self.environment.get_template("parts.html").module
        self._entries: Any = self.environment.get_template("feed-entry.xml").module
        self._frame: Any = self.environment.get_template("frame.html").module
        self._frames: dict[tuple[str, str], Any] = {}
        self._lists: dict[Shelf, Stencil] = {}
        self._pieces: dict[tuple[str, Hashable], Any] = {}
        self._teasers = Teasers(self.environment, self._parts, self.kept)
        self.environment.globals.update(teaser=self._teasers.draw, framed=self._framed)
        self._articles: dict[str, Stencil] = {
            section: self._article_of(section) for section in Section
        }

    def article(
        self, entry: Entry, related: Sequence[Entry], corrections: Sequence[Correction] = ()
    ) -> bytes:
        """Return an article's page, with its "Leggi anche" and what was put right in it."""
        card, parts = Card(entry, self.masthead), self._parts
        self._teasers.note(card)
        drawn = self._articles[entry.section].fill(
            title=card.post.title,
            summary=card.post.text,
            url=card.url,
            image=str(card.image["address"]),
            published=utc(entry.published),
            changed=utc(card.changed),
            day=day(entry.published),
            corrected=parts.corrected(entry.corrected) if entry.corrected else "",
            tags=self._joined("tag", card.goals),
            topics=self._joined("topic", card.topics),
            data=structured.of_article(card, corrections),
            script=parts.player() if film(card.post.link) else "",
            html=_trusted(card.post.html),
            corrections=parts.corrections(corrections) if corrections else "",
            related=parts.related(self._drawn(related, level=3)) if related else "",
        )
        return drawn.encode()

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
        stencil = self._lists.get(shelf)
        if stencil is None:
            if len(self._lists) >= _LISTS:
                self._lists.clear()
            stencil = self._lists[shelf] = self._list_of(shelf)
        parts, cards = self._parts, self.cards(entries)
        named = shelf.kind is not Kind.SECTION
        teasers = "".join(
            self._teasers.draw(card, section=named, lazy=place > 0)
            for place, card in enumerate(cards)
        )
        return stencil.fill(
            name=f"{shelf.name}, pagina {page}" if page else shelf.name,
            url=f"{self.masthead.base}/{shelf.path}/{f'pagina/{page}/' if page else ''}",
            robots="" if cards else parts.hidden(),
            old=f" Pagina {page} dell’archivio." if page else "",
            teasers=parts.listed(Markup(teasers)),  # noqa: S704  markup, each of them
            volumes=parts.books(volumes),
            pager=parts.pager(newer, older),
        ).encode()

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
        row = card.entry.row
        known, pieces = self._kept.get(row[0], (None, {}))
        if known != row:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            pieces = {}
            self._kept[row[0]] = (row, pieces)
        if what not in pieces:
            pieces[what] = make(card)
        return pieces[what]

    def _list_of(self, shelf: Shelf) -> Stencil:
        """Return what all pages of a shelf have, with gaps for the rest."""
        way = [(shelf.name, f"/{shelf.path}/")]
        above = None if shelf.kind is Kind.SECTION else GATHERINGS[shelf.kind]
        if above:
            way.insert(0, (above.name, f"/{shelf.kind}/"))
        return Stencil.of(
            self.environment.get_template("list.html"), shelf=shelf, above=above,
            about=above.one if above else SECTIONS[Section(shelf.path)].about,
            fed=shelf.kind in FED, data=structured.of_list(self.masthead, way),
            **gaps("name", "url", "robots", "old", "teasers", "volumes", "pager"),
        )  # fmt: skip

    def _drawn(self, entries: Sequence[Entry], level: int) -> Markup:
        teasers = (self._teasers.draw(card, level=level) for card in self.cards(entries))
        return Markup("".join(teasers))  # noqa: S704  markup, each of them

    def _article_of(self, section: Section) -> Stencil:
        """Return what all articles of a section have, with gaps for the rest."""
        image = {"width": WIDTH, "height": HEIGHT, "address": gap("image"), "alt": gap("title")}
        template = self.environment.get_template("article.html")
        return Stencil.of(template, here=section, image=image, **gaps(*_GAPS))

    def _joined(self, macro: str, values: Iterable[Hashable]) -> Markup:
        """Return the same small piece drawn for each value: once for all pages that have it."""
        return Markup("".join(self._piece(macro, value) for value in values))  # noqa: S704  markup

    def _piece(self, macro: str, value: Hashable) -> Any:
        drawn = self._pieces.get((macro, value))
        if drawn is None:
            drawn = self._pieces[macro, value] = getattr(self._parts, macro)(value)
        return drawn

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
