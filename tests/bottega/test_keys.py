"""`bottega keys`: a new key, and everything sealed with it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bottega.cli import BAD_SETTINGS, app
from content import credentials
from content.credentials import Grant
from content.history import NEWSROOM
from content.store import Store
from content.vault import Vault, new_key

OLD, NEW = new_key(), new_key()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["keys", *arguments])
    return result.exit_code, result.output


def connect(url: str) -> None:
    async def keep() -> None:
        store = Store(url)
        async with store.transaction() as session:
            grant, now = Grant("a-token", ()), datetime(2026, 11, 28, tzinfo=UTC)
            of = ("1", "@LaboratoriLab")
            await credentials.keep(session, Vault([OLD]), "x", grant, of, by=NEWSROOM, now=now)
        await store.close()

    asyncio.run(keep())


def token(url: str, key: str) -> str:
    async def read() -> str:
        store = Store(url)
        async with store.reading() as session:
            found = await credentials.of(session, "x")
        await store.close()
        assert found is not None
        return credentials.opened(Vault([key]), found).token

    return asyncio.run(read())


def test_a_new_key_is_one() -> None:
    code, told = ran("new")

    assert code == 0
    Vault([told.strip()])


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
def test_everything_is_sealed_with_the_first_key(
    database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = request.getfixturevalue(database)
    connect(url)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", f"{NEW}, {OLD}")
    code, told = ran("rotate")

    assert (code, "prima chiave: 1." in told) == (0, True)
    assert token(url, NEW) == "a-token"


def test_a_key_that_opens_nothing_changes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(sqlite_url)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SECRET_KEY", NEW)
    code, told = ran("rotate")

    assert code == 1
    assert "Nessuna chiave di SECRET_KEY apre: x" in told
    assert token(sqlite_url, OLD) == "a-token"


def test_without_a_key_it_says_how_to_get_one(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    code, told = ran("rotate")

    assert code == 1
    assert "bottega keys new" in told


def test_what_is_no_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", f"{NEW},not-a-key")
    code, told = ran("rotate")

    assert code == BAD_SETTINGS
    assert "SECRET_KEY" in told
    assert NEW not in told
    assert "not-a-key" not in told
