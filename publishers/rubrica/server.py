"""What plain files cannot say for themselves, for the servers that may serve them.

Bottega's own web server, nginx and Caddy say the same: what browsers must keep to, how long what
may be kept, where a moved article went, that a retracted one is gone.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from publishers.rubrica.cards import Masthead
from publishers.rubrica.entries import Address
from publishers.rubrica.files import write
from publishers.rubrica.films import PLAYER
from publishers.rubrica.site import MOVED_MARK, RETRACTED_MARK

FOREVER: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "public, max-age=60"
LASTING: Final = ("media", "static")
"""The folders whose files never change under the same name."""
FILES: Final = (
    "nginx-http.conf",
    "nginx-server.conf",
    "redirects.map",
    "Caddyfile",
    "redirects.caddy",
)


def policy(*, frames: str = "'self'") -> str:
    """Return the Content-Security-Policy; `frames` is who may show the pages in a frame.

    The search is the only script that fetches, and what it fetches is ours; a film on YouTube is
    framed when it is started. JSON-LD is data, which no policy stops.
    """
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; style-src 'self'; font-src 'self'; "
        f"frame-src {PLAYER}; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
    )


def headers(*, frames: str = "'self'") -> Mapping[str, str]:
    """Return what every answer says to protect its readers."""
    return {
        "content-security-policy": policy(frames=frames),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "referrer-policy": "strict-origin-when-cross-origin",
        "x-content-type-options": "nosniff",
    }


def write_all(
    folder: Path, masthead: Masthead, moves: Iterable[tuple[Address, Address]], site: Path
) -> None:
    """Write the servers' settings in a folder beside the site."""
    root = masthead.root
    values = {
        "root": root,
        "site": site.resolve(),
        "folder": folder.resolve(),
        "headers": headers(),
        "forever": FOREVER,
        "briefly": BRIEFLY,
        "lasting": LASTING,
        "retracted": RETRACTED_MARK,
        "marks": (RETRACTED_MARK, MOVED_MARK),
        "moves": [
            (f"{root}/{old.section}/{old.slug}/", f"{root}/{new.section}/{new.slug}/")
            for old, new in moves
        ],
    }
    templates = Environment(
        loader=PackageLoader("publishers.rubrica", "servers"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML; slugs and our own words alone come in
    )
    for name in FILES:
        write(folder / name, templates.get_template(name + ".txt").render(values).encode())
