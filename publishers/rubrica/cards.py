"""The column's masthead and its articles, in the words that pages, feeds and robots want."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from publishers.rubrica.catalogue import Entry
from publishers.rubrica.fragment import place
from publishers.rubrica.pictures import FOLDER, Picture
from publishers.rubrica.words import host, utc


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who publishes the column: its public address, its title, the body behind it, its e-mail."""

    url: str
    title: str
    owner: str
    email: str

    @property
    def base(self) -> str:
        """The public address without a final slash."""
        return self.url.rstrip("/")

    @property
    def root(self) -> str:
        """The path part of the public address, "" at the top of a host."""
        return urlsplit(self.base).path

    @property
    def origin(self) -> str:
        """The public address without its path part."""
        return self.base.removesuffix(self.root)


@dataclass(frozen=True, slots=True)
class Card:
    """An article as lists, feeds and pages show it."""

    entry: Entry
    masthead: Masthead

    @property
    def path(self) -> str:
        """Its address within the host."""
        return f"{self.masthead.root}/{self.entry.section}/{self.entry.slug}/"

    @property
    def url(self) -> str:
        """Its public address."""
        return f"{self.masthead.base}/{self.entry.section}/{self.entry.slug}/"

    @property
    def pictures(self) -> list[Picture]:
        """Its pictures, in order."""
        media = self.entry.post.media if self.entry.post else ()
        return [Picture(medium, self.masthead.root) for medium in media]

    @property
    def image(self) -> "dict[str, str | int] | None":
        """Its first picture for those who share it: full address, size, what it shows."""
        for picture in self.pictures[:1]:
            medium = picture.medium
            return {
                "address": self.masthead.origin + picture.src,
                "width": medium.width,
                "height": medium.height,
                "alt": picture.alt,
            }
        return None

    @property
    def id(self) -> str:
        """Its lasting name in feeds, the same when its address changes (RFC 4151)."""
        return f"tag:{host(self.masthead.url)},2026:articolo/{self.entry.article_id}"

    @property
    def place(self) -> str:
        """Where it comes from: "Tirano (SO)"."""
        facts = self.entry.post.facts if self.entry.post else {}
        return place(_text(facts.get("municipality")), _text(facts.get("province")))

    @property
    def changed(self) -> datetime:
        """When it was published or last corrected."""
        return self.entry.corrected or self.entry.published

    @property
    def feed_html(self) -> str:
        """Its fragment with addresses that hold outside the site: ours are the only pictures."""
        html = self.entry.post.html if self.entry.post else ""
        media = f"{self.masthead.root}/{FOLDER}/"
        absolute = html.replace(f'<img src="{media}', f'<img src="{self.masthead.origin}{media}')
        return re.sub(r'(<img [^>]*?) srcset="[^"]*" sizes="[^"]*"', r"\1", absolute)


def structured(card: Card) -> Markup:
    """Return the article's JSON-LD (schema.org NewsArticle), safe inside a script element."""
    post, masthead = card.entry.post, card.masthead
    facts = post.facts if post else {}
    organisation = facts.get("organisation") or masthead.owner
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": post.title if post else "",
        "description": post.text if post else "",
        "url": card.url,
        "mainEntityOfPage": card.url,
        "datePublished": utc(card.entry.published),
        "dateModified": utc(card.changed),
        "inLanguage": "it",
        "isAccessibleForFree": True,
        "author": {"@type": "Organization", "name": organisation},
        "publisher": {"@type": "Organization", "name": masthead.owner, "url": f"{masthead.base}/"},
        "image": [masthead.origin + picture.src for picture in card.pictures],
        "contentLocation": {"@type": "Place", "name": card.place} if card.place else None,
    }
    return _inert({name: value for name, value in data.items() if value not in (None, [])})


def _inert(data: Mapping[str, Any]) -> Markup:
    """Return JSON in which nothing can end a script element or open a comment in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  the three signs that matter are gone


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
