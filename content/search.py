"""Full-text search over the words of cases: FTS5 on SQLite, tsvector on PostgreSQL.

The index is a table `search` outside of the rooms' own, kept with the list of cases by
bottega/migrations/filing.py: the columns `rowid` and `search` on SQLite, `id` and `document` on
PostgreSQL. Its key is that of the list. Every word is looked for from its beginning on, in any
order, without regard to accents on SQLite and by its Italian stem on PostgreSQL.
https://www.sqlite.org/fts5.html https://www.postgresql.org/docs/current/textsearch.html
"""

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, column, func, literal_column, table
from sqlmodel.ext.asyncio.session import AsyncSession

MOST_WORDS: Final = 12
LONGEST: Final = 200
_WORD: Final = re.compile(r"\w+")
_RECEIPT: Final = re.compile(r"\d\d-\d{4,}")
_FTS5: Final = table("search", column("rowid"))
_TSVECTOR: Final = table("search", column("id"), column("document"))


def asked(words: str) -> bool:
    """Whether there is anything to look for."""
    return bool(_WORD.search(words))


def key_of(session: AsyncSession) -> ColumnElement[int]:
    """Return the column that pages of what was found go by."""
    return literal_column("search.rowid" if _embedded(session) else "search.id")


def narrowed(
    query: Any,
    session: AsyncSession,
    words: str,
    key: Any,
    receipt: Any,
) -> Any:
    """Return a query narrowed to the cases with these words; a receipt number is looked up."""
    said = words.strip()[:LONGEST]
    found = _WORD.findall(said)[:MOST_WORDS]
    if _embedded(session):
        # The plus keeps the index leading: it yields the newest first, one by one, to the limit.
        query = query.join(_FTS5, literal_column("+search.rowid") == key)
        match = literal_column("search").op("MATCH")(" ".join(f'"{one}"*' for one in found))
    else:
        query = query.join(_TSVECTOR, _TSVECTOR.c.id == key)
        terms = " & ".join(f"'{one}':*" for one in found)
        match = _TSVECTOR.c.document.op("@@")(func.to_tsquery("italian", terms))
    if _RECEIPT.fullmatch(said):
        return query.where(receipt == said)
    return query.where(match)


def _embedded(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
