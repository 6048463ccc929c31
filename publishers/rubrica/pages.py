"""Every page of the column as bytes, from values alone: no files, no index, no clock."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.goals import Goal
from content.posts import Section
from publishers.rubrica import structured
from publishers.rubrica.assets import assets
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Correction, Entry
from publishers.rubrica.films import film
from publishers.rubrica.memory import Memory
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
_LIST_GAPS: Final = (
    "path", "called", "name", "url", "robots", "old", "data", "teasers", "volumes", "pager",
)  # fmt: skip
"""Where a page of a list differs from others of its kind."""
_KEPT: Final = 1_000
"""Of how many articles is remembered what feeds, site map and search say of them: the newest."""


class Pages:
    """The templates, ready, with what every page says of the column."""

    def __init__(self, masthead: Masthead) -> None:
        self.masthead = masthead
        self._memories: dict[str, Memory[Any]] = {}
        self.environment = environment()
        self.environment.globals.update(
            masthead=masthead, root=masthead.root, base=masthead.base, sections=SECTIONS,
            gatherings={kind: GATHERINGS[kind] for kind in GATHERED}, asset=self._asset,
        )  # fmt: skip
        parts: Any = self.environment.get_template("parts.html").module
        self._parts = parts
        self._entries: Any = self.environment.get_template("feed-entry.xml").module
        self._frame: Any = self.environment.get_template("frame.html").module
        self._frames: dict[tuple[str, str], Any] = {}
        self._lists: dict[Shelf | Kind, Stencil] = {}
        self._topics: dict[Hashable, bytes] = {}
        self._related = Stencil.of(parts.related(gap("teasers")))
        self._listed = Stencil.of(parts.listed(gap("teasers")))
        self._located = Stencil.of(parts.located(gap("url"), gap("changed")))
        self.teasers = Teasers(self.environment, masthead)
        self.environment.globals.update(teaser=self._teaser, framed=self._framed)
        self._data = {str(section): structured.frame(section, masthead) for section in Section}
        self._articles: dict[str, Stencil] = {
            section: self._article_of(section) for section in Section
        }

    def article(
        self, card: Card, related: Sequence[Entry], corrections: Sequence[Correction] = ()
    ) -> bytes:
        """Return an article's page, with its "Leggi anche" and what was put right in it."""
        entry, parts = card.entry, self._parts
        self.teasers.memory.note(card)
        return self._articles[entry.section].fill(
            title=card.post.title,
            summary=card.post.text,
            url=card.url,
            image=card.image,
            published=utc(entry.published),
            changed=utc(card.changed),
            day=day(entry.published),
            corrected=parts.corrected(entry.corrected) if entry.corrected else b"",
            tags=b"".join([self._tag(goal) for goal in card.goals]),
            topics=b"".join([self._topic(shelf) for shelf in card.topics]),
            data=structured.of_article(self._data[entry.section], card, corrections),
            script=parts.player() if film(card.post.link) else b"",
            html=card.post.html.encode(),  # made and sanitised by `render`
            corrections=parts.corrections(corrections) if corrections else b"",
            related=self._beside(related) if related else b"",
        )

    def retracted(self, entry: Entry) -> bytes:
        """Return what stands where a retracted article stood."""
        return self._page("retracted.html", entry=entry)

    def moved(self, entry: Entry) -> bytes:
        """Return what stands where an article stood that has another address now."""
        return self._page("moved.html", card=Card(entry, self.masthead))

    def home(self, latest: Sequence[Entry], volumes: Sequence[Volume] = ()) -> bytes:
        """Return the home page."""
        newest = sorted(volumes, key=lambda one: one.changed, reverse=True)[:_BOOKS]
        return self._page("home.html", latest=latest, volumes=newest)

    def volume(self, volume: Volume) -> bytes:
        """Return an e-book's page."""
        data = structured.inert([told(volume, self.masthead)])
        return self._page("volume.html", volume=volume, cover=COVER, data=_markup(data))

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
        kind, parts = shelf.kind, self._parts
        like = shelf if shelf.lasts else kind
        if like not in self._lists:
            self._lists[like] = self._list_of(shelf)
        named = kind is not Kind.SECTION
        teasers = [
            self.teasers.draw(entry, section=named, lazy=place > 0)
            for place, entry in enumerate(entries)
        ]
        return self._lists[like].fill(
            path=shelf.path,
            called=shelf.name,
            name=f"{shelf.name}, pagina {page}" if page else shelf.name,
            url=f"{self.masthead.base}/{shelf.path}/{f'pagina/{page}/' if page else ''}",
            robots=b"" if entries else parts.hidden(),
            old=f" Pagina {page} dell’archivio." if page else b"",
            data=structured.of_list(self.masthead, shelf.way),
            teasers=self._listed.fill(teasers=b"".join(teasers)) if entries else parts.nothing(),
            volumes=parts.books(volumes) if volumes else b"",
            pager=parts.pager(newer, older),
        )

    def gathering(
        self, kind: Kind, shelves: Sequence[Shelf], initials: str = "", initial: str = ""
    ) -> bytes:
        """Return the page that lists the shelves of a kind, or the letters they are under.

        `initial` is the letter that the page is about, `initials` are those there are.
        """
        way = [(GATHERINGS[kind].name, f"/{kind}/")]
        return self._page(
            "gathering.html", kind=kind, heading=GATHERINGS[kind], shelves=shelves,
            initials=initials, initial=initial,
            data=_markup(structured.of_list(self.masthead, way)),
        )  # fmt: skip

    def search(self, parts: int) -> bytes:
        """Return the page with which people search; `parts` is how many shards there are."""
        return self._page("search.html", parts=parts)

    def sitemap(
        self, entries: Sequence[Entry], volumes: Sequence[Volume] = (), *, first: bool
    ) -> bytes:
        """Return one part of the site map; the first part names what is no article too."""
        lines = b"".join(self.kept("located", entry, self._line) for entry in entries)
        return self._page("sitemap.xml", lines=_markup(lines), volumes=volumes, first=first)

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

    def kept(self, what: str, entry: Entry, make: Callable[[Card], Any]) -> Any:
        """Return what was made of an article, made now if it is not remembered."""
        memory = self._memories.get(what)
        if memory is None:
            memory = self._memories[what] = Memory(self.masthead, make, _KEPT)
        return memory.of(entry)

    def _list_of(self, shelf: Shelf) -> Stencil:
        """Return what all pages like a shelf's have, with gaps for the rest."""
        kind, goal = shelf.kind, shelf.goal
        above = None if kind is Kind.SECTION else GATHERINGS[kind]
        drawn = self.environment.get_template("list.html").render(
            here=shelf.path, kind=kind, goal=goal, above=above, fed=kind in FED,
            about=above.one if above else SECTIONS[Section(shelf.path)].about,
            **gaps(*_LIST_GAPS),
        )  # fmt: skip
        return Stencil.of(drawn)

    def _beside(self, related: Sequence[Entry]) -> bytes:
        """Return "Leggi anche"."""
        teasers = [self.teasers.draw(entry, level=3) for entry in related]
        return self._related.fill(teasers=b"".join(teasers))

    def _teaser(self, entry: Entry, **looks: Any) -> Markup:
        """Return a teaser for a template."""
        return _markup(self.teasers.draw(entry, **looks))

    def _line(self, card: Card) -> bytes:
        """Return what the site map says of an article."""
        return self._located.fill(url=card.url, changed=utc(card.changed))

    def _article_of(self, section: Section) -> Stencil:
        """Return what all articles of a section have, with gaps for the rest."""
        image = {"width": WIDTH, "height": HEIGHT, "address": gap("image"), "alt": gap("title")}
        template = self.environment.get_template("article.html")
        return Stencil.of(template.render(here=section, image=image, **gaps(*_GAPS)))

    def _tag(self, goal: Goal) -> bytes:
        """Return what is said of a goal to robots, drawn once."""
        drawn = self._topics.get(goal.number)
        if drawn is None:
            drawn = self._topics[goal.number] = self._parts.tag(goal).encode()
        return drawn

    def _topic(self, shelf: Shelf) -> bytes:
        """Return the link to a shelf, drawn once for all the pages that have it."""
        key = (shelf.path, shelf.name)
        drawn = self._topics.get(key)
        if drawn is None:
            drawn = self._topics[key] = self._parts.topic(shelf).encode()
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


def _markup(drawn: bytes) -> Markup:
    """Return for a template what was drawn."""
    return Markup(drawn.decode())  # noqa: S704  escaped when it was drawn


def _trusted(html: str) -> Markup:
    """Mark a frozen fragment as HTML: `render` made and sanitised it."""
    return Markup(html)  # noqa: S704  see above
