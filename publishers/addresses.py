"""What the public address of a post tells of it."""

import re
from collections.abc import Sequence

__all__ = ["numbered"]


def numbered(pattern: str, addresses: Sequence[str]) -> str | None:
    """Return what a pattern's groups find in every address, as an id; None when it fits not all.

    Groups are joined by "_", addresses by ",".
    """
    found = [re.fullmatch(pattern, one) for one in addresses]
    told = ["_".join(one.groups()) for one in found if one]
    return ",".join(told) if told and len(told) == len(addresses) else None
