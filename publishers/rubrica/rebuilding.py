"""Everything written again from the index, on all processors where there is much of it."""

import os
from typing import Final

from publishers.rubrica import assets
from publishers.rubrica.hands import Hands
from publishers.rubrica.index import Index
from publishers.rubrica.lists import parts, range_of
from publishers.rubrica.pages import Pages
from publishers.rubrica.placing import Place
from publishers.rubrica.shelves import Kind, Shelf, lasting
from publishers.rubrica.site import Site

_ALONE: Final = 1500
"""Up to how many articles other processes would take longer to start than to help."""


def rebuild(place: Place, pages: Pages) -> None:
    """Write all pages in the order that keeps every link whole; nothing waits for the disk."""
    with Index.open(place.file) as index:
        many = index.last_number() > _ALONE
    with Hands(place, pages, (os.cpu_count() or 1) - 1 if many else 0) as hands:
        site, spread = hands.site, hands.spread
        site.equip()
        shelves = lasting()
        for kind in (Kind.BODY, Kind.MONTH, Kind.LAB):
            shelves += site.index.shelves(kind)
        if (place.site / "index.html").exists():
            spread(_announce, shelves)
        spread(_write_part, range(1, max(1, parts(site.index)) + 1))
        spread(_write_shelf, shelves)
        site.parts()
        for kind in (Kind.GOAL, Kind.BODY, Kind.MONTH, Kind.LAB):
            site.gathering(kind)
        site.front()
        assets.tidy(place.site)


def _announce(site: Site, shelf: Shelf) -> None:
    site.prepare_shelves([shelf])


def _write_part(site: Site, number: int) -> None:
    """Write the pages of some articles, then what names them: a part of site map and search."""
    found = list(site.index.whole(site.index.article_ids(*range_of(number))))
    for one in found:
        site.article(one, media=True)
    site.part(number, [one.entry for one in found])


def _write_shelf(site: Site, shelf: Shelf) -> None:
    site.shelf(shelf)
