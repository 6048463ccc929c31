"""What the public address of a post tells of it, and what a page's tells of who leads there."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

__all__ = ["numbered", "sourced", "unsourced"]

_QUERIED: Final = re.compile(r"https?://[^\s?#]*\?[^\s#]*", re.IGNORECASE)


def numbered(pattern: str, addresses: Sequence[str]) -> str | None:
    """Return what a pattern's groups find in every address, as an id; None when it fits not all.

    Groups are joined by "_", addresses by ",".
    """
    found = [re.fullmatch(pattern, one) for one in addresses]
    told = ["_".join(one.groups()) for one in found if one]
    return ",".join(told) if told and len(told) == len(addresses) else None


def sourced(url: str, **said: str) -> str:
    """Return an address with the UTM parameters that are `said`, in place of any it has.

    They tell the column's statistics where a reader comes from:
    https://support.google.com/analytics/answer/10917952.
    """
    new = {f"utm_{name}": value for name, value in said.items() if value}
    parts = urlsplit(url)
    others = [one for one in parse_qsl(parts.query, True) if not one[0].startswith("utm_")]
    return parts._replace(query=urlencode([*others, *new.items()])).geturl()


def unsourced(text: str) -> str:
    """Return a text whose addresses have no UTM parameters, which a channel may take away."""
    return _QUERIED.sub(lambda found: _bare(found[0]), text)


def _bare(address: str) -> str:
    page, _, query = address.partition("?")
    kept = "&".join(one for one in query.split("&") if not one.lower().startswith("utm_"))
    return f"{page}?{kept}" if kept else page
