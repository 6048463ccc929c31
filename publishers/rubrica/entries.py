"""What the column knows of an article, as values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from content.posts import Post

Row = tuple[int, int, str, str, str, str | None, str | None, str | None]
"""Id, number, section, slug, when published, corrected, retracted, and the hash of its words."""


@dataclass(slots=True, eq=False)
class Entry:
    """One article as the column knows it; times are UTC.

    `row` is all that is known of it but its words: what is drawn of it depends on that. The words
    are read when they are asked for: lists know most of their articles already.
    """

    row: Row
    read: Callable[[int], Post | None]
    _published: datetime | None = field(default=None, init=False)
    _post: Post | None = field(default=None, init=False)

    @property
    def article_id(self) -> int:
        """Its id in the newsroom."""
        return self.row[0]

    @property
    def number(self) -> int:
        """Its place in the order of arrival."""
        return self.row[1]

    @property
    def section(self) -> str:
        """The path of its section."""
        return self.row[2]

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.row[3]

    @property
    def published(self) -> datetime:
        """When it came out."""
        if self._published is None:
            self._published = datetime.fromisoformat(self.row[4])
        return self._published

    @property
    def corrected(self) -> datetime | None:
        """When it was put right for the last time."""
        return datetime.fromisoformat(self.row[5]) if self.row[5] else None

    @property
    def retracted(self) -> datetime | None:
        """When it was taken down."""
        return datetime.fromisoformat(self.row[6]) if self.row[6] else None

    @property
    def sha256(self) -> str | None:
        """The hash of what it says; None once retracted."""
        return self.row[7]

    @property
    def stands(self) -> bool:
        """Whether it says anything: what was retracted does not."""
        return self.row[7] is not None

    @property
    def post(self) -> Post | None:
        """What it says; None once retracted."""
        if self._post is None and self.stands:
            self._post = self.read(self.row[0])
        return self._post


@dataclass(frozen=True, slots=True)
class Address:
    """A place in the column: a section's path and a slug."""

    section: str
    slug: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right, and when."""

    moment: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Whole:
    """An article with all that its page shows, and the addresses it had before."""

    entry: Entry
    related: Sequence[Entry]
    corrections: Sequence[Correction]
    former: Sequence[Address]
