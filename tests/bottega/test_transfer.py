import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import col, func, select, text
from typer.testing import CliRunner

from bottega import cli, transfer
from bottega.alone import CannotStart, only_process
from bottega.transfer import CannotMove
from content import consents, people, seals
from content.articles import Article
from content.deliveries import Operation
from content.history import History
from content.people import Role
from content.store import Store
from tests import stories
from tests.clock import MONDAY, Clock

TRICKY = 'L’«Officina» di Sant’Agata: 15 € — 👩🏽‍🌾\n\t"sì" \\ 100%'


@pytest.fixture
async def newsroom(sqlite_url: str) -> str:
    """A newsroom on SQLite with a history."""
    clock, store = Clock(), Store(sqlite_url)
    async with store.transaction() as session:
        ada = await people.meet(session, 2**40 + 1, TRICKY, now=clock())
        await consents.accept(session, ada, stories.PURPOSES, now=clock())
        bruno = await people.appoint(session, 2001, "Bruno Galli", Role.MODERATOR, now=clock())
    cast = SimpleNamespace(ada=ada, bruno=bruno)
    for _ in range(5):
        async with store.transaction() as session:
            await stories.approved(session, cast, clock.forward(days=1, microseconds=123456))
    async with store.transaction() as session:
        await seals.seal(session, now=clock())
    await store.close()
    return sqlite_url


async def sql(url: str, *statements: str) -> None:
    store = Store(url)
    async with store.transaction() as session:
        connection = await session.connection()
        for statement in statements:
            await connection.execute(text(statement))
    await store.close()


async def articles(url: str) -> int:
    store = Store(url)
    async with store.reading() as session:
        count = (await session.exec(select(func.count()).select_from(Article))).one()
    await store.close()
    return count


async def test_every_row_arrives_as_it_was(newsroom: str, postgres_url: str) -> None:
    said: list[str] = []

    transfer.move(newsroom, postgres_url, said.append)

    source, target = Store(newsroom), Store(postgres_url)
    async with source.reading() as here, target.reading() as there:
        for table in (Article, Operation, History, people.Participant):
            query = select(table).order_by(col(table.id))
            mine = [row.model_dump() for row in (await here.exec(query)).all()]
            theirs = [row.model_dump() for row in (await there.exec(query)).all()]
            assert mine
            assert mine == theirs
    await source.close()
    await target.close()
    lines = {line.split()[0]: line.split()[1:] for line in said[1:-1]}
    assert re.search(r"^registro +\d+ .* 1 sigilli: integro$", said[-1])
    assert lines["operation"][0] == "15"
    assert all(here == there for _, here, there in lines.values())


async def test_the_newsroom_goes_on_where_it_was(newsroom: str, postgres_url: str) -> None:
    transfer.move(newsroom, postgres_url, lambda _: None)

    store = Store(postgres_url)
    async with store.transaction() as session:
        before = (await session.exec(select(func.max(Article.id)))).one()
        ada = await people.meet(session, 2**40 + 1, TRICKY, now=MONDAY)
        bruno = await people.moderator(session, 2001)
        cast = SimpleNamespace(ada=ada, bruno=bruno)
        planned = await stories.approved(session, cast, datetime(2027, 1, 4, 9, tzinfo=UTC))
        assert (await session.exec(select(func.max(Article.id)))).one() == before + 1
    assert planned
    await store.close()


async def test_a_record_that_is_not_whole_is_not_copied(newsroom: str, postgres_url: str) -> None:
    await sql(
        newsroom,
        "DROP TRIGGER history_no_update",
        "UPDATE history SET verb = 'rejected' WHERE verb = 'accepted' AND noun_id = 3",
    )

    with pytest.raises(CannotMove, match="registro non è integro"):
        transfer.move(newsroom, postgres_url, lambda _: None)

    assert await articles(postgres_url) == 0


async def test_a_target_with_rows_is_refused(newsroom: str, postgres_url: str) -> None:
    transfer.move(newsroom, postgres_url, lambda _: None)

    with pytest.raises(CannotMove, match="non è vuoto"):
        transfer.move(newsroom, postgres_url, lambda _: None)


async def test_a_running_newsroom_is_refused(newsroom: str, postgres_url: str) -> None:
    with only_process(newsroom), pytest.raises(CannotStart, match="Fermala"):
        transfer.move(newsroom, postgres_url, lambda _: None)


async def test_a_row_that_changes_on_the_way_stops_everything(
    newsroom: str, postgres_url: str
) -> None:
    await sql(
        postgres_url,
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.local_time := 'domani'; RETURN NEW; END $$",
        "CREATE TRIGGER spoil BEFORE INSERT ON operation FOR EACH ROW EXECUTE FUNCTION spoil()",
    )

    with pytest.raises(CannotMove, match="operation non è arrivata uguale"):
        transfer.move(newsroom, postgres_url, lambda _: None)

    assert await articles(postgres_url) == 0


async def test_what_postgresql_refuses_stops_everything(newsroom: str, postgres_url: str) -> None:
    """SQLite takes the character zero, PostgreSQL does not."""
    await sql(newsroom, "UPDATE participant SET name = 'A' || char(0) || 'da'")

    with pytest.raises(CannotMove, match="niente"):
        transfer.move(newsroom, postgres_url, lambda _: None)

    assert await articles(postgres_url) == 0


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("postgresql+psycopg://a/b", "postgresql+psycopg://a/c"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:///b.db"),
        ("sqlite+aiosqlite:///a.db", "postgresql://a/b"),
    ],
)
def test_it_goes_from_sqlite_to_postgresql_and_nowhere_else(
    source: str, target: str, tmp_path: Path
) -> None:
    (tmp_path / "a.db").touch()

    with pytest.raises(CannotMove, match=r"PostgreSQL|postgresql"):
        transfer.move(source.replace("a.db", f"{tmp_path}/a.db"), target, lambda _: None)


def test_a_folder_without_a_newsroom_is_left_as_it_is(tmp_path: Path) -> None:
    source = f"sqlite+aiosqlite:///{tmp_path}/bottega.db"

    with pytest.raises(CannotMove, match="nessuna redazione"):
        transfer.move(source, "postgresql+psycopg://a/b", lambda _: None)
    assert not list(tmp_path.iterdir())


def test_the_command_ends_well_once_and_with_one_after_that(
    newsroom: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", newsroom)
    command = ["migrate-database", postgres_url]

    first, again = (CliRunner().invoke(cli.app, command) for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 1)
    assert "Copiato, e uguale." in first.stdout
    assert "non è vuoto" in again.stdout
