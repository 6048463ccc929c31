"""The tables of the column's index, and the way to them from those of earlier versions."""

import json
import sqlite3
from datetime import datetime
from typing import Any, Final

from content.media import Medium
from content.posts import Post
from publishers.rubrica.pictures import names
from publishers.rubrica.shelves import Shelf, shelves_of

VERSION: Final = 2

_TABLES: Final = """
CREATE TABLE article (
  article_id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,        -- order of arrival on the site, never given twice
  section TEXT NOT NULL, slug TEXT NOT NULL,
  published TEXT NOT NULL, corrected TEXT, retracted TEXT,
  sha256 TEXT, post TEXT,                -- both empty once retracted: what is erased is gone
  UNIQUE (section, slug)
);
CREATE TABLE former (                    -- addresses an article had before
  section TEXT NOT NULL, slug TEXT NOT NULL, article_id INTEGER NOT NULL,
  PRIMARY KEY (section, slug)
) WITHOUT ROWID;
CREATE INDEX former_article ON former (article_id);
CREATE TABLE correction (                -- what was put right, where it was said
  article_id INTEGER NOT NULL, moment TEXT NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (article_id, moment)
) WITHOUT ROWID;
CREATE TABLE shelved (                   -- the articles of a list by their rank, never given twice
  shelf TEXT NOT NULL, rank INTEGER NOT NULL, article_id INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shelf, rank)
) WITHOUT ROWID;
CREATE UNIQUE INDEX shelved_article ON shelved (article_id, shelf);
CREATE TABLE shelf (                     -- the lists on which something stands
  path TEXT PRIMARY KEY, name TEXT NOT NULL, initial TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE related (                   -- "Leggi anche", chosen once, when the article arrives
  article_id INTEGER NOT NULL, place INTEGER NOT NULL, other_id INTEGER NOT NULL,
  PRIMARY KEY (article_id, place)
);
CREATE INDEX related_other ON related (other_id);
CREATE TABLE file (                      -- whose a file is; kept until the file is gone
  name TEXT NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (name, article_id)
) WITHOUT ROWID;
CREATE INDEX file_article ON file (article_id);
CREATE TABLE unsettled (                 -- whose pages may not all be on the disk
  article_id INTEGER PRIMARY KEY, shown INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE unlisted (                  -- lists that came or went, and are not yet told of
  path TEXT PRIMARY KEY, initial TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE design (design TEXT NOT NULL);
"""


def furnish(connection: sqlite3.Connection) -> None:
    """Bring an index file to the present tables."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    before, connection.isolation_level = connection.isolation_level, None
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version == 1:
            _from_the_first(connection)
        else:
            _create(connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.isolation_level = before


def place(connection: sqlite3.Connection, shelf: Shelf, article_id: int) -> None:
    """Put an article on a shelf: where it stood before, else after all others."""
    new = connection.execute(
        "INSERT OR IGNORE INTO shelf VALUES (?, ?, ?)", (shelf.path, shelf.name, shelf.initial)
    )
    if new.rowcount:
        connection.execute(
            "INSERT OR IGNORE INTO unlisted VALUES (?, ?)", (shelf.path, shelf.initial)
        )
    connection.execute(
        "INSERT INTO shelved (shelf, rank, article_id) VALUES (:shelf,"
        " 1 + COALESCE((SELECT MAX(rank) FROM shelved WHERE shelf = :shelf), 0), :article)"
        " ON CONFLICT (article_id, shelf) DO UPDATE SET gone = 0",
        {"shelf": shelf.path, "article": article_id},
    )


def _create(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _from_the_first(connection: sqlite3.Connection) -> None:
    """Take over the first version's articles, in the places that they had in their sections."""
    for table in ("article", "former", "related", "picture"):
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for index in ("article_municipality", "article_section", "former_rank", "related_other",
                  "picture_article"):  # fmt: skip
        connection.execute(f"DROP INDEX IF EXISTS {index}")
    _create(connection)
    connection.execute(
        "INSERT INTO article SELECT article_id, number, section, slug, published, corrected,"
        " retracted, sha256, post FROM old_article"
    )
    connection.execute("INSERT INTO former SELECT section, slug, article_id FROM old_former")
    connection.execute("INSERT INTO related SELECT article_id, place, other_id FROM old_related")
    connection.execute(
        "INSERT OR IGNORE INTO shelved SELECT section, rank, article_id, retracted IS NOT NULL"
        " FROM old_article"
    )
    connection.execute(
        "INSERT OR IGNORE INTO shelved SELECT section, rank, article_id, 1 FROM old_former"
    )
    _place_all(connection)
    for medium, article_id in connection.execute("SELECT medium, article_id FROM old_picture"):
        _own(connection, json.loads(medium), article_id)
    for table in ("article", "former", "related", "picture"):
        connection.execute(f"DROP TABLE old_{table}")


def _place_all(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "SELECT article_id, section, published, post FROM article WHERE post IS NOT NULL"
        " ORDER BY number"
    ).fetchall()
    for article_id, section, published, body in rows:
        facts = Post.model_validate_json(body).facts
        for shelf in shelves_of(facts, section, datetime.fromisoformat(published)):
            place(connection, shelf, article_id)


def _own(connection: sqlite3.Connection, medium: dict[str, Any], article_id: int) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO file VALUES (?, ?)",
        [(name, article_id) for name in names(Medium.model_validate(medium))],
    )
