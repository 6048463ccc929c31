"""What Telegram signs when the console is opened inside it, as a Mini App."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from content.entry import LAUNCH_LASTS

LONGEST: Final = 8192
_FIELDS: Final = 32
_SKEW: Final = timedelta(minutes=1)
"""By how much Telegram's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened the console, and the hash that makes this launch one."""

    telegram_id: int
    sha256: str


class Forged(ValueError):
    """The launch is not one that Telegram signed for this bot a moment ago."""


def read(data: str, token: str, *, now: datetime) -> Opened:
    """Return who opened the console; raises Forged.

    Everything but `hash` is signed, `signature` too; a key may come once.
    https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
    """
    if not token or len(data) > LONGEST:
        raise Forged
    fields = _fields(data)
    given = fields.pop("hash", "")
    signed = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    if not hmac.compare_digest(
        hmac.new(key, signed.encode(), "sha256").hexdigest().encode(), given.encode()
    ):
        raise Forged
    if not now - LAUNCH_LASTS < _moment(fields.get("auth_date", "")) <= now + _SKEW:
        raise Forged
    return Opened(_user(fields.get("user", "")), hashlib.sha256(given.encode()).hexdigest())


def _fields(data: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            data, keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS,
            errors="strict",
        )  # fmt: skip
    except ValueError:
        raise Forged from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Forged
    return fields


def _moment(said: str) -> datetime:
    if not (said.isascii() and said.isdecimal() and len(said) <= 11):  # noqa: PLR2004 - seconds
        raise Forged
    return datetime.fromtimestamp(int(said), UTC)


def _user(said: str) -> int:
    try:
        user = json.loads(said)
    except (ValueError, RecursionError):
        raise Forged from None
    number = user.get("id") if isinstance(user, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise Forged
    return number
