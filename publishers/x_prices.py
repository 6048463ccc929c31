"""What X asks for posts, in US dollars, in August 2026.

https://docs.x.com/x-api/getting-started/pricing
"""

import unicodedata
from decimal import Decimal
from typing import Final

from publishers.links import links

__all__ = ["FIGURES", "price_of"]

_POST: Final = Decimal("0.015")
_POST_WITH_LINK: Final = Decimal("0.20")
"""A created post; pictures and films change nothing."""
FIGURES: Final = Decimal("0.001")
"""A post of one's own that is read."""


def price_of(text: str) -> Decimal:
    """Return what a post with this text costs, which depends on whether it has a link."""
    # An address of a kind that X makes no link of may all the same be priced as one.
    linked = "://" in text or links(unicodedata.normalize("NFC", text))
    return _POST_WITH_LINK if linked else _POST
