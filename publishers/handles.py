"""The accounts that bodies have on a network: read from what people type, and mentioned."""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Handles", "NotAnAccountError", "address"]

LONGEST: Final = 300
"""Signs of what is read; an address that people paste may carry much behind it."""


class NotAnAccountError(ValueError):
    """What was typed names no account of the network."""


@dataclass(frozen=True, slots=True)
class Handles:
    """How a network names its accounts.

    `forms` are patterns of all that people type or paste; their groups are the parts that `kept`
    puts together. `example` says in Italian what is expected. `page` is where an account is seen.
    `mention` is what names it in a text so that it is told; "" where nothing surely does.
    """

    example: str
    forms: tuple[str, ...]
    page: str
    mention: str = "@{}"
    kept: str = "{name}"

    def read(self, told: str) -> str:
        """Return the account that was typed, as it is kept; raises NotAnAccountError."""
        said = "".join(one for one in told if one.isprintable()).strip()
        for form in self.forms if len(said) <= LONGEST else ():
            if found := re.fullmatch(form, said, re.IGNORECASE | re.ASCII):
                parts = found.groupdict()
                return self.kept.format_map(parts | {"host": (parts.get("host") or "").lower()})
        raise NotAnAccountError(self.example)

    def mentioned(self, account: str) -> str:
        """Return what mentions an account in a text, "" where nothing surely does."""
        return self.mention.format(account)

    def shown(self, account: str) -> str:
        """Return an account as people know it, which `read` reads back."""
        return self.mentioned(account) or self.address(account)

    def address(self, account: str) -> str:
        """Return the address of an account's page."""
        name, _, host = account.partition("@")
        return self.page.format(account, name=name, host=host)


def address(hosts: str, path: str) -> str:
    """Return the pattern of a web address, with or without its protocol and what is asked of it.

    `hosts` and `path` are patterns.
    """
    return rf"(?:https?://)?(?:{hosts})/{path}/?(?:[?#]\S*)?"
