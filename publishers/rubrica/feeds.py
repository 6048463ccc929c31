"""The column for feed readers: Atom (RFC 4287) and JSON Feed (https://www.jsonfeed.org)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.entries import Entry
from publishers.rubrica.pages import Pages
from publishers.rubrica.shelves import Shelf
from publishers.rubrica.structured import as_json
from publishers.rubrica.volumes import COVER, FOLDER, Volume
from publishers.rubrica.words import utc

COUNT: Final = 20
"""How many articles a feed tells of."""
ATOM: Final = "feed.xml"
JSON: Final = "feed.json"


def atom(
    pages: Pages,
    entries: Sequence[Entry],
    shelf: Shelf | None = None,
    volumes: Sequence[Volume] = (),
) -> bytes:
    """Return the Atom feed of a shelf, or of the whole column, with these e-books among them."""
    cards = pages.cards(entries)
    moments = [card.changed for card in cards] + [one.changed for one in volumes]
    moments = moments or [datetime(1970, 1, 1, tzinfo=UTC)]
    made = [pages.kept("atom", one.entry, pages.feed_entry) for one in cards]
    articles = [(one.entry.published, drawn) for one, drawn in zip(cards, made, strict=True)]
    told = _newest(articles, [(one.changed, pages.feed_volume(one)) for one in volumes])
    return pages.render(
        "feed.xml", shelf=shelf, updated=max(moments), entries=told, path=_path(shelf)
    ).encode()


def json_feed(
    pages: Pages,
    entries: Sequence[Entry],
    shelf: Shelf | None = None,
    volumes: Sequence[Volume] = (),
) -> bytes:
    """Return the JSON Feed of a shelf, or of the whole column, with these e-books among them."""
    masthead = pages.masthead
    cards = pages.cards(entries)
    articles = [(one.entry.published, pages.kept("json", one.entry, _item)) for one in cards]
    items = _newest(articles, [(one.changed, _book(one, masthead)) for one in volumes])
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{shelf.name} · {masthead.title}" if shelf else masthead.title,
        "home_page_url": f"{masthead.base}/{_path(shelf)}",
        "feed_url": f"{masthead.base}/{_path(shelf)}{JSON}",
        "language": "it",
        "authors": [{"name": masthead.owner}],
    }
    if masthead.hub:
        head["hubs"] = [{"type": "WebSub", "url": masthead.hub}]
    return f'{as_json(head)[:-1]},"items":[{",".join(items)}]}}\n'.encode()


def _path(shelf: Shelf | None) -> str:
    return f"{shelf.path}/" if shelf else ""


def _newest(
    articles: Sequence[tuple[datetime, Any]], books: Sequence[tuple[datetime, Any]]
) -> list[Any]:
    """Return what a feed tells of, the newest first where there are books; articles as they are."""
    told = list(articles)
    for moment, book in sorted(books, key=lambda one: one[0]):
        place = next((at for at, one in enumerate(told) if one[0] <= moment), len(told))
        told.insert(place, (moment, book))
    return [one for _, one in told[:COUNT]]


def _book(volume: Volume, masthead: Masthead) -> str:
    url = f"{masthead.base}/{FOLDER}/{volume.name}/"
    told = {
        "id": url,
        "url": url,
        "title": volume.heading,
        "content_text": volume.description,
        "image": f"{url}{COVER}",
        "date_modified": utc(volume.changed),
        "authors": [{"name": masthead.owner}],
        "tags": ["E-book"],
        "attachments": [
            {"url": f"{url}{one.name}", "mime_type": one.mime, "size_in_bytes": one.size}
            for one in volume.files
        ],
    }
    return as_json(told)


def _item(card: Card) -> str:
    told = {
        "id": card.id,
        "url": card.url,
        "title": card.post.title,
        "summary": card.post.text,
        "content_html": card.feed_html,
        "image": card.image,
        "date_published": utc(card.entry.published),
        "date_modified": utc(card.changed),
        "authors": [{"name": card.teller}],
        "tags": [goal.name for goal in card.goals],
        "attachments": [
            {
                "url": card.masthead.origin + one.src,
                "mime_type": one.medium.mime,
                "title": one.name,
                "size_in_bytes": one.medium.size or 0,
            }
            for one in card.enclosures
        ],
    }
    return as_json(told)
