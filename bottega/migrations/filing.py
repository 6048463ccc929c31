"""What the database keeps by itself: the list of sent cases, and the index of their words.

Triggers on the tables of a case bring its row in `filed`, and its words in `search`, up to date,
whoever changes them. They are taken away before any migration, because SQLite's are lost with the
tables that a migration rebuilds, and put back after it. On PostgreSQL they run at the end of the
transaction, when every other lock is held already, so that no two writers wait for each other.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, inspect, text

INDEX: Final = "search"
"""The index's name, and the beginning of those of its shadow tables on SQLite."""
_COLUMNS: Final = (
    "receipt", "state", "waiting", "kind", "province", "lab_id", "moderator_id", "warned",
    "title", "organisation", "author", "sent_at",
)  # fmt: skip
_LAST: Final = (
    "(SELECT max(n.number) FROM revision n WHERE n.submission_id = s.id AND n.sent_at IS NOT NULL)"
)
_FROM: Final = f"""
FROM submission s
JOIN participant p ON p.id = s.participant_id
JOIN revision r ON r.submission_id = s.id AND r.number = {_LAST}
LEFT JOIN article a ON a.submission_id = s.id
LEFT JOIN claim c ON c.submission_id = s.id AND s.state = 'in_review'
WHERE s.receipt IS NOT NULL
"""
_NOTE: Final = {"sqlite": "json_extract(a.drafted, '$.note')", "postgresql": "a.drafted->>'note'"}
_UNDESCRIBED: Final = {
    "sqlite": "SELECT 1 FROM json_each(a.media) m WHERE json_extract(m.value, '$.alt_proposed') "
    "AND json_extract(m.value, '$.mime') LIKE 'image/%'",
    "postgresql": "SELECT 1 FROM json_array_elements(a.media) m "
    "WHERE m->>'alt_proposed' = 'true' AND m->>'mime' LIKE 'image/%'",
}
"""Pictures that nobody described yet, as content.alts marks them."""
_VIEWS: Final = ("case_facts", "case_words")
_WRITE: Final = f"""
INSERT INTO filed (submission_id, {", ".join(_COLUMNS)})
SELECT submission_id, {", ".join(_COLUMNS)} FROM case_facts WHERE {{which}} ORDER BY arrived
ON CONFLICT (submission_id) DO UPDATE SET {", ".join(f"{c} = excluded.{c}" for c in _COLUMNS)}
"""
_OF: Final[Mapping[str, str]] = {
    "submission": "NEW.id",
    "revision": "NEW.submission_id",
    "article": "NEW.submission_id",
    "claim": "NEW.submission_id",
    "release": "(SELECT submission_id FROM revision WHERE id = NEW.revision_id)",
    "participant": "NEW.id",
}
_WORDED: Final = frozenset({"revision", "article", "participant"})
"""The tables whose changes may change a case's words."""
_WHEN: Final[Mapping[str, str]] = {
    "submission": "NEW.receipt IS NOT NULL",
    "revision": "NEW.sent_at IS NOT NULL",
}


