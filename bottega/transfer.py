"""An SQLite newsroom copied into PostgreSQL, with the proof that nothing changed on the way."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from bottega import (
    migrations,
    runtime,  # noqa: F401 - with it come all rooms, and with them their tables
)
from bottega.alone import only_process
from bottega.migrations import filing
from content import audit

BATCH: Final = 500
_MODULUS: Final = 2**256
_NOT_OURS: Final = frozenset({"alembic_version"})
_KEPT_BY_ITSELF: Final = frozenset({"filed"})
"""What the database's triggers make of the rest, there as here."""
_BY_MIGRATION: Final = frozenset({"reply"})
"""Tables that have rows from the first moment on: the source's take their place."""


class CannotMove(Exception):
    """Why the newsroom was not copied, and what to do, in Italian; nothing was written."""


def move(source: str, target: str, say: Callable[[str], None]) -> None:
    """Copy the newsroom at one store's URL into another, empty and PostgreSQL; blocking.

    Everything is in one transaction. Counts and hashes of each table on both sides go to `say`.
    Raises CannotMove, or CannotStart when the newsroom is running.
    """
    if make_url(source).get_backend_name() != "sqlite":
        raise CannotMove("La redazione è già su PostgreSQL: non c’è niente da copiare.")
    path = Path(make_url(source).database or "")
    if not path.exists():
        raise CannotMove(f"In {path} non c’è nessuna redazione da copiare.")
    if make_url(target).drivername != "postgresql+psycopg":
        raise CannotMove("La destinazione si scrive postgresql+psycopg://utente@macchina/database.")
    with only_process(source):
        try:
            migrations.upgrade(source)
            migrations.upgrade(target)
            _copy(source, target, say)
        except DBAPIError as error:
            raise CannotMove(
                f"Il database ha rifiutato la copia ({type(error.orig).__name__}): non è stato "
                "scritto niente. Controlla indirizzo, utente e permessi."
            ) from None


def _copy(source: str, target: str, say: Callable[[str], None]) -> None:
    here, there = (create_engine(migrations.blocking(url)) for url in (source, target))
    try:
        with here.connect() as reading, there.begin() as writing:
            tables = _tables(reading)
            _require_empty(writing, tables)
            say(f"{'tabella':<20}{'righe':>10}  {'qui':<18}{'là':<18}")
            for table in tables:
                _copy_table(reading, writing, table, say)
            for table in tables:
                _go_on_counting(writing, table)
            _prove_record(writing, say)
    finally:
        here.dispose()
        there.dispose()


def _tables(connection: Connection) -> Sequence[Table]:
    """Return the newsroom's tables, each after those it refers to."""
    known = [one for one in SQLModel.metadata.sorted_tables if one.name not in _KEPT_BY_ITSELF]
    there = {
        name
        for name in inspect(connection).get_table_names()
        if name not in _NOT_OURS | _KEPT_BY_ITSELF and not name.startswith(filing.INDEX)
    }
    if there != {table.name for table in known}:
        names = ", ".join(sorted(there.symmetric_difference(table.name for table in known)))
        raise CannotMove(f"Le tabelle non sono quelle di questa versione di Bottega: {names}.")
    return known


def _require_empty(connection: Connection, tables: Sequence[Table]) -> None:
    """Let nobody else write, and see that nobody has."""
    names = ", ".join(_quoted(connection, table) for table in tables)
    connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    full = [
        table.name
        for table in tables
        if table.name not in _BY_MIGRATION
        and connection.scalar(select(func.count()).select_from(table))
    ]
    if full:
        raise CannotMove(
            f"Il database di destinazione non è vuoto ({', '.join(full)}): indicane uno nuovo."
        )
    for table in tables:
        if table.name in _BY_MIGRATION:
            connection.execute(delete(table))


def _copy_table(
    reading: Connection, writing: Connection, table: Table, say: Callable[[str], None]
) -> None:
    before = Fingerprint()
    for rows in _batches(reading, table):
        before.add(rows)
        writing.execute(insert(table), rows)
    after = Fingerprint()
    for rows in _batches(writing, table):
        after.add(rows)
    say(f"{table.name:<20}{before.rows:>10}  {before.short:<18}{after.short:<18}")
    if (before.rows, before.hash) != (after.rows, after.hash):
        raise CannotMove(
            f"La tabella {table.name} non è arrivata uguale: non è stato scritto niente."
        )


def _prove_record(connection: Connection, say: Callable[[str], None]) -> None:
    proof = audit.verify(connection)
    if proof.broken is not None:
        raise CannotMove(
            f"Il registro non è integro ({proof.broken.table}, riga {proof.broken.id}): non è "
            "stato scritto niente. Guarda con bottega audit verify."
        )
    say(f"{'registro':<20}{proof.rows:>10}  {proof.chains} catene, {proof.seals} sigilli: integro")


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Read a table in batches, in the order in which its rows were made."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for rows in connection.execute(query).mappings().partitions(BATCH):
        yield [dict(row) for row in rows]


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let the next row have the id after the last one."""
    column = table.autoincrement_column
    if column is None:
        return
    name = {"table": _quoted(connection, table), "column": column.name}
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), name)
    last = connection.scalar(select(func.max(column)))
    if sequence is not None and last is not None:
        connection.execute(
            text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
        )


class Fingerprint:
    """The number of rows and a SHA-256 of what they hold, whatever their order."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    @property
    def hash(self) -> str:
        """The hash of all rows, in hexadecimal."""
        return f"{self._sum:064x}"

    @property
    def short(self) -> str:
        """Its beginning, for people."""
        return self.hash[:16]

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Count rows in."""
        for row in rows:
            said = json.dumps(row, default=_plain, sort_keys=True)
            digest = hashlib.sha256(said.encode()).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS
            self.rows += 1


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
