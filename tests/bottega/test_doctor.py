from pathlib import Path

import pytest

from bottega.doctor import examine, sentence
from bottega.runtime import utc_now
from bottega.sandbox import Sandbox
from bottega.settings import load
from content import credentials
from content.credentials import Grant
from content.history import NEWSROOM
from content.store import Store
from content.vault import Vault, new_key
from tests.content.outside.test_scanner import FakeClamd
from tests.journeys.conftest import cast, environment, sandbox, settings
from tests.loopback import listening

__all__ = ["cast", "environment", "sandbox", "settings"]


async def report(**overrides: object) -> str:
    return "\n".join(sentence(one) for one in await examine(load(**overrides)))


async def test_all_is_well_with_good_keys(settings: object) -> None:
    told = await report()

    assert "✗" not in told
    assert "Telegram: il bot è @bottega_sandbox_bot" in told
    assert "L’orologio è giusto" in told
    assert "Facebook: la pagina" in told
    assert "X: l'account @LaboratoriLab risponde. L'accesso non scade" in told


async def test_a_revoked_token_is_told_with_what_to_do(settings: object, sandbox: Sandbox) -> None:
    sandbox.facebook.token = "another-one"
    sandbox.x.access_token = "another-one"
    told = await report()

    assert "FACEBOOK_TOKEN" in told
    assert told.count("✗") == 2


async def test_a_bot_token_that_telegram_refuses(settings: object) -> None:
    told = await report(telegram_token="1:wrong")

    assert "✗ Telegram rifiuta il token" in told


async def test_an_empty_folder_has_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = await report()

    assert "✗" not in told
    assert "sandbox" in told


async def test_an_antivirus_is_asked_whether_it_works(settings: object) -> None:
    async with listening(FakeClamd().serve) as port:
        well = await report(clamd_address=f"127.0.0.1:{port}")
    down = await report(clamd_address=f"127.0.0.1:{port}")

    assert "✓ L’antivirus risponde; StreamMaxLength sia almeno" in well
    assert "✗ L’antivirus non risponde" in down
    assert "nessun file viene accettato" in down


async def test_an_app_without_an_account_is_told_how_to_connect_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("X_CLIENT_ID", "an-app")

    assert (
        "✗ X non è ancora collegato. Collegalo in Canali, oppure con «bottega connect x»"
        in await report()
    )


async def test_a_connected_account_is_told_with_its_rights_and_then_that_it_is_lost(
    sandbox: Sandbox, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key, given = new_key(), sandbox.x.accounts.granted()
    for name, value in {
        "DATABASE_URL": sqlite_url,
        "SECRET_KEY": key,
        "X_CLIENT_ID": sandbox.x.accounts.client_id,
        "X_CLIENT_SECRET": sandbox.x.accounts.client_secret,
        "X_API_URL": f"{sandbox.url}/x",
    }.items():
        monkeypatch.setenv(name, value)

    async def keep(seconds: float) -> None:
        store = Store(sqlite_url)
        grant = Grant(given["access_token"], given["scope"].split(), "used-up", seconds)
        async with store.transaction() as session:
            await credentials.keep(
                session, Vault([key]), "x", grant, ("1", "@Lab"), by=NEWSROOM, now=utc_now()
            )
        await store.close()

    await keep(7200)
    well = await report()
    assert "✓ X: collegato @Lab, permessi media.write, offline.access, tweet.read" in well
    assert "l’accesso si rinnova da solo" in well
    assert "✓ X: l'account @LaboratoriLab risponde" in well
    await keep(0)
    assert "✗ X non riconosce più l'accesso di @Lab" in await report()
