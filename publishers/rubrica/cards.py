"""The column's masthead and its articles, in the words that pages, feeds and robots want."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from content.goals import GOALS, Goal
from content.media import MediumKind
from content.posts import Post, Section
from publishers.rubrica.enclosures import Enclosure, enclosures
from publishers.rubrica.entries import Entry
from publishers.rubrica.fragment import place
from publishers.rubrica.pictures import FOLDER, Picture
from publishers.rubrica.share import Shared
from publishers.rubrica.shelves import Kind, Shelf, bodies, goal_shelf, month_shelf
from publishers.rubrica.words import SECTIONS
from publishers.words import host

_GOALS: Final = {goal.number: goal for goal in GOALS}


@dataclass(frozen=True)
class Masthead:
    """Who publishes the column: its public address, its title, the body behind it, its e-mail.

    `hub` is the address of a WebSub hub that is told of new articles, "" for none.
    """

    url: str
    title: str
    owner: str
    email: str
    hub: str = ""

    @cached_property
    def base(self) -> str:
        """The public address without a final slash."""
        return self.url.rstrip("/")

    @cached_property
    def root(self) -> str:
        """The path part of the public address, "" at the top of a host."""
        return urlsplit(self.base).path

    @cached_property
    def origin(self) -> str:
        """The public address without its path part."""
        return self.base.removesuffix(self.root)


@dataclass(frozen=True, eq=False)
class Card:
    """An article as lists, feeds and pages show it; what is asked of it is found once."""

    entry: Entry
    masthead: Masthead

    @cached_property
    def post(self) -> Post:
        """What it says: a card of a retracted article says nothing."""
        return self.entry.post or Post(channel="rubrica", title="")

    @property
    def facts(self) -> Mapping[str, Any]:
        """What else is known of it."""
        return self.post.facts

    @property
    def path(self) -> str:
        """Its address within the host."""
        return f"{self.masthead.root}/{self.entry.section}/{self.entry.slug}/"

    @property
    def url(self) -> str:
        """Its public address."""
        return f"{self.masthead.base}/{self.entry.section}/{self.entry.slug}/"

    @cached_property
    def pictures(self) -> list[Picture]:
        """Its pictures, in order."""
        seen = [medium for medium in self.post.media if medium.kind is MediumKind.PICTURE]
        return [Picture(medium, self.masthead.root) for medium in seen]

    @cached_property
    def enclosures(self) -> list[Enclosure]:
        """Its films, sounds and documents, in order."""
        return enclosures(self.post.media, self.masthead.root)

    @cached_property
    def shared(self) -> Shared:
        """What is drawn of it for those who share it."""
        return shared(self.post, self.entry.section, self.masthead)

    @cached_property
    def image(self) -> str:
        """The full address of the image for those who share it."""
        return f"{self.masthead.base}/{FOLDER}/{self.shared.file_name}"

    @cached_property
    def goals(self) -> list[Goal]:
        """The goals it serves, in their order."""
        served = self.facts.get("sdgs") or ()
        return [_GOALS[number] for number in sorted(served) if number in _GOALS]

    @cached_property
    def topics(self) -> list[Shelf]:
        """The lists that its page leads to: goals, bodies, Lab, month."""
        goals = [goal_shelf(goal.number) for goal in self.goals]
        return [*goals, *self.bodies, *([self.lab] if self.lab else []), self.month]

    @cached_property
    def bodies(self) -> list[Shelf]:
        """The pages of who tells and of where."""
        return bodies(self.facts)

    @property
    def lab(self) -> Shelf | None:
        """The page of its Lab."""
        name, slug = self.facts.get("lab"), self.facts.get("lab_slug")
        return Shelf(f"{Kind.LAB}/{slug}", str(name)) if name and slug else None

    @cached_property
    def month(self) -> Shelf:
        """The page of its month."""
        return month_shelf(self.entry.published)

    @property
    def id(self) -> str:
        """Its lasting name in feeds, the same when its address changes (RFC 4151)."""
        return f"tag:{host(self.masthead.url)},2026:articolo/{self.entry.article_id}"

    @cached_property
    def place(self) -> str:
        """Where it comes from: "Tirano (SO)"."""
        return place(self.facts.get("municipality"), self.facts.get("province"))

    @property
    def teller(self) -> str:
        """Who tells it: the body, or the column's owner."""
        return str(self.facts.get("organisation") or self.masthead.owner)

    @property
    def changed(self) -> datetime:
        """When it was published or last corrected."""
        return self.entry.corrected or self.entry.published

    @property
    def feed_html(self) -> str:
        """Its fragment with addresses that hold outside the site: ours are the only pictures."""
        media = f"{self.masthead.root}/{FOLDER}/"
        absolute = re.sub(
            rf'\b(src|href|poster)="(?={re.escape(media)})',
            rf'\1="{self.masthead.origin}',
            self.post.html,
        )
        return re.sub(r'(<img [^>]*?) srcset="[^"]*" sizes="[^"]*"', r"\1", absolute)


def shared(post: Post, section: str, masthead: Masthead) -> Shared:
    """Return what is drawn of a post for those who share it."""
    goals = post.facts.get("sdgs")
    return Shared(
        title=post.title,
        section=SECTIONS[Section(section)].one,
        column=masthead.title,
        body=str(post.facts.get("organisation") or masthead.owner),
        goals=tuple(
            number for number in goals if isinstance(number, int) and number in _GOALS
        ) if isinstance(goals, list) else (),
    )  # fmt: skip
