"""The lists that are no pages of a shelf: home, feeds, site maps, search."""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from content.goals import GOALS
from publishers.rubrica import feeds, search
from publishers.rubrica.catalogue import Catalogue, Entry
from publishers.rubrica.pages import Pages
from publishers.rubrica.shelves import FED, Kind, Shelf, goal_shelf
from publishers.rubrica.volumes import Volume

HOME: Final = 13
NEWS: Final = 1000
"""The most that a site map of news may name:
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap"""
_RECENT: Final = timedelta(days=2)

File = tuple[str, bytes]


def front(pages: Pages, index: Catalogue, volumes: Sequence[Volume] = ()) -> Iterator[File]:
    """Yield the home page, the column's feeds and the site map of the news."""
    latest = index.latest(max(HOME, feeds.COUNT))
    yield "index.html", pages.home(latest[:HOME], volumes)
    yield feeds.ATOM, feeds.atom(pages, latest[: feeds.COUNT], volumes=volumes)
    yield feeds.JSON, feeds.json_feed(pages, latest[: feeds.COUNT], volumes=volumes)
    yield "sitemap-news.xml", pages.sitemap_news(_recent(index, latest))


def feeds_of(
    pages: Pages,
    index: Catalogue,
    shelf: Shelf,
    volumes: Sequence[Volume] = (),
    *,
    empty: bool = False,
) -> Iterator[File]:
    """Yield the feeds of a shelf, if it has any; `empty` leaves the articles out."""
    if shelf.kind in FED:
        latest = [] if empty else index.newest(shelf.path, feeds.COUNT)
        yield f"{shelf.path}/{feeds.ATOM}", feeds.atom(pages, latest, shelf, volumes)
        yield f"{shelf.path}/{feeds.JSON}", feeds.json_feed(pages, latest, shelf, volumes)


def numbered(
    pages: Pages, index: Catalogue, number: int, volumes: Sequence[Volume] = ()
) -> Iterator[File]:
    """Yield what holds the article of a number: its part of the site map, its piece of search.

    The first part of the site map names the e-books.
    """
    part = math.ceil(number / search.PART)
    entries = index.numbered((part - 1) * search.PART, part * search.PART)
    yield f"sitemap-{part}.xml", pages.sitemap(entries, volumes, first=part == 1)
    yield "sitemap.xml", pages.sitemap_index(max(1, parts(index)))
    yield f"{search.FOLDER}/{part}.json", search.shard(pages, entries)


def gathering(pages: Pages, index: Catalogue, kind: Kind, most: int) -> bytes:
    """Return the page that lists a kind's shelves, or their initials where there are many."""
    if kind is Kind.GOAL:
        return pages.gathering(kind, [goal_shelf(goal.number) for goal in GOALS])
    if kind is Kind.BODY and index.amount(kind) > most:
        return pages.gathering(kind, (), index.initials(kind))
    shelves = index.shelves(kind)
    if kind is Kind.MONTH:
        return pages.gathering(kind, shelves[::-1])
    return pages.gathering(kind, sorted(shelves, key=lambda one: (one.name.casefold(), one.path)))


def parts(index: Catalogue) -> int:
    """Return how many parts site map and search have."""
    return math.ceil(index.last_number() / search.PART)


def _recent(index: Catalogue, latest: list[Entry]) -> list[Entry]:
    """Return the articles of the last two days, counted from the newest one: no clock here."""
    if not latest:
        return []
    since = max(entry.published for entry in latest) - _RECENT
    count = feeds.COUNT
    while latest[-1].published >= since and len(latest) == count and count < NEWS:
        count = min(NEWS, count * 4)
        latest = index.latest(count)
    return [entry for entry in latest if entry.published >= since]
