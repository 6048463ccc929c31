"""The column's own index, one SQLite file beside its output: all that its pages are made from."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from content.media import Medium
from content.posts import Post
from publishers.rubrica.catalogue import Address, Catalogue, Entry, picture_key

RELATED: Final = 3

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS article (
  article_id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,        -- order of arrival on the site, never given twice
  section TEXT NOT NULL, rank INTEGER NOT NULL, slug TEXT NOT NULL,
  municipality TEXT,
  published TEXT NOT NULL, corrected TEXT, retracted TEXT,
  sha256 TEXT, post TEXT,                -- both empty once retracted: what is erased is gone
  UNIQUE (section, rank), UNIQUE (section, slug)
);
CREATE INDEX IF NOT EXISTS article_municipality ON article (municipality, number);
CREATE INDEX IF NOT EXISTS article_section ON article (section, number);
CREATE TABLE IF NOT EXISTS former (      -- addresses an article had before it changed section
  section TEXT NOT NULL, slug TEXT NOT NULL, rank INTEGER NOT NULL, article_id INTEGER NOT NULL,
  PRIMARY KEY (section, slug)
);
CREATE INDEX IF NOT EXISTS former_rank ON former (section, rank);
CREATE TABLE IF NOT EXISTS related (     -- "Leggi anche", chosen once, when the article arrives
  article_id INTEGER NOT NULL, place INTEGER NOT NULL, other_id INTEGER NOT NULL,
  PRIMARY KEY (article_id, place)
);
CREATE INDEX IF NOT EXISTS related_other ON related (other_id);
CREATE TABLE IF NOT EXISTS picture (     -- whose picture a file is; kept until the file is gone
  medium TEXT NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (medium, article_id)
);
CREATE INDEX IF NOT EXISTS picture_article ON picture (article_id);
"""


_EARLIER: Final = (
    (
        "SELECT article_id FROM article WHERE municipality ="
        " (SELECT municipality FROM article WHERE article_id = ?)"
        " AND number < ? AND retracted IS NULL ORDER BY number DESC LIMIT ?"
    ),
    (
        "SELECT article_id FROM article WHERE section ="
        " (SELECT section FROM article WHERE article_id = ?)"
        " AND number < ? AND retracted IS NULL ORDER BY number DESC LIMIT ?"
    ),
)


class AddressTaken(Exception):
    """Another article has, or had, this address."""


class Index(Catalogue):
    """The index, open for writing; one writer at a time (the column's lock)."""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the index file, making it where there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        try:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA secure_delete=ON")
            if connection.execute("PRAGMA user_version").fetchone() == (0,):
                connection.executescript(_SCHEMA + "PRAGMA user_version=1;")
            yield cls(connection)
        finally:
            connection.close()

    def put(self, post: Post, article_id: int, section: str, slug: str, moment: datetime) -> Entry:
        """Add or replace an article, in one transaction; raises AddressTaken.

        `moment` dates its first publication, or its correction if it was there with other content.
        """
        with self._db:
            old = self.get(article_id)
            self._require_free(article_id, section, slug)
            if old is None:
                self._add(post, article_id, Address(section, self._next(section), slug), moment)
                self._relate(article_id)
            else:
                self._replace(post, old, section, slug, moment)
            self._db.executemany(
                "INSERT OR IGNORE INTO picture VALUES (?, ?)",
                [(picture_key(medium), article_id) for medium in post.media],
            )
        return self.require(article_id)

    def retract(self, article_id: int, moment: datetime) -> Entry | None:
        """Erase an article's content and keep its address; None if it never was here."""
        with self._db:
            self._db.execute(
                "UPDATE article SET retracted = ?, post = NULL, sha256 = NULL, municipality = NULL"
                " WHERE article_id = ? AND retracted IS NULL",
                (moment.isoformat(), article_id),
            )
        return self.get(article_id)

    def forget_pictures(self, article_id: int, media: Sequence[Medium]) -> None:
        """Forget that the article showed these; called once the files are dealt with."""
        with self._db:
            self._db.executemany(
                "DELETE FROM picture WHERE medium = ? AND article_id = ?",
                [(picture_key(medium), article_id) for medium in media],
            )

    def _next(self, section: str) -> int:
        return self.last_rank(section) + 1

    def _require_free(self, article_id: int, section: str, slug: str) -> None:
        rows = self._db.execute(
            "SELECT article_id FROM article WHERE section = :section AND slug = :slug UNION"
            " SELECT article_id FROM former WHERE section = :section AND slug = :slug",
            {"section": section, "slug": slug},
        )
        if any(other != article_id for (other,) in rows):
            raise AddressTaken(f"{section}/{slug}")

    def _add(self, post: Post, article_id: int, address: Address, moment: datetime) -> None:
        self._db.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            (
                article_id, self.last_number() + 1, address.section, address.rank, address.slug,
                post.facts.get("municipality"), moment.isoformat(), post.sha256, post.canonical(),
            ),
        )  # fmt: skip

    def _replace(self, post: Post, old: Entry, section: str, slug: str, moment: datetime) -> None:
        rank = old.rank
        if (section, slug) != (old.section, old.slug):
            former = (old.section, old.slug, old.rank, old.article_id)
            self._db.execute("INSERT OR REPLACE INTO former VALUES (?, ?, ?, ?)", former)
            if section != old.section:
                rank = self._next(section)
            self._db.execute("DELETE FROM former WHERE section = ? AND slug = ?", (section, slug))
        same = self.holds(old.article_id, post.sha256)
        corrected = old.corrected if same else moment
        self._db.execute(
            "UPDATE article SET section = ?, rank = ?, slug = ?, municipality = ?, corrected = ?,"
            " retracted = NULL, sha256 = ?, post = ? WHERE article_id = ?",
            (
                section, rank, slug, post.facts.get("municipality"),
                corrected.isoformat() if corrected else None,
                post.sha256, post.canonical(), old.article_id,
            ),
        )  # fmt: skip

    def _relate(self, article_id: int) -> None:
        """Choose the newest earlier articles of the same municipality, then of the section."""
        this = self.require(article_id)
        chosen: list[int] = []
        for query in _EARLIER:
            rows = self._db.execute(query, (article_id, this.number, 2 * RELATED))
            chosen += [other for (other,) in rows if other not in chosen]
        self._db.executemany(
            "INSERT INTO related VALUES (?, ?, ?)",
            [(article_id, place, other) for place, other in enumerate(chosen[:RELATED])],
        )
