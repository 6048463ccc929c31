"""The column for feed readers: Atom (RFC 4287) and JSON Feed (https://www.jsonfeed.org)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from publishers.rubrica.cards import Card
from publishers.rubrica.catalogue import Entry
from publishers.rubrica.pages import Pages
from publishers.rubrica.shelves import Shelf
from publishers.rubrica.words import utc

COUNT: Final = 20
"""How many articles a feed tells of."""
ATOM: Final = "feed.xml"
JSON: Final = "feed.json"


def atom(pages: Pages, entries: Sequence[Entry], shelf: Shelf | None = None) -> bytes:
    """Return the Atom feed of a shelf, or of the whole column."""
    cards = pages.cards(entries)
    moments = [card.changed for card in cards] or [datetime(1970, 1, 1, tzinfo=UTC)]
    told = [pages.kept("atom", card, pages.feed_entry) for card in cards]
    return pages.render(
        "feed.xml", shelf=shelf, updated=max(moments), entries=told, path=_path(shelf)
    ).encode()


def json_feed(pages: Pages, entries: Sequence[Entry], shelf: Shelf | None = None) -> bytes:
    """Return the JSON Feed of a shelf, or of the whole column."""
    masthead = pages.masthead
    items = [pages.kept("json", card, _item) for card in pages.cards(entries)]
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
    return f'{_dumped(head)[:-1]},"items":[{",".join(items)}]}}\n'.encode()


def _path(shelf: Shelf | None) -> str:
    return f"{shelf.path}/" if shelf else ""


def _item(card: Card) -> str:
    told = {
        "id": card.id,
        "url": card.url,
        "title": card.post.title,
        "summary": card.post.text,
        "content_html": card.feed_html,
        "image": card.image["address"],
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
    return _dumped(told)


def _dumped(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
