"""The accounts that bodies have on Mastodon, each on some server."""

from typing import Final

from publishers.handles import Handles, address

__all__ = ["HANDLES"]

_NAME: Final = r"(?P<name>[a-z0-9_](?:[a-z0-9_.-]{0,60}[a-z0-9_])?)"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SERVER: Final = rf"(?:{_LABEL}\.){{1,6}}[a-z][a-z0-9-]{{0,61}}[a-z0-9]"
_HOST: Final = rf"(?P<host>{_SERVER})"

HANDLES: Final = Handles(
    example="nome e server, come @comune@mastodon.uno, o l’indirizzo del profilo, come "
    "https://mastodon.uno/@comune",
    forms=(
        rf"@{_NAME}@{_HOST}",
        address(_SERVER, rf"(?:web/)?@{_NAME}@{_HOST}"),  # seen from another server
        address(_HOST, rf"(?:(?:web/)?@|users/){_NAME}"),
    ),
    page="https://{host}/@{name}",
    kept="{name}@{host}",
)
