"""The channels and accounts that bodies have on Telegram."""

from typing import Final

from publishers.handles import Handles, address

__all__ = ["HANDLES"]

_NAME: Final = (
    r"(?!(?:joinchat|addstickers|addemoji|addlist|share|proxy|socks|login|confirmphone|setlanguage"
    r"|invoice|boost|bg|iv)(?![a-z0-9_]))(?P<name>[a-z][a-z0-9_]{2,30}[a-z0-9])"
)
"""https://core.telegram.org/method/account.updateUsername; not what Telegram has there itself."""

HANDLES: Final = Handles(
    example="il nome con la chiocciola, come @ComuneBrescia, o l’indirizzo del canale, come "
    "https://t.me/ComuneBrescia",
    forms=(rf"@?{_NAME}", address(r"(?:www\.)?(?:t\.me|telegram\.me)", rf"(?:s/)?@?{_NAME}")),
    page="https://t.me/{}",
)
