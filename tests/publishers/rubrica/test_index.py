"""The index of an earlier version is taken over as it stands."""

import sqlite3
from pathlib import Path

from tests.publishers.rubrica.newsroom import (
    MORNING,
    column,
    page,
    photograph,
    piece,
    publish,
    retract,
)

FIRST = """
CREATE TABLE article (article_id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE,
  section TEXT NOT NULL, rank INTEGER NOT NULL, slug TEXT NOT NULL, municipality TEXT,
  published TEXT NOT NULL, corrected TEXT, retracted TEXT, sha256 TEXT, post TEXT,
  UNIQUE (section, rank), UNIQUE (section, slug));
CREATE INDEX article_municipality ON article (municipality, number);
CREATE INDEX article_section ON article (section, number);
CREATE TABLE former (section TEXT NOT NULL, slug TEXT NOT NULL, rank INTEGER NOT NULL,
  article_id INTEGER NOT NULL, PRIMARY KEY (section, slug));
CREATE INDEX former_rank ON former (section, rank);
CREATE TABLE related (article_id INTEGER NOT NULL, place INTEGER NOT NULL,
  other_id INTEGER NOT NULL, PRIMARY KEY (article_id, place));
CREATE INDEX related_other ON related (other_id);
CREATE TABLE picture (medium TEXT NOT NULL, article_id INTEGER NOT NULL,
  PRIMARY KEY (medium, article_id));
CREATE INDEX picture_article ON picture (article_id);
PRAGMA user_version=1;
"""


def test_what_the_first_version_published_is_shown_by_this_one(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    medium = photograph(tmp_path)
    post = rubrica.render(piece(1, media=(medium,)))
    file = tmp_path / "site-index/index.sqlite3"
    file.parent.mkdir()
    with sqlite3.connect(file) as first:
        first.executescript(FIRST)
        said = (post.sha256, post.canonical())
        row = (1, 1, "notizie", 1, post.facts["slug"], "Tirano", MORNING.isoformat(), None, None)
        marks = ",".join("?" * 11)
        first.execute(f"INSERT INTO article VALUES ({marks})", (*row, *said))  # noqa: S608
        first.execute("INSERT INTO former VALUES ('articoli', 'un-orto', 1, 1)")
        first.execute("INSERT INTO picture VALUES (?, 1)", (medium.model_dump_json(),))
    first.close()

    rubrica.prepare()
    assert "Un orto per tutti" in page(rubrica, "enti/tirano-so")
    assert 'content="0; url=/notizie/un-orto-per-tutti-1/"' in page(rubrica, "articoli/un-orto")
    publish(rubrica, piece(2), days=1)
    assert [flaw for flaw in rubrica.flaws() if flaw.kind == "link"] == []
    assert rubrica.find(post, MORNING)
    retract(rubrica, piece(1))
    assert not list((rubrica.site / "media").glob(f"{medium.sha256}*"))
