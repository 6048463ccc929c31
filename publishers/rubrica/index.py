"""The column's own index, one SQLite file beside its output: all that its pages are made from."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from content.posts import Post
from publishers.rubrica import schema
from publishers.rubrica.catalogue import Catalogue
from publishers.rubrica.entries import Address, Entry
from publishers.rubrica.shelves import Kind, Shelf, shelves_of

RELATED: Final = 3
_EARLIER: Final = (
    "SELECT article_id FROM shelved JOIN article USING (article_id) WHERE shelf = ? AND rank <"
    " (SELECT rank FROM shelved WHERE shelf = ? AND article_id = ?)"
    " AND NOT gone AND retracted IS NULL ORDER BY rank DESC LIMIT ?"
)


class AddressTaken(Exception):
    """Another article has, or had, this address."""


class Index(Catalogue):
    """The index, open for writing; one writer at a time (the column's lock)."""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open the index file for a while, making it where there is none."""
        index = cls.opened(path)
        try:
            yield index
        finally:
            index.close()

    @classmethod
    def opened(cls, path: Path) -> Self:
        """Open the index file; whoever has it uses it in one thread at a time.

        What is committed is on the disk; while somebody keeps it open, a commit writes to the
        disk once (https://www.sqlite.org/wal.html).
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        schema.furnish(connection)
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def put(
        self,
        post: Post,
        article_id: int,
        address: Address,
        moment: datetime,
        files: Iterable[str] = (),
    ) -> Entry:
        """Add or replace an article, in one transaction; raises AddressTaken.

        `moment` dates its first publication, or its correction if it was there with other content.
        `files` are the names of the files that it shows.
        """
        with self._db:
            old = self.get(article_id)
            self.require_free(article_id, address)
            if old is None:
                self._add(post, article_id, address, moment)
            else:
                self._replace(post, old, address, moment)
            now = self.require(article_id)
            self._shelve(article_id, shelves_of(post.facts, address.section, now.published))
            if old is None:
                self._relate(now)
            self._db.executemany(
                "INSERT OR IGNORE INTO file VALUES (?, ?)", [(name, article_id) for name in files]
            )
            self._unsettle(article_id)
        return now

    def retract(self, article_id: int, moment: datetime) -> Entry | None:
        """Erase an article's content and keep its address; None if it never was here."""
        with self._db:
            self._db.execute(
                "UPDATE article SET retracted = ?, post = NULL, sha256 = NULL"
                " WHERE article_id = ? AND retracted IS NULL",
                (moment.isoformat(), article_id),
            )
            self._db.execute("DELETE FROM correction WHERE article_id = ?", (article_id,))
            entry = self.get(article_id)
            if entry:
                self._shelve(article_id, ())
                self._unsettle(article_id)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nothing erased is left in the log
        return entry

    def require_free(self, article_id: int, address: Address) -> None:
        """Raise AddressTaken when another article has, or had, an address."""
        rows = self._db.execute(
            "SELECT article_id FROM article WHERE section = :section AND slug = :slug UNION"
            " SELECT article_id FROM former WHERE section = :section AND slug = :slug",
            {"section": address.section, "slug": address.slug},
        )
        if any(other != article_id for (other,) in rows):
            raise AddressTaken(f"{address.section}/{address.slug}")

    def forget_files(self, article_id: int, files: Sequence[str]) -> None:
        """Forget that the article showed these; called once the files are dealt with."""
        with self._db:
            self._db.executemany(
                "DELETE FROM file WHERE name = ? AND article_id = ?",
                [(name, article_id) for name in files],
            )

    def note_shown(self, article_ids: Iterable[int]) -> None:
        """Note that all pages of these articles are written; it need not be on the disk.

        Where this note is lost they are written again, which changes nothing.
        """
        self._db.execute("PRAGMA synchronous=NORMAL")
        with self._db:
            self._db.executemany(
                "UPDATE unsettled SET shown = 1 WHERE article_id = ?",
                [(one,) for one in article_ids],
            )
        self._db.execute("PRAGMA synchronous=FULL")

    def settle(self, article_ids: Iterable[int]) -> None:
        """Note that all pages of these articles are on the disk."""
        with self._db:
            self._db.executemany(
                "DELETE FROM unsettled WHERE article_id = ?", [(one,) for one in article_ids]
            )

    def listed(self) -> None:
        """Note that every list is told of where it should be."""
        with self._db:
            self._db.execute("DELETE FROM unlisted")

    def note_design(self, design: str) -> None:
        """Note what the pages are made with."""
        with self._db:
            self._db.execute("DELETE FROM design")
            self._db.execute("INSERT INTO design VALUES (?)", (design,))

    def _unsettle(self, article_id: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO unsettled VALUES (?, 0)", (article_id,))

    def _add(self, post: Post, article_id: int, address: Address, moment: datetime) -> None:
        self._db.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            (
                article_id, self.last_number() + 1, address.section, address.slug,
                moment.isoformat(), post.sha256, post.canonical(),
            ),
        )  # fmt: skip

    def _replace(self, post: Post, old: Entry, address: Address, moment: datetime) -> None:
        if (address.section, address.slug) != (old.section, old.slug):
            former = (old.section, old.slug, old.article_id)
            self._db.execute("INSERT OR REPLACE INTO former VALUES (?, ?, ?)", former)
            self._db.execute(
                "DELETE FROM former WHERE section = ? AND slug = ?", (address.section, address.slug)
            )
        same = self.holds(old.article_id, post.sha256)
        corrected = old.corrected if same else moment
        self._db.execute(
            "UPDATE article SET section = ?, slug = ?, corrected = ?, retracted = NULL,"
            " sha256 = ?, post = ? WHERE article_id = ?",
            (
                address.section, address.slug, corrected.isoformat() if corrected else None,
                post.sha256, post.canonical(), old.article_id,
            ),
        )  # fmt: skip
        if not same and post.facts.get("correction"):
            told = (old.article_id, moment.isoformat(), post.facts["correction"])
            self._db.execute("INSERT OR REPLACE INTO correction VALUES (?, ?, ?)", told)

    def _shelve(self, article_id: int, shelves: Sequence[Shelf]) -> None:
        """Put an article on these shelves and take it from all others."""
        for shelf in shelves:
            schema.place(self._db, shelf, article_id)
        now = {shelf.path for shelf in shelves}
        for shelf, _ in self.places(article_id):
            if shelf.path not in now:
                self._db.execute(
                    "UPDATE shelved SET gone = 1 WHERE shelf = ? AND article_id = ?",
                    (shelf.path, article_id),
                )
                if self.is_bare(shelf.path):
                    self._db.execute(
                        "INSERT OR IGNORE INTO unlisted SELECT path, initial FROM shelf"
                        " WHERE path = ?",
                        (shelf.path,),
                    )
                    self._db.execute("DELETE FROM shelf WHERE path = ?", (shelf.path,))

    def _relate(self, entry: Entry) -> None:
        """Choose the newest earlier articles of the same bodies, then of the section."""
        chosen: list[int] = []
        places = [shelf for shelf, _ in self.places(entry.article_id)]
        for kind in (Kind.BODY, Kind.SECTION):
            for shelf in (one.path for one in places if one.kind is kind):
                values = (shelf, shelf, entry.article_id, 2 * RELATED)
                rows = self._db.execute(_EARLIER, values)
                chosen += [other for (other,) in rows if other not in chosen]
        self._db.executemany(
            "INSERT INTO related VALUES (?, ?, ?)",
            [(entry.article_id, place, other) for place, other in enumerate(chosen[:RELATED])],
        )
