"""The lists that are no pages of a shelf: home, feeds, site maps, search."""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from content.goals import GOALS
from publishers.rubrica import feeds, search
from publishers.rubrica.catalogue import Catalogue
from publishers.rubrica.entries import Entry
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


def part(
    pages: Pages, entries: Sequence[Entry], number: int, volumes: Sequence[Volume] = ()
) -> Iterator[File]:
    """Yield what holds the articles of a part: its site map, its piece of search.

    The first part of the site map names the e-books.
    """
    standing = [entry for entry in entries if entry.sha256]
    yield f"sitemap-{number}.xml", pages.sitemap(standing, volumes, first=number == 1)
    yield f"{search.FOLDER}/{number}.json", search.shard(pages, standing)


def part_of(number: int) -> int:
    """Return which part holds the article of a number."""
    return math.ceil(number / search.PART)


def range_of(number: int) -> tuple[int, int]:
    """Return the numbers of a part's articles: above the first, to the second."""
    return (number - 1) * search.PART, number * search.PART


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
    return part_of(index.last_number())


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
