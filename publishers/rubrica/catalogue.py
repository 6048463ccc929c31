"""What the column knows, read: by key or by range, never everything but for a rebuild."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from content.media import Medium
from content.posts import Post


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as the column knows it; times are UTC. `post` is None once retracted."""

    article_id: int
    number: int
    section: str
    rank: int
    slug: str
    published: datetime
    corrected: datetime | None
    retracted: datetime | None
    post: Post | None


@dataclass(frozen=True, slots=True)
class Address:
    """A place in the column: a section's path, its list position there, a slug."""

    section: str
    rank: int
    slug: str


_ENTRY: Final = (
    "SELECT article.article_id, number, section, rank, slug, published, corrected, retracted, post"
    " FROM article "
)


class Catalogue:
    """The index, for reading."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, article_id: int) -> Entry | None:
        """Return an article, retracted or not."""
        found = self._entries("WHERE article_id = ?", (article_id,))
        return found[0] if found else None

    def require(self, article_id: int) -> Entry:
        """Return an article that must be there; raises LookupError."""
        entry = self.get(article_id)
        if entry is None:
            raise LookupError(article_id)
        return entry

    def holds(self, article_id: int, sha256: str) -> bool:
        """Tell whether the article stands there with exactly this content."""
        row = self._db.execute("SELECT sha256 FROM article WHERE article_id = ?", (article_id,))
        return bool(row.fetchone() == (sha256,))

    def latest(self, count: int) -> list[Entry]:
        """Return the newest articles, newest first."""
        return self._entries("WHERE retracted IS NULL ORDER BY number DESC LIMIT ?", (count,))

    def ranked(self, section: str, above: int, to: int) -> list[Entry]:
        """Return a section's articles with above < rank <= to, newest first."""
        where = "WHERE section = ? AND rank > ? AND rank <= ? AND retracted IS NULL"
        return self._entries(where + " ORDER BY rank DESC", (section, above, to))

    def numbered(self, above: int, to: int) -> list[tuple[str, str, datetime]]:
        """Return (section, slug, last change) of articles with above < number <= to."""
        rows = self._db.execute(
            "SELECT section, slug, COALESCE(corrected, published) FROM article"
            " WHERE number > ? AND number <= ? AND retracted IS NULL ORDER BY number",
            (above, to),
        )
        return [(section, slug, datetime.fromisoformat(moment)) for section, slug, moment in rows]

    def every(self) -> Iterator[Entry]:
        """Yield every article, for a rebuild."""
        for (article_id,) in self._db.execute("SELECT article_id FROM article").fetchall():
            yield self.require(article_id)

    def last_number(self) -> int:
        """Return the highest number given."""
        return int(self._db.execute("SELECT COALESCE(MAX(number), 0) FROM article").fetchone()[0])

    def last_rank(self, section: str) -> int:
        """Return the highest rank given in a section."""
        query = (
            "SELECT MAX(COALESCE((SELECT MAX(rank) FROM article WHERE section = :s), 0),"
            " COALESCE((SELECT MAX(rank) FROM former WHERE section = :s), 0))"
        )
        return int(self._db.execute(query, {"s": section}).fetchone()[0])

    def former(self, article_id: int) -> list[Address]:
        """Return the addresses the article had before."""
        rows = self._db.execute(
            "SELECT section, rank, slug FROM former WHERE article_id = ? ORDER BY section, slug",
            (article_id,),
        )
        return [Address(*row) for row in rows]

    def related(self, article_id: int) -> list[Entry]:
        """Return the articles chosen as "Leggi anche", without those retracted since."""
        return self._entries(
            "JOIN related ON related.other_id = article.article_id"
            " WHERE related.article_id = ? AND retracted IS NULL ORDER BY place",
            (article_id,),
        )

    def naming(self, article_id: int) -> list[Entry]:
        """Return the articles whose "Leggi anche" names this one: a handful at most."""
        return self._entries(
            "WHERE article_id IN (SELECT article_id FROM related WHERE other_id = ?)"
            " AND retracted IS NULL",
            (article_id,),
        )

    def stale_pictures(self, article_id: int) -> tuple[list[Medium], list[Medium]]:
        """Return pictures the article shows no more, and those of them that no other one shows."""
        entry = self.get(article_id)
        shown = {picture_key(medium) for medium in entry.post.media} if entry and entry.post else ()
        rows = self._db.execute("SELECT medium FROM picture WHERE article_id = ?", (article_id,))
        stale = sorted({key for (key,) in rows}.difference(shown))
        query = "SELECT 1 FROM picture WHERE medium = ? AND article_id != ?"
        orphans = [
            key for key in stale if not self._db.execute(query, (key, article_id)).fetchone()
        ]
        return (
            [Medium.model_validate_json(key) for key in stale],
            [Medium.model_validate_json(key) for key in orphans],
        )

    def _entries(self, rest: str, values: Sequence[str | int]) -> list[Entry]:
        return [_entry(row) for row in self._db.execute(_ENTRY + rest, values)]


def picture_key(medium: Medium) -> str:
    """Return what stands for a picture's files, whatever its alt text."""
    return medium.model_dump_json(exclude={"alt"})


def _entry(row: tuple[int, int, str, int, str, str, str | None, str | None, str | None]) -> Entry:
    article_id, number, section, rank, slug, published, corrected, retracted, post = row
    return Entry(
        article_id, number, section, rank, slug,
        datetime.fromisoformat(published),
        datetime.fromisoformat(corrected) if corrected else None,
        datetime.fromisoformat(retracted) if retracted else None,
        Post.model_validate_json(post) if post else None,
    )  # fmt: skip
