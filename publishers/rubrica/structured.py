"""What search engines read of a page: schema.org's words, as JSON-LD.

What Google asks for and recommends:
https://developers.google.com/search/docs/appearance/structured-data/article
https://developers.google.com/search/docs/appearance/structured-data/video
https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
https://schema.org/correction
"""

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup
from pydantic_core import to_json

from content.posts import Section
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.enclosures import Enclosure
from publishers.rubrica.entries import Correction
from publishers.rubrica.films import Film, film
from publishers.rubrica.words import SECTIONS, utc

_GOAL: Final = "https://sdgs.un.org/goals/goal{number}"
Data = dict[str, Any]


def of_article(card: Card, corrections: Sequence[Correction] = ()) -> Markup:
    """Return what is said of an article: the piece with what was put right, its films, the way."""
    section = SECTIONS[Section(card.entry.section)].name
    way = [
        (section, f"/{card.entry.section}/"),
        (card.post.title, f"/{card.entry.section}/{card.entry.slug}/"),
    ]
    return inert([_article(card, corrections), *_films(card), _way(card.masthead, way)])


def of_list(masthead: Masthead, way: Sequence[tuple[str, str]]) -> Markup:
    """Return the way to a list: its steps below the home page, each a name and a path."""
    return inert([_way(masthead, way)])


def inert(data: object) -> Markup:
    """Return JSON in which nothing can end a script element or open a comment in it."""
    text = as_json(data)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  the three signs that matter are gone


def as_json(data: object) -> str:
    """Return data as JSON without spaces, its letters as they are."""
    return to_json(data).decode()


def _article(card: Card, corrections: Sequence[Correction]) -> Data:
    masthead = card.masthead
    pictures = [masthead.origin + picture.src for picture in card.pictures]
    body = card.bodies[:1]
    data: Data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": card.post.title,
        "description": card.post.text,
        "url": card.url,
        "mainEntityOfPage": card.url,
        "datePublished": utc(card.entry.published),
        "dateModified": utc(card.changed),
        "inLanguage": "it",
        "isAccessibleForFree": True,
        "articleSection": SECTIONS[Section(card.entry.section)].name,
        "author": [
            {
                "@type": "Organization",
                "name": card.teller,
                "url": f"{masthead.base}/{body[0].path}/" if body else f"{masthead.base}/",
            }
        ],
        "publisher": {"@type": "Organization", "name": masthead.owner, "url": f"{masthead.base}/"},
        "image": [str(card.image["address"]), *pictures],
        "about": [
            {"@type": "Thing", "name": goal.name, "sameAs": _GOAL.format(number=goal.number)}
            for goal in card.goals
        ],
        "contentLocation": {"@type": "Place", "name": card.place} if card.place else None,
        "correction": [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": utc(one.moment)}
            for one in corrections
        ],
    }
    return {name: value for name, value in data.items() if value not in (None, [])}


def _films(card: Card) -> list[Data]:
    kept = [_kept_film(card, one) for one in card.enclosures if one.kind == "video"]
    there = film(card.post.link)
    return [*kept, *([_film_elsewhere(card, there)] if there else [])]


def _kept_film(card: Card, one: Enclosure) -> Data:
    origin, medium = card.masthead.origin, one.medium
    data: Data = {
        **_any_film(card, origin + one.poster if one.poster else str(card.image["address"])),
        "name": one.name or card.post.title,
        "contentUrl": origin + one.src,
        "duration": f"PT{round(medium.seconds)}S" if medium.seconds else None,
        "transcript": one.transcript or None,
    }
    return {name: value for name, value in data.items() if value is not None}


def _film_elsewhere(card: Card, there: Film) -> Data:
    first = [card.masthead.origin + picture.src for picture in card.pictures[:1]]
    seen = first[0] if first else str(card.image["address"])
    return {**_any_film(card, seen), "name": card.post.title, "embedUrl": there.player}


def _any_film(card: Card, seen: str) -> Data:
    return {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "description": card.post.text,
        "thumbnailUrl": [seen],
        "uploadDate": utc(card.entry.published),
        "inLanguage": "it",
    }


def _way(masthead: Masthead, steps: Sequence[tuple[str, str]]) -> Data:
    """Return the breadcrumb; paths are below the column's address."""
    home = [(masthead.title, "/"), *steps]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": name,
                "item": masthead.base + path,
            }
            for number, (name, path) in enumerate(home, 1)
        ],
    }
