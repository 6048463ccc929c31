"""What a process of the newsroom does: everything, or on PostgreSQL a part of it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A part of the work: people talk to one, browsers to another, the third sends."""

    BOT = "bot"
    WEB = "web"
    WORKER = "worker"


ALL: Final = frozenset(Role)


class UnknownRole(Exception):
    """There is no such role; the message says so in Italian."""


def parse(given: Iterable[str]) -> frozenset[Role]:
    """Return the roles named, `all` and commas understood; raises UnknownRole."""
    names = [name.strip() for one in given for name in one.split(",")]
    roles: set[Role] = set()
    for name in names:
        if name == "all":
            roles |= ALL
        elif name in ALL:
            roles.add(Role(name))
        else:
            known = ", ".join([*Role, "all"])
            raise UnknownRole(f"Il ruolo «{name}» non esiste: scegli fra {known}.")
    return frozenset(roles)
