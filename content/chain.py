"""Rows that hold on to each other: each hash covers a row and the hash of the row before."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

START: Final = ""
"""Stands for the hash before the first row."""


def linked(before: str, *facts: Any) -> str:
    """Return the SHA-256 of a row's facts, as plain JSON values or moments, and of the one before.

    The same facts give the same hash on every database: moments are in UTC to the microsecond.
    """
    said = json.dumps([before, *facts], default=_moment, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(type(value).__name__)
