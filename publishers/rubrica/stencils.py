"""Templates drawn once with gaps, then filled for each article.

To draw a page anew takes Jinja a quarter of a millisecond, most of it for what all of them have.
"""

import secrets
import sys
from typing import Final, NamedTuple, Self

from markupsafe import Markup, escape
from pydantic_core import to_json

_EDGE: Final = f"[{secrets.token_hex(16)}]".encode()
"""Around the name of a gap: what no text that comes to stand in a template can have."""


class Stencil(NamedTuple):
    """What a template made of values and gaps.

    All of it is kept, and filled, in UTF-8: what has been written in a file a thousand times is
    encoded once.
    """

    parts: list[bytes]
    """What stands; something for each gap is at odd places."""
    names: list[str]
    """Those of the gaps."""

    @classmethod
    def of(cls, drawn: str | bytes) -> Self:
        """Return what was drawn with gaps."""
        parts = (drawn if isinstance(drawn, bytes) else drawn.encode()).split(_EDGE)
        return cls(parts, [sys.intern(name.decode()) for name in parts[1::2]])

    @classmethod
    def of_json(cls, data: object) -> Self:
        """Return data as JSON: a gap among its texts is to be filled with a value in JSON."""
        return cls.of(to_json(data).replace(b'"' + _EDGE, _EDGE).replace(_EDGE + b'"', _EDGE))

    def fill(self, **values: str | bytes) -> bytes:
        """Return the whole; raises KeyError when a gap is left. A gap may be filled with a gap.

        Bytes are markup, as what is returned is; other values are escaped unless they are Markup.
        """
        filled = {
            name: value if type(value) is bytes else escape(value).encode()
            for name, value in values.items()
        }
        parts = self.parts.copy()
        parts[1::2] = map(filled.__getitem__, self.names)
        return b"".join(parts)


def gap(name: str) -> Markup:
    """Return a gap, to be given to a template in a value's place.

    It comes to stand on the page as it is: no filter nor condition may look at it.
    """
    return Markup(f"{_EDGE.decode()}{name}{_EDGE.decode()}")  # noqa: S704  a name of ours


def gaps(*names: str) -> dict[str, Markup]:
    """Return several, by name."""
    return {name: gap(name) for name in names}
