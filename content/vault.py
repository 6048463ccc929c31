"""What seals secrets before they are kept: keys from outside, the first of which seals.

https://cryptography.io/en/latest/fernet/
"""

from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

__all__ = ["CannotOpen", "Vault", "new_key"]

_LENGTH: Final = 44
"""Of a key; base64 stops reading at the first padding, and would take two keys for one."""


class CannotOpen(Exception):
    """None of the keys opens what was sealed; says nothing of it."""


class Vault:
    """Seals with the first key, opens with any: that is how keys are changed."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (32 bytes in url-safe base64); raises ValueError where one is not."""
        if not keys or any(len(key) != _LENGTH for key in keys):
            raise ValueError("a vault has at least one key, and each is whole")
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def seal(self, words: str) -> str:
        """Return what nobody reads or changes without a key."""
        return self._keys.encrypt(words.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Return what was sealed; raises CannotOpen."""
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            raise CannotOpen("no key opens it") from None


def new_key() -> str:
    """Return a key that nobody has."""
    return Fernet.generate_key().decode("ascii")
