"""The shared ground of all tests: stores on both databases, one cast, one clock."""

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from bottega import migrations
from content import consents
from content.people import Moderator, Participant, Role, appoint, meet
from content.store import Store
from tests import postgres
from tests.clock import Clock
from tests.requirements import need
from tests.stories import PURPOSES

pytest_plugins = ("tests.secrecy", "tests.conformance.everywhere", "tests.exercised")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    migrations.upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a migrated template database."""
    need(postgres.programs() is not None, "PostgreSQL (apt-get install postgresql)")
    with postgres.serving(Path(tempfile.mkdtemp(prefix="bottega-"))) as url:
        _execute(url, "CREATE DATABASE template")
        migrations.upgrade(f"{url}/template")
        yield url


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(empty_sqlite, tmp_path / "bottega.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'bottega.db'}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE template")
    yield f"{postgres_server}/{name}"
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """The store, on each database in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    opened = Store(request.getfixturevalue(name))
    yield opened
    await opened.close()


@pytest.fixture
async def cast(store: Store, clock: Clock) -> SimpleNamespace:
    """Ada the participant, Bruno the moderator (and Gaia, his colleague), Carla the outsider."""
    async with store.transaction() as session:
        ada: Participant = await meet(session, 1001, "Ada Rossi", now=clock())
        await consents.accept(session, ada, PURPOSES, now=clock())
        bruno: Moderator = await appoint(
            session, 2001, "Bruno Galli", Role.ADMINISTRATOR, now=clock()
        )
        gaia: Moderator = await appoint(session, 2002, "Gaia Monti", Role.MODERATOR, now=clock())
        carla: Participant = await meet(session, 3001, "Carla Neri", now=clock())
    return SimpleNamespace(ada=ada, bruno=bruno, gaia=gaia, carla=carla)


def _execute(url: str, statement: str) -> None:
    plain = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(statement)