def remove(connection: Connection) -> None:
    """Take triggers and views away; the list and the index stay as they are."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'filed_%'")
        )
        for (name,) in found.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        for function in ("file_changed()", "file_case(integer, boolean)"):
            connection.execute(text(f"DROP FUNCTION IF EXISTS {function} CASCADE"))
    for view in _VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {view}"))


def furnish(connection: Connection) -> None:
    """Put everything in its place, and file what is not filed, if there is a list at all."""
    dialect = connection.dialect.name
    if not inspect(connection).has_table("filed"):
        connection.execute(text(f"DROP TABLE IF EXISTS {INDEX}"))
        return
    for statement in (*_views(dialect), *_index(dialect)):
        connection.execute(text(statement))
    connection.execute(text(_WRITE.format(which="true")))
    connection.execute(text(_fill(dialect)))
    for statement in _triggers(dialect):
        connection.exec_driver_sql(statement)


def _views(dialect: str) -> Iterator[str]:
    facts = f"""
    CREATE VIEW case_facts AS
    SELECT s.id AS submission_id, s.receipt, s.state,
        s.state IN ('submitted', 'in_review')
            OR s.state = 'accepted' AND coalesce(a.state, '') = 'draft' AS waiting,
        coalesce(a.kind, r.kind) AS kind, coalesce(a.province, r.province) AS province,
        s.lab_id, c.moderator_id,
        coalesce(r.minors AND NOT r.release
            AND NOT EXISTS (SELECT 1 FROM release x WHERE x.revision_id = r.id), false)
            OR coalesce({_NOTE[dialect]}, '') <> '' OR EXISTS ({_UNDESCRIBED[dialect]}) AS warned,
        coalesce(a.title, r.title) AS title,
        coalesce(a.organisation, r.organisation, '') AS organisation,
        p.name AS author, s.submitted_at AS sent_at,
        (SELECT min(f.sent_at) FROM revision f WHERE f.submission_id = s.id) AS arrived
    {_FROM}"""
    words = f"""
    CREATE VIEW case_words AS
    SELECT s.id AS submission_id,
        coalesce(a.title, r.title) || ' ' || coalesce(a.lead, '') || ' '
        || coalesce(a.text, r.text) || ' ' || coalesce(a.organisation, r.organisation, '') || ' '
        || p.name AS words
    {_FROM}"""
    return iter((facts, words))


def _index(dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        yield (
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5("
            "words, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
        )
        return
    yield (
        f"CREATE TABLE IF NOT EXISTS {INDEX} (id integer PRIMARY KEY "
        "REFERENCES filed ON DELETE CASCADE, document tsvector NOT NULL)"
    )
    yield f"CREATE INDEX IF NOT EXISTS ix_search_document ON {INDEX} USING gin (document)"


def _fill(dialect: str) -> str:
    """Return what puts the words of every case that has none into the index."""
    key, column, words = _named(dialect)
    return (
        f"INSERT INTO {INDEX} ({key}, {column}) SELECT filed.id, {words} FROM filed "
        f"JOIN case_words w ON w.submission_id = filed.submission_id "
        f"WHERE filed.id NOT IN (SELECT {key} FROM {INDEX})"
    )


def _named(dialect: str) -> tuple[str, str, str]:
    if dialect == "sqlite":
        return "rowid", "words", "w.words"
    return "id", "document", "to_tsvector('italian', w.words)"


def _triggers(dialect: str) -> Iterator[str]:
    return _sqlite_triggers() if dialect == "sqlite" else _postgresql_triggers()


def _sqlite_triggers() -> Iterator[str]:
    for table, of in _OF.items():
        cases = f"submission_id = {of}"
        if table == "participant":
            cases = f"submission_id IN (SELECT id FROM submission WHERE participant_id = {of})"
        body = f"{_WRITE.format(which=cases)};"
        if table in _WORDED:
            numbers = f"SELECT id FROM filed WHERE {cases}"
            body += (
                f"DELETE FROM {INDEX} WHERE rowid IN ({numbers});"
                f"INSERT INTO {INDEX} (rowid, words) SELECT filed.id, w.words FROM filed "
                f"JOIN case_words w ON w.submission_id = filed.submission_id "
                f"WHERE filed.{cases};"
            )
        for event in _events(table):
            name = f"filed_{table}_{event.split()[0].lower()}"
            when = f"WHEN {_WHEN[table]}" if table in _WHEN else ""
            yield f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} BEGIN {body} END"
    yield (
        f"CREATE TRIGGER filed_words AFTER INSERT ON filed BEGIN INSERT INTO {INDEX} (rowid, words)"
        " SELECT NEW.id, w.words FROM case_words w WHERE w.submission_id = NEW.submission_id; END"
    )


def _events(table: str) -> tuple[str, ...]:
    """Return on which changes of a table its cases are filed anew."""
    if table == "participant":
        return ("UPDATE OF name",)
    return ("INSERT",) if table == "release" else ("INSERT", "UPDATE")


def _postgresql_triggers() -> Iterator[str]:
    yield f"""
    CREATE FUNCTION file_case(which integer, worded boolean) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE filed_id integer; fresh boolean;
    BEGIN
        PERFORM 1 FROM filed WHERE submission_id = which FOR UPDATE;
        {_WRITE.format(which="submission_id = which")} RETURNING filed.id, xmax = 0
            INTO filed_id, fresh;
        IF filed_id IS NOT NULL AND (worded OR fresh) THEN
            INSERT INTO {INDEX} (id, document)
            SELECT filed_id, to_tsvector('italian', w.words)
            FROM case_words w WHERE w.submission_id = which
            ON CONFLICT (id) DO UPDATE SET document = excluded.document;
        END IF;
    END $$"""
    branches = " ".join(
        f"WHEN '{table}' THEN PERFORM file_case({of}, {str(table in _WORDED).lower()});"
        for table, of in _OF.items()
        if table != "participant"
    )
    yield f"""
    CREATE FUNCTION file_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        CASE TG_TABLE_NAME {branches}
        WHEN 'participant' THEN
            PERFORM file_case(id, true) FROM submission
            WHERE participant_id = NEW.id AND receipt IS NOT NULL;
        END CASE;
        RETURN NULL;
    END $$"""
    for table in _OF:
        when = f"WHEN ({_WHEN[table]})" if table in _WHEN else ""
        yield (
            f"CREATE CONSTRAINT TRIGGER filed_{table} AFTER {' OR '.join(_events(table))} "
            f"ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when} "
            "EXECUTE FUNCTION file_changed()"
        )
