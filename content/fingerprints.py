"""What a text has in common with a copy of it: its words, whatever the signs and the spaces."""

import hashlib
import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"\w+")


def fingerprint(text: str) -> str:
    """Return a hash of a text's words, the same for letters in capitals and other spacing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(" ".join(_WORD.findall(plain)).encode()).hexdigest()
