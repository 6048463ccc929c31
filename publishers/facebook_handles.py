"""The pages that bodies have on Facebook: kept, and not mentioned (docs/channels.md says why)."""

from typing import Final

from publishers.handles import Handles, address

__all__ = ["HANDLES"]

_NAME: Final = (
    r"(?!(?:pages|groups|events|watch|people|photos?|reels?|stories|hashtag|login|gaming|share"
    r"|sharer|marketplace|policies|[a-z]+\.php)(?![a-z0-9.]))(?P<name>[a-z0-9.]{5,50})"
)
"""https://www.facebook.com/help/105399436216001; and not what Facebook has there itself."""
_HOSTS: Final = r"(?:[a-z]{1,6}(?:-[a-z]{2})?\.)?facebook\.com|fb\.com"
_NUMBER: Final = r"(?P<name>\d{5,20})"

HANDLES: Final = Handles(
    example="l’indirizzo della pagina, come https://www.facebook.com/comune.brescia",
    forms=(
        rf"@?{_NAME}",
        address(_HOSTS, _NAME),
        address(_HOSTS, rf"(?:pages|people)/[^/\s]+/{_NUMBER}"),
        address(_HOSTS, rf"(?:p|pages/category/[^/\s]+)/[^/\s]*-{_NUMBER}"),
        rf"(?:https?://)?(?:{_HOSTS})/profile\.php\?id={_NUMBER}(?:[&#]\S*)?",
    ),
    page="https://www.facebook.com/{}",
    mention="",
)
