"""The accounts that bodies have on X."""

from typing import Final

from publishers.handles import Handles, address

__all__ = ["HANDLES"]

_NAME: Final = (
    r"(?!(?:i|home|explore|search|hashtag|intent|share|login|signup|settings|messages"
    r"|notifications|compose|tos|privacy)(?![A-Za-z0-9_]))(?P<name>[A-Za-z0-9_]{1,15})"
)
"""https://help.x.com/en/managing-your-account/x-username-rules; and not what X has there itself."""

HANDLES: Final = Handles(
    example="il nome con la chiocciola, come @ComuneBrescia, o l’indirizzo del profilo, come "
    "https://x.com/ComuneBrescia",
    forms=(rf"@?{_NAME}", address(r"(?:www\.|mobile\.|m\.)?(?:x|twitter)\.com", rf"@?{_NAME}")),
    page="https://x.com/{}",
)
