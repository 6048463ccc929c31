"""Italy's municipalities by ISTAT's list: found in running text, resolved from an answer."""

from content.municipalities.answers import Resolution, resolve
from content.municipalities.mentions import Mention, find
from content.municipalities.register import (
    HOME_REGION,
    Municipality,
    by_domain,
    fold,
    is_capital,
    is_ordinary,
    municipalities_of,
    provinces_of,
)

__all__ = [
    "HOME_REGION",
    "Mention",
    "Municipality",
    "Resolution",
    "by_domain",
    "find",
    "fold",
    "is_capital",
    "is_ordinary",
    "municipalities_of",
    "provinces_of",
    "resolve",
]
