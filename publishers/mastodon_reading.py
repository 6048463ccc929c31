"""What Mastodon shows of an account's statuses."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from publishers.addresses import unsourced
from publishers.base import CannotTell

__all__ = ["abridged", "answered", "essence", "statuses_since"]

_PAGES_READ: Final = 50
_MENTION: Final = re.compile(r"(?i)(?<![\w/=])(@[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)@[\w.-]*\w")
"""https://github.com/mastodon/mastodon/blob/v4.4.0/app/models/account.rb"""


class Api(Protocol):
    """What is asked of a conversation with a server."""

    def me(self) -> dict[str, Any]:
        """Read whose token this is."""

    def read(self, path: str, **query: str) -> Any:
        """Read."""


def statuses_since(api: Api, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield the account's statuses since a moment; end only when all of them were read."""
    path = f"/api/v1/accounts/{api.me()['id']}/statuses"
    older: dict[str, str] = {}
    for _ in range(_PAGES_READ):
        page = api.read(path, limit="40", exclude_reblogs="true", **older)
        if not isinstance(page, list):
            break
        for found in page:
            if datetime.fromisoformat(found["created_at"]) < since:
                return
            yield found
        if not page:
            return
        older = {"max_id": str(page[-1]["id"])}
    raise CannotTell("Mastodon non ha mostrato tutti i post dell'account.")


def answered(found: Mapping[str, Any]) -> str | None:
    """Return the id of the status that one answers, None where it answers none."""
    told = found.get("in_reply_to_id")
    return None if told is None else str(told)


def essence(text: str) -> str:
    """Reduce a text to what a server shows of it: words, and mentions without their server."""
    return abridged(" ".join(unicodedata.normalize("NFC", unsourced(text)).split()))


def abridged(text: str) -> str:
    """Return a text with mentions as a server shows and counts them: without the account's server.

    https://docs.joinmastodon.org/user/posting/#mentions
    """
    return _MENTION.sub(r"\1", text)
