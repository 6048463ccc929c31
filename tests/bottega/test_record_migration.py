"""The sixth schema: what happened before it is chained, as if it always had been."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from bottega import migrations
from content import audit
from tests.conftest import _execute

AT = "2026-11-23 08:00:00.123456"
ROWS = 1203
"""More than two batches."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"old_{uuid.uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def happened(connection: Connection) -> None:
    """Write a case, its decisions and a long record, as the fifth schema had them."""
    moment = {"at": AT if connection.dialect.name == "sqlite" else f"{AT}+00"}
    for statement in (
        "INSERT INTO participant (telegram_id, name, created_at) VALUES (1, 'Ada', :at)",
        (
            "INSERT INTO moderator (telegram_id, name, role, active, created_at) "
            "VALUES (2, 'Bruno', 'moderator', true, :at)"
        ),
        "INSERT INTO submission (participant_id, state, created_at) VALUES (1, 'rejected', :at)",
        (
            "INSERT INTO decision (submission_id, moderator_id, verdict, reason, seen_sha256, "
            "decided_at) VALUES (1, 1, 'changes_requested', 'Perché?', 'aa', :at)"
        ),
        (
            "INSERT INTO decision (submission_id, moderator_id, verdict, reason, seen_sha256, "
            "decided_at) VALUES (1, 1, 'rejected', 'No', 'bb', :at)"
        ),
    ):
        connection.execute(text(statement), moment)
    rows = [
        {**moment, "noun": f"thing{n % 3}", "of": n % 7, "data": json.dumps({"è": [n, None]})}
        for n in range(ROWS)
    ]
    connection.execute(
        text(
            "INSERT INTO history (at, actor, noun, noun_id, verb, data) "
            "VALUES (:at, 'newsroom', :noun, :of, 'done', :data)"
        ),
        rows,
    )
    connection.execute(text("INSERT INTO untold (history_id) SELECT max(id) FROM history"))


def test_what_happened_before_is_proved_too(empty: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = empty
    command.upgrade(config, "0005")
    engine = create_engine(empty)
    with engine.begin() as connection:
        happened(connection)

    command.upgrade(config, "head")

    with engine.connect() as connection:
        proof = audit.verify(connection)
        assert proof.broken is None
        assert (proof.rows, proof.chains, proof.decisions) == (ROWS, 21, 2)
        assert connection.execute(text("SELECT count(*) FROM untold")).scalar_one() == 1
    for table in ("history", "decision"):
        for change in ("UPDATE {} SET sha256 = ''", "DELETE FROM {}"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(change.format(table)))
    engine.dispose()
