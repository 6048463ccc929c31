"""Templates drawn once with gaps, then filled for each article.

To draw a page anew takes Jinja a quarter of a millisecond, most of it for what all of them have.
"""

import secrets
from collections.abc import Iterable
from typing import Any, Final, Self

from jinja2 import Template
from markupsafe import Markup, escape

_EDGE: Final = f"[{secrets.token_hex(16)}]"
"""Around the name of a gap: what no text that comes to stand in a template can have."""


class Stencil:
    """A page with gaps; what fills them is escaped unless it is markup."""

    __slots__ = ("_names", "_parts")

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = tuple(parts)  # what stands, and at odd places the names of gaps
        self._names = self._parts[1::2]

    @classmethod
    def of(cls, template: Template, **values: Any) -> Self:
        """Return a template drawn with gaps for some of its values."""
        return cls(template.render(**values).split(_EDGE))

    def partly(self, **values: str) -> "Stencil":
        """Return it with some of its gaps filled."""
        parts = [self._parts[0]]
        for name, rest in zip(self._names, self._parts[2::2], strict=True):
            if name in values:
                parts[-1] = "".join((parts[-1], escape(values[name]), rest))
            else:
                parts += (name, rest)
        return Stencil(parts)

    def fill(self, **values: str) -> Markup:
        """Return the whole; raises KeyError when a gap is left."""
        for name, value in values.items():
            if type(value) is not Markup:
                values[name] = escape(value)
        parts = list(self._parts)
        parts[1::2] = [values[name] for name in self._names]
        return Markup("".join(parts))  # noqa: S704  all of it escaped above


def gap(name: str) -> Markup:
    """Return a gap, to be given to a template in a value's place.

    It comes to stand on the page as it is: no filter nor condition may look at it.
    """
    return Markup(f"{_EDGE}{name}{_EDGE}")  # noqa: S704  a name of ours


def gaps(*names: str) -> dict[str, Markup]:
    """Return several, by name."""
    return {name: gap(name) for name in names}
