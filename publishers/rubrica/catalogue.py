"""What the column knows, read: by key or by range, never everything but for a rebuild."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from content.posts import Post
from publishers.rubrica.entries import Address, Correction, Entry, Row, Whole
from publishers.rubrica.shelves import Kind, Shelf, standing

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0"
_COLUMNS: Final = (
    "article.article_id, number, section, slug, published, corrected, retracted, sha256"
)
_AMONG: Final = "article_id IN (SELECT value FROM json_each(?))"
_WHOLE: Final = (  # of our own words, as the three below
    f"SELECT {_COLUMNS}, post FROM article WHERE {_AMONG} ORDER BY number"  # noqa: S608
)
_RELATED: Final = (
    f"SELECT related.article_id, {_COLUMNS} FROM related JOIN article"  # noqa: S608
    f" ON article.article_id = other_id WHERE related.{_AMONG} AND retracted IS NULL"
    " ORDER BY related.article_id, place"
)
_CORRECTIONS: Final = (
    f"SELECT article_id, moment, note FROM correction WHERE {_AMONG} ORDER BY moment"  # noqa: S608
)
_FORMER: Final = (
    f"SELECT article_id, section, slug FROM former WHERE {_AMONG} ORDER BY section, slug"  # noqa: S608
)
_ALL: Final = 2**62
_T = TypeVar("_T")


class Catalogue:
    """The index, for reading."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, article_id: int) -> Entry | None:
        """Return an article, retracted or not."""
        found = self._entries("FROM article WHERE article_id = ?", (article_id,))
        return found[0] if found else None

    def require(self, article_id: int) -> Entry:
        """Return an article that must be there; raises LookupError."""
        entry = self.get(article_id)
        if entry is None:
            raise LookupError(article_id)
        return entry

    def named(self, name: str) -> Entry:
        """Return an article by its id or its address; raises LookupError."""
        if name.isdecimal():
            return self.require(int(name))
        address = tuple(name.rstrip("/").split("/")[-2:])
        where = "FROM article WHERE section || '/' || slug = ?"
        found = self._entries(where, ("/".join(address),))
        if not found:
            raise LookupError(name)
        return found[0]

    def holds(self, article_id: int, sha256: str) -> bool:
        """Tell whether the article stands there with exactly this content."""
        row = self._db.execute("SELECT sha256 FROM article WHERE article_id = ?", (article_id,))
        return bool(row.fetchone() == (sha256,))

    def latest(self, count: int) -> list[Entry]:
        """Return the newest articles, newest first."""
        return self._entries(
            "FROM article WHERE retracted IS NULL ORDER BY number DESC LIMIT ?", (count,)
        )

    def numbered(self, above: int, to: int) -> list[Entry]:
        """Return the articles with above < number <= to, oldest first."""
        where = "FROM article WHERE number > ? AND number <= ? AND retracted IS NULL"
        return self._entries(where + " ORDER BY number", (above, to))

    def article_ids(self, above: int = 0, to: int = _ALL) -> list[int]:
        """Return the ids of articles, retracted ones too, with above < number <= to, by number."""
        query = "SELECT article_id FROM article WHERE number > ? AND number <= ? ORDER BY number"
        rows = self._db.execute(query, (above, to))
        return [article_id for (article_id,) in rows]

    def whole(self, article_ids: Iterable[int]) -> Iterator[Whole]:
        """Yield articles with all that their pages show, in order of arrival.

        "Leggi anche" leaves out what was retracted since. However many there are, the index is
        asked four times.
        """
        asked = (json.dumps(list(article_ids)),)
        related = self._of_each(_RELATED, asked, self._entry)
        corrections = self._of_each(_CORRECTIONS, asked, _correction)
        former = self._of_each(_FORMER, asked, lambda row: Address(*row))
        for row in self._db.execute(_WHOLE, asked):
            entry = Entry(row[:-1], partial(_read, row[-1]))
            one = entry.article_id
            yield Whole(entry, related.get(one, ()), corrections.get(one, ()), former.get(one, ()))

    def last_number(self) -> int:
        """Return the highest number given."""
        return int(self._db.execute("SELECT COALESCE(MAX(number), 0) FROM article").fetchone()[0])

    def former(self, article_id: int) -> list[Address]:
        """Return the addresses the article had before."""
        rows = self._db.execute(
            "SELECT section, slug FROM former WHERE article_id = ? ORDER BY section, slug",
            (article_id,),
        )
        return [Address(*row) for row in rows]

    def moves(self) -> Iterator[tuple[Address, Address]]:
        """Yield every former address with the one where its article stands now."""
        rows = self._db.execute(
            "SELECT former.section, former.slug, article.section, article.slug FROM former"
            " JOIN article USING (article_id) WHERE retracted IS NULL ORDER BY 1, 2"
        )
        yield from ((Address(*row[:2]), Address(*row[2:])) for row in rows)

    def naming(self, article_id: int) -> list[int]:
        """Return the articles whose "Leggi anche" names this one: a handful at most."""
        rows = self._db.execute("SELECT article_id FROM related WHERE other_id = ?", (article_id,))
        return [other for (other,) in rows]

    def shelved(self, shelf: str, above: int, to: int) -> list[Entry]:
        """Return a shelf's articles with above < rank <= to, newest first."""
        return self._entries(
            "FROM shelved JOIN article USING (article_id) WHERE shelf = ? AND rank > ?"
            " AND rank <= ? AND NOT gone ORDER BY rank DESC",
            (shelf, above, to),
        )

    def newest(self, shelf: str, count: int) -> list[Entry]:
        """Return a shelf's newest articles, newest first."""
        return self._entries(
            "FROM shelved JOIN article USING (article_id) WHERE shelf = ? AND NOT gone"
            " ORDER BY rank DESC LIMIT ?",
            (shelf, count),
        )

    def last_rank(self, shelf: str) -> int:
        """Return the highest rank given on a shelf."""
        row = self._db.execute("SELECT MAX(rank) FROM shelved WHERE shelf = ?", (shelf,)).fetchone()
        return int(row[0] or 0)

    def is_bare(self, shelf: str) -> bool:
        """Tell whether nothing stands on a shelf."""
        query = "SELECT 1 FROM shelved WHERE shelf = ? AND NOT gone LIMIT 1"
        return self._db.execute(query, (shelf,)).fetchone() is None

    def places(self, article_id: int) -> list[tuple[Shelf, int]]:
        """Return the shelves an article stands on, or stood on, with its rank there."""
        rows = self._db.execute(
            "SELECT shelved.shelf, name, rank FROM shelved LEFT JOIN shelf ON path = shelved.shelf"
            " WHERE article_id = ? ORDER BY shelved.shelf",
            (article_id,),
        )
        return [(standing(path, name), rank) for path, name, rank in rows]

    def shelves(self, kind: Kind, initial: str = LETTERS) -> list[Shelf]:
        """Return the shelves of a kind on which something stands, by path; or of some letters."""
        rows = self._db.execute(
            "SELECT path, name FROM shelf WHERE path > ? AND path < ? AND instr(?, initial)"
            " ORDER BY path",
            (f"{kind}/", f"{kind}0", initial),  # "0" follows "/"
        )
        return [standing(path, name) for path, name in rows]

    def amount(self, kind: Kind) -> int:
        """Return how many shelves of a kind there are."""
        query = "SELECT COUNT(*) FROM shelf WHERE path > ? AND path < ?"
        return int(self._db.execute(query, (f"{kind}/", f"{kind}0")).fetchone()[0])

    def initials(self, kind: Kind) -> str:
        """Return the letters with which the names of a kind's shelves begin."""
        rows = self._db.execute(
            "SELECT DISTINCT initial FROM shelf WHERE path > ? AND path < ? ORDER BY initial",
            (f"{kind}/", f"{kind}0"),
        )
        return "".join(initial for (initial,) in rows)

    def stale_files(self, article_id: int, shown: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return files the article shows no more, and those of them that no other one shows."""
        rows = self._db.execute("SELECT name FROM file WHERE article_id = ?", (article_id,))
        stale = sorted({name for (name,) in rows}.difference(shown))
        query = "SELECT 1 FROM file WHERE name = ? AND article_id != ?"
        return stale, [
            name for name in stale if not self._db.execute(query, (name, article_id)).fetchone()
        ]

    def unlisted(self) -> list[tuple[Kind, str]]:
        """Return kind and initial of shelves that came or went since lists told of them."""
        rows = self._db.execute("SELECT path, initial FROM unlisted ORDER BY path")
        return [(Shelf(path, "").kind, initial) for path, initial in rows]

    def unsettled(self) -> list[int]:
        """Return the articles whose pages may not all be on the disk."""
        rows = self._db.execute("SELECT article_id FROM unsettled ORDER BY article_id")
        return [article_id for (article_id,) in rows]

    def unshown(self) -> list[int]:
        """Return the articles whose pages may not all be written: somebody was cut short."""
        rows = self._db.execute(
            "SELECT article_id FROM unsettled WHERE NOT shown ORDER BY article_id"
        )
        return [article_id for (article_id,) in rows]

    def design(self) -> str:
        """Return what the pages were last made with, "" if nothing was noted."""
        row = self._db.execute("SELECT design FROM design").fetchone()
        return str(row[0]) if row else ""

    def _entries(self, rest: str, values: Sequence[str | int]) -> list[Entry]:
        rows = self._db.execute(f"SELECT {_COLUMNS} {rest}", values)
        return [Entry(row, self._post) for row in rows]

    def _of_each(
        self, query: str, values: Sequence[str], make: Callable[[Any], _T]
    ) -> dict[int, list[_T]]:
        """Return what rows that begin with an article's id are made into, by article."""
        found: dict[int, list[_T]] = {}
        for article_id, *row in self._db.execute(query, values):
            found.setdefault(article_id, []).append(make(tuple(row)))
        return found

    def _entry(self, row: Row) -> Entry:
        return Entry(row, self._post)

    def _post(self, article_id: int) -> Post | None:
        row = self._db.execute("SELECT post FROM article WHERE article_id = ?", (article_id,))
        (body,) = row.fetchone()
        return _read(body, article_id)


def _correction(row: tuple[str, str]) -> Correction:
    return Correction(datetime.fromisoformat(row[0]), row[1])


def _read(body: str | None, _: int) -> Post | None:
    return Post.model_validate_json(body) if body else None
