from pathlib import Path

import pytest

from bottega.doctor import examine, sentence
from bottega.sandbox import Sandbox
from bottega.settings import load
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
