"""The proof that the record is whole: every chain and every seal, walked from the first row."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Table, literal, select, tuple_
from sqlmodel import SQLModel

from content.chain import START, linked
from content.decisions import Decision
from content.history import History
from content.seals import Seal

BATCH: Final = 500

Row = Mapping[Any, Any]


class Fault(StrEnum):
    """What can be wrong with a row of the record."""

    CHANGED = "changed"
    ONE_IS_MISSING = "one_is_missing"
    NO_SUCH_DECISION = "no_such_decision"
    SEALED_ROWS_DIFFER = "sealed_rows_differ"
    SEAL_LOST = "seal_lost"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not as it was written, in which table, and what it is about."""

    fault: Fault
    table: str
    id: int
    about: str = ""


@dataclass(slots=True)
class Proof:
    """How much was proved, and the first thing that could not be."""

    rows: int = 0
    chains: int = 0
    decisions: int = 0
    seals: int = 0
    sealed: int = 0
    last_seal: str | None = None
    broken: Broken | None = None
    known: bool = field(default=False, repr=False)


class _Found(Exception):
    def __init__(self, broken: Broken) -> None:
        self.broken = broken


def verify(connection: Connection, seal: str | None = None) -> Proof:
    """Walk the whole record, a batch at a time; blocking.

    `seal` is the hash of a seal that was noted elsewhere and must be among those found: without
    it, who can write to the database's files could take away the last seals with what they cover.
    The connection should show one moment (REPEATABLE READ on PostgreSQL).
    """
    proof = Proof()
    try:
        _walk_history(connection, proof)
        _walk_decisions(connection, proof)
        _walk_seals(connection, proof, seal)
    except _Found as found:
        proof.broken = found.broken
    return proof


def _walk_history(connection: Connection, proof: Proof) -> None:
    order = ("noun", "noun_id", "number")
    facts = (*order, "at", "actor", "actor_id", "verb", "before", "after", "data")
    chain = _Chain(History, ("noun", "noun_id"), facts)
    for rows in _batches(connection, History, order):
        for row in rows:
            proof.chains += chain.holds(row)
        proof.rows += len(rows)
        _require_decisions(connection, rows)


def _walk_decisions(connection: Connection, proof: Proof) -> None:
    chain = _Chain(Decision, ("submission_id",), Decision.FACTS)
    for rows in _batches(connection, Decision, ("submission_id", "number")):
        for row in rows:
            chain.holds(row)
        proof.decisions += len(rows)


def _walk_seals(connection: Connection, proof: Proof, expected: str | None) -> None:
    """Hold each seal against the rows it covers."""
    light = _batches(connection, History, ("id",), only=("id", "sha256"))
    history = (row for rows in light for row in rows)
    before, since = START, 0
    for seals in _batches(connection, Seal, ("id",)):
        for one in seals:
            covered = list(islice(history, one["rows"]))
            whole = hashlib.sha256("".join(row["sha256"] for row in covered).encode())
            last = covered[-1]["id"] if covered else since
            facts = (one["at"], one["up_to"], one["rows"], whole.hexdigest())
            if last != one["up_to"] or linked(before, *facts) != one["sha256"]:
                about = f"history {since + 1}–{one['up_to']}"
                raise _Found(Broken(Fault.SEALED_ROWS_DIFFER, "seal", one["id"], about))
            before, since = one["sha256"], one["up_to"]
            proof.known = proof.known or before == expected
            proof.seals, proof.sealed = proof.seals + 1, proof.sealed + one["rows"]
            proof.last_seal = before
    if expected is not None and not proof.known:
        raise _Found(Broken(Fault.SEAL_LOST, "seal", proof.seals + 1, expected))


class _Chain:
    """Rows in order, chain after chain."""

    def __init__(self, model: type[SQLModel], of: Sequence[str], facts: Sequence[str]) -> None:
        self._name, self._of, self._facts = _table(model).name, of, facts
        self._noun: tuple[Any, ...] = ()
        self._number, self._last = 0, START

    def holds(self, row: Row) -> bool:
        """Check that a row follows the one before; return whether it begins a chain."""
        noun = tuple(row[name] for name in self._of)
        begins = noun != self._noun
        if begins:
            self._noun, self._number, self._last = noun, 0, START
        if row["number"] != self._number + 1:
            raise self._found(Fault.ONE_IS_MISSING, row)
        if linked(self._last, *(row[name] for name in self._facts)) != row["sha256"]:
            raise self._found(Fault.CHANGED, row)
        self._number, self._last = row["number"], row["sha256"]
        return begins

    def _found(self, fault: Fault, row: Row) -> _Found:
        about = " ".join([*(str(value) for value in self._noun), f"n. {row['number']}"])
        return _Found(Broken(fault, self._name, row["id"], about))


def _require_decisions(connection: Connection, rows: Sequence[Row]) -> None:
    """See that each decision which the history names is there."""
    named = {row["data"]["decision"]: row for row in rows if "decision" in row["data"]}
    if not named:
        return
    table = _table(Decision)
    query = select(table.c.sha256).where(table.c.sha256.in_(named))
    there = set(connection.execute(query).scalars())
    for sha256, row in named.items():
        if sha256 not in there:
            about = f"{row['noun']} {row['noun_id']}"
            raise _Found(Broken(Fault.NO_SUCH_DECISION, "history", row["id"], about))


def _batches(
    connection: Connection,
    model: type[SQLModel],
    order: Sequence[str],
    only: Sequence[str] | None = None,
) -> Iterator[Sequence[Row]]:
    """Read a table in an order that a unique index has, each batch from where the last ended."""
    table = _table(model)
    key = [table.c[name] for name in order]
    query = select(*(table.c[name] for name in only or table.c.keys())).order_by(*key).limit(BATCH)
    rows = connection.execute(query).mappings().all()
    while rows:
        yield rows
        last = tuple_(*(literal(rows[-1][name]) for name in order))
        rows = connection.execute(query.where(tuple_(*key) > last)).mappings().all()


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.metadata.tables[str(model.__tablename__)]
    return table
