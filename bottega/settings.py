"""The environment and `.env`, read here and nowhere else."""

import hmac
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, Field, SecretStr, ValidationError, create_model, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from content.vault import Vault
from publishers import PUBLISHERS

_ENV_FILE: Final = ".env"
_EXAMPLES: Final[Mapping[str, str]] = {
    "TELEGRAM_TOKEN": "123456789:AAExampleExampleExampleExampleExample",
    "ADMIN_TELEGRAM_ID": "123456789",
    "PROGRAMME_AT": "08:00",
    "DATABASE_URL": "sqlite+aiosqlite:///data/bottega.db",
    "PORT": "8000",
    "SANDBOX_PORT": "8001",
    "LOG_LEVEL": "INFO",
    "TELEGRAM_GROUP_CALLS": "20",
    "TELEGRAM_WEBHOOK_URL": "https://bottega.example.it",
    "OPENAI_TIMEOUT": "30",
    "CLAMD_ADDRESS": "127.0.0.1:3310",
    "LINK_PREVIEWS": "true",
    "TELEGRAM_LOCAL_API": "true",
    "PUBLIC_URL": "https://bottega.example.it",
    "MAX_UPLOAD_MB": "2000",
    "OPENAI_BASE_URL": "https://api.openai.com/v1",
    "TELEGRAM_API_URL": "https://api.telegram.org",
}
_WRONG: Final[Mapping[str, str]] = {
    "int_parsing": "serve un numero intero",
    "float_parsing": "serve un numero",
    "bool_parsing": "serve true oppure false",
    "greater_than": "serve un numero maggiore di {gt}",
    "greater_than_equal": "il numero più piccolo è {ge}",
    "less_than_equal": "il numero più grande è {le}",
    "string_pattern_mismatch": "non ha la forma giusta",
    "missing": "manca",
    "path_type": "serve il percorso di una cartella",
}
"""What is wrong, by pydantic's name for it: https://docs.pydantic.dev/latest/errors/validation_errors/"""


class BadSettings(Exception):
    """Settings that are missing or malformed, one sentence each; never their values."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


class Settings(BaseSettings):
    """Everything the newsroom can be told from outside; each field is a key in capitals."""

    model_config = SettingsConfigDict(
        env_file=_ENV_FILE, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    telegram_token: SecretStr | None = Field(
        None, description="Il token del bot, da @BotFather. Senza, tutto parte nella sandbox."
    )
    admin_telegram_id: int | None = Field(
        None, description="L’id Telegram di chi amministra. Senza, al primo avvio esce un link."
    )
    telegram_api_url: str = Field("https://api.telegram.org", pattern=r"^https?://[^/ ]+.*[^/]$")
    telegram_group_calls: int = Field(20, ge=0)
    telegram_webhook_url: str | None = Field(None, pattern=r"^https?://[^/ ]+(/[^ ]*[^/ ])?$")
    telegram_webhook_secret: SecretStr | None = None
    telegram_local_api: bool = False
    programme_at: str = Field("08:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    data_dir: Path = Path("data")
    database_url: str | None = Field(
        None, pattern=r"^(sqlite\+aiosqlite:///.+|postgresql\+psycopg://.+)$"
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    sandbox_port: int = Field(8001, ge=0, le=65535)
    secret_key: SecretStr | None = None
    public_url: str | None = Field(None, pattern=r"^https?://[^/ ]+(/[^ ]*[^/ ])?$")
    max_upload_mb: int = Field(2000, gt=0)
    openai_api_key: SecretStr | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5-mini"
    openai_timeout: float = Field(30, gt=0)
    openai_transcription_model: str = ""
    clamd_address: str | None = Field(None, pattern=r"^(/.+|[^/: ]+:\d+|\[[0-9a-fA-F:]+\]:\d+)$")
    link_previews: bool = True
    log_level: str = "INFO"

    @field_validator("telegram_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        number, colon, rest = value.get_secret_value().partition(":") if value else ("1", ":", "x")
        if not (number.isdecimal() and colon and rest):
            raise ValueError("ha la forma NUMERO:LETTERE")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _a_secret_that_telegram_takes(cls, value: SecretStr | None) -> SecretStr | None:
        """https://core.telegram.org/bots/api#setwebhook."""
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("da 16 a 256 fra lettere senza accento, cifre, _ e -")
        return value

    @field_validator("secret_key")
    @classmethod
    def _keys_that_seal(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            _vault(value)
        except ValueError:
            said = "ogni chiave è quella che dà «bottega keys new»; più d’una, con virgole"
            raise ValueError(said) from None
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("uno fra DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def database(self) -> str:
        """The database's URL: the one given, or an SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'bottega.db'}"

    @property
    def webhook_secret(self) -> str | None:
        """What Telegram says of itself to the webhook: the secret given, or one of the token's."""
        if self.telegram_webhook_secret is not None:
            return self.telegram_webhook_secret.get_secret_value()
        if self.telegram_token is None:
            return None
        token = self.telegram_token.get_secret_value().encode()
        return hmac.new(token, b"bottega webhook", "sha256").hexdigest()

    @property
    def vault(self) -> Vault | None:
        """What seals the accounts' credentials; None without a key."""
        return _vault(self.secret_key)

    @property
    def uploads_root(self) -> Path:
        """Where large files are while they arrive."""
        return self.data_dir / "uploads"

    @property
    def media_root(self) -> Path:
        """Where media are kept by hash."""
        return self.data_dir / "media"

    def channels(self) -> dict[str, BaseModel]:
        """Return each channel's Config, read from its CHANNEL_… keys; raises BadSettings."""
        problems: list[str] = []
        configs: dict[str, BaseModel] = {}
        for publisher in PUBLISHERS:
            try:
                values = _read(publisher.channel, publisher.Config)
                configs[publisher.channel] = publisher.Config.model_validate(values)
            except ValidationError as error:
                problems += _problems(error, prefix=f"{publisher.channel}_")
        if problems:
            raise BadSettings(problems)
        return configs


def _vault(keys: SecretStr | None) -> Vault | None:
    """Return a vault of keys with commas between them; raises ValueError."""
    said = [key.strip() for key in keys.get_secret_value().split(",")] if keys else []
    return Vault(said) if said else None


def load(**overrides: Any) -> Settings:
    """Read the settings; raises BadSettings with every problem at once."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise BadSettings(_problems(error)) from None


def _read(channel: str, config: type[BaseModel]) -> dict[str, Any]:
    """Return what the environment and `.env` say under a channel's prefix, unchecked."""
    fields: dict[str, Any] = dict.fromkeys(config.model_fields, (str | None, None))
    reader = create_model(
        f"{channel.title()}Keys",
        __base__=_ChannelKeys,
        **fields,
    )
    found = reader(_env_prefix=f"{channel}_")
    return {name: value for name, value in found.model_dump().items() if value is not None}


class _ChannelKeys(BaseSettings):
    model_config = SettingsConfigDict(env_file=_ENV_FILE, env_ignore_empty=True, extra="ignore")


def _problems(error: ValidationError, prefix: str = "") -> list[str]:
    sentences = []
    for one in error.errors(include_input=False, include_url=False):
        key = f"{prefix}{one['loc'][0] if one['loc'] else ''}".upper()
        example = _EXAMPLES.get(key)
        hint = f" Per esempio: {key}={example}" if example else ""
        said = one["msg"].removeprefix("Value error, ")
        wrong = _WRONG.get(one["type"], said).format(**one.get("ctx", {}))
        sentences.append(f"{key}: {wrong}.{hint}")
    return sentences
