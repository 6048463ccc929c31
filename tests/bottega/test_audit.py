"""`bottega audit verify`: what a person at the terminal is told of the record."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import text
from typer.testing import CliRunner, Result

from bottega import cli
from content import consents, people, seals
from content.people import Role
from content.store import Store
from tests import stories
from tests.clock import Clock


@pytest.fixture(params=["sqlite_url", "postgres_url"])
async def newsroom(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> str:
    """A newsroom with an approved case, sealed."""
    url, clock = str(request.getfixturevalue(request.param)), Clock()
    store = Store(url)
    async with store.transaction() as session:
        ada = await people.meet(session, 1001, "Ada", now=clock())
        await consents.accept(session, ada, stories.PURPOSES, now=clock())
        bruno = await people.appoint(session, 2001, "Bruno Galli", Role.MODERATOR, now=clock())
        await stories.approved(session, SimpleNamespace(ada=ada, bruno=bruno), clock())
        await seals.seal(session, now=clock())
    await store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def verify(*options: str) -> Result:
    return CliRunner().invoke(cli.app, ["audit", "verify", *options])


def test_a_whole_record_is_proved(newsroom: str) -> None:
    told = verify()

    assert told.exit_code == 0
    assert "integro" in told.stdout
    noted = told.stdout.split("Ultimo sigillo: ")[1].split(".")[0]
    assert verify("--seal", noted).exit_code == 0


def test_a_seal_that_is_not_there_is_said(newsroom: str) -> None:
    told = verify("--seal", "0" * 64)

    assert told.exit_code == 1
    assert "manca fra quelli trovati" in told.stdout


async def test_the_first_broken_row_is_named(newsroom: str) -> None:
    store = Store(newsroom)
    async with store.transaction() as session:
        connection = await session.connection()
        on = "" if store.embedded else " ON history"
        await connection.execute(text(f"DROP TRIGGER history_no_update{on}"))
        await connection.execute(text("UPDATE history SET actor_id = 9 WHERE verb = 'accepted'"))
    await store.close()

    told = await asyncio.to_thread(verify)

    assert told.exit_code == 1
    assert "NON è integro: history, riga" in told.stdout
    assert "submission 1 n. " in told.stdout


def test_before_the_first_start_there_is_nothing_to_prove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/none.db")

    told = verify()

    assert told.exit_code == 1
    assert "avvia prima la redazione" in told.stdout
