from pathlib import Path

import pytest

from bottega.settings import BadSettings, Settings, load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(**environment: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(BadSettings) as caught:
            load().channels()
    return str(caught.value)


def test_without_any_key_there_are_usable_defaults() -> None:
    settings = load()

    assert settings.telegram_token is None
    assert settings.database.endswith("data/bottega.db")


def test_the_env_file_is_read_and_empty_keys_count_as_absent(tmp_path: Path) -> None:
    Path(tmp_path, ".env").write_text("PORT=8123\nTELEGRAM_TOKEN=\nFACEBOOK_PAGE_ID=42\n")
    settings = load()

    assert settings.port == 8123
    assert settings.telegram_token is None
    assert settings.channels()["facebook"].model_dump()["page_id"] == "42"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("PORT", "ottomila", "PORT: serve un numero intero. Per esempio: PORT=8000"),
        ("TELEGRAM_TOKEN", "segreto", "TELEGRAM_TOKEN: ha la forma NUMERO:LETTERE. Per esempio"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: non ha la forma giusta. Per esempio"),
        ("LOG_LEVEL", "tutto", "LOG_LEVEL: uno fra DEBUG"),
        ("X_SETTLING", "mai", "X_SETTLING: serve un numero"),
    ],
)
def test_a_malformed_key_is_named_with_what_is_wrong_and_an_example(
    key: str, value: str, said: str
) -> None:
    assert said in problems(**{key: value})


def test_several_problems_are_told_together_and_no_value_is_repeated() -> None:
    told = problems(PORT="x", TELEGRAM_TOKEN="molto-segreto")

    assert "PORT" in told
    assert "TELEGRAM_TOKEN" in told
    assert "molto-segreto" not in told


def test_a_secret_is_not_shown_by_the_settings_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:molto-segreto")
    monkeypatch.setenv("FACEBOOK_TOKEN", "anche-questo")
    settings = Settings()

    assert "molto-segreto" not in repr(settings)
    assert "anche-questo" not in repr(settings.channels())


def test_a_short_webhook_secret_is_refused_and_not_repeated() -> None:
    told = problems(TELEGRAM_WEBHOOK_SECRET="à vista")

    assert "TELEGRAM_WEBHOOK_SECRET: da 16 a 256" in told
    assert "vista" not in told


def test_the_webhook_s_secret_is_given_or_made_from_the_token() -> None:
    one, same = (load(telegram_token="1:first") for _ in range(2))
    other = load(telegram_token="1:second")
    given = load(telegram_token="1:first", telegram_webhook_secret="a-secret-of-our-own")

    assert load().webhook_secret is None
    assert one.webhook_secret == same.webhook_secret != other.webhook_secret
    assert "first" not in (one.webhook_secret or "")
    assert given.webhook_secret == "a-secret-of-our-own"
