"""What search engines read of a page: schema.org's words, as JSON-LD.

What Google asks for and recommends:
https://developers.google.com/search/docs/appearance/structured-data/article
https://developers.google.com/search/docs/appearance/structured-data/video
https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
https://schema.org/correction
"""

from collections.abc import Sequence
from typing import Any, Final

from pydantic_core import to_json

from content.goals import GOALS
from content.posts import Section
from publishers.rubrica.cards import Card, Masthead
from publishers.rubrica.enclosures import Enclosure
from publishers.rubrica.entries import Correction
from publishers.rubrica.films import Film, film
from publishers.rubrica.stencils import Stencil, gap
from publishers.rubrica.words import SECTIONS, utc

_GOALS: Final = {
    goal.number: {
        "@type": "Thing",
        "name": goal.name,
        "sameAs": f"https://sdgs.un.org/goals/goal{goal.number}",
    }
    for goal in GOALS
}
_SIGNS: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
Data = dict[str, Any]


def frame(section: Section, masthead: Masthead) -> Stencil:
    """Return what is said of all articles of a section, and the way to them, for `of_article`."""
    name, url = SECTIONS[section].name, str(gap("url"))
    way = _way(masthead, [(name, f"/{section}/"), ("", "")])
    way["itemListElement"][-1] |= {"name": str(gap("title")), "item": url}
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": str(gap("title")),
        "description": str(gap("text")),
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": str(gap("published")),
        "dateModified": str(gap("changed")),
        "inLanguage": "it",
        "isAccessibleForFree": True,
        "articleSection": name,
        "author": [
            {"@type": "Organization", "name": str(gap("teller")), "url": str(gap("teller_url"))}
        ],
        "publisher": {"@type": "Organization", "name": masthead.owner, "url": f"{masthead.base}/"},
        "image": str(gap("images_and_more")),
    }
    return Stencil.of_json([article, way])


def of_article(about_all: Stencil, card: Card, corrections: Sequence[Correction] = ()) -> bytes:
    """Return what is said of an article: the piece with what was put right, the way, its films."""
    masthead, title = card.masthead, to_json(card.post.title)
    images = [card.image, *(masthead.origin + picture.src for picture in card.pictures)]
    more = _more(card, corrections)
    told = about_all.fill(
        title=title,
        text=to_json(card.post.text),
        url=to_json(card.url),
        published=to_json(utc(card.entry.published)),
        changed=to_json(utc(card.changed)),
        teller=to_json(card.teller),
        teller_url=to_json("/".join([masthead.base, *(one.path for one in card.bodies[:1]), ""])),
        images_and_more=to_json(images) + (b"," + to_json(more)[1:-1] if more else b""),
    )
    films = _films(card)
    return _inert(told[:-1] + b"," + to_json(films)[1:] if films else told)


def of_list(masthead: Masthead, way: Sequence[tuple[str, str]]) -> bytes:
    """Return the way to a list: its steps below the home page, each a name and a path."""
    return inert([_way(masthead, way)])


def inert(data: object) -> bytes:
    """Return JSON in which nothing can end a script element or open a comment in it.

    It is markup: the three signs that matter are gone.
    """
    return _inert(to_json(data))


def _inert(told: bytes) -> bytes:
    for sign, spelled in _SIGNS:
        told = told.replace(sign, spelled)
    return told


def as_json(data: object) -> str:
    """Return data as JSON without spaces, its letters as they are."""
    return to_json(data).decode()


def _more(card: Card, corrections: Sequence[Correction]) -> Data:
    """Return what is said of some articles only."""
    data: Data = {}
    if card.goals:
        data["about"] = [_GOALS[goal.number] for goal in card.goals]
    if card.place:
        data["contentLocation"] = {"@type": "Place", "name": card.place}
    if corrections:
        data["correction"] = [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": utc(one.moment)}
            for one in corrections
        ]
    return data


def _films(card: Card) -> list[Data]:
    kept = [_kept_film(card, one) for one in card.enclosures if one.kind == "video"]
    there = film(card.post.link)
    return [*kept, *([_film_elsewhere(card, there)] if there else [])]


def _kept_film(card: Card, one: Enclosure) -> Data:
    origin, medium = card.masthead.origin, one.medium
    data: Data = {
        **_any_film(card, origin + one.poster if one.poster else card.image),
        "name": one.name or card.post.title,
        "contentUrl": origin + one.src,
        "duration": f"PT{round(medium.seconds)}S" if medium.seconds else None,
        "transcript": one.transcript or None,
    }
    return {name: value for name, value in data.items() if value is not None}


def _film_elsewhere(card: Card, there: Film) -> Data:
    first = [card.masthead.origin + picture.src for picture in card.pictures[:1]]
    seen = first[0] if first else card.image
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
