"""The templates: all Italian of the console is in them, and all is escaped."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bottega.web.console.desk import BASE, Desk
from content.roles import Deed, may
from content.slots import ROME
from publishers.base import dollars

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def render(template: str, desk: Desk, **values: Any) -> str:
    """Return a template's text."""
    return _environment().get_template(template).render(desk=desk, words=desk.words, **values)


def asset(name: str) -> str:
    """Return the address of a static file, which changes with what is in it."""
    return f"{BASE}/static/{name}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: Mapping[str, Any] = {"asset": asset, "base": BASE, "Deed": Deed, "may": may}
    environment.globals.update(shared)
    environment.filters |= {"rome": rome, "dollars": dollars}
    return environment


def rome(at: datetime) -> datetime:
    """Return a moment as the clocks in Rome show it."""
    return at.astimezone(ROME)
