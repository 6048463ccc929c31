"""What the stand-in of a channel is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Literal

from starlette.routing import BaseRoute

from bottega.sandbox.core import Switchboard


class Outlet(ABC):
    """A channel's stand-in, which is mounted at /PATH of the sandbox.

    Troubles are ordered for its operations, by `channel` as the service's name.
    """

    channel: ClassVar[str]
    path: ClassVar[str]
    changes: ClassVar[Mapping[str, Sequence[str]]]
    """The operations that a gesture ends in: create, edit, delete, reply; those that it has.

    The first is what a post without pictures asks for.
    """
    uploads: ClassVar[Sequence[str]] = ()
    """The operations that come before, for a post with pictures."""
    readings: ClassVar[Sequence[str]] = ()
    """The operations by which what is out is read back."""
    broken: ClassVar[str]
    """The JSON body of the service's own answer 500."""
    hollow: ClassVar[str]
    """The JSON body of a success that proves nothing: no id, no word of what was done."""
    repetition: ClassVar[Literal["refused", "recognised", "taken"]]
    """What the service does with a post that it has: it comes out again only where it is taken."""

    def __init__(self, board: Switchboard) -> None:
        """Begin empty; `now` is the service's clock."""
        self.board = board
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.reset()

    @abstractmethod
    def reset(self) -> None:
        """Begin with nothing published."""

    @abstractmethod
    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be mounted at the path."""

    @abstractmethod
    def keys(self, url: str) -> dict[str, str]:
        """Return what a newsroom needs to reach it, mounted at `url`."""

    @abstractmethod
    def texts(self) -> list[str]:
        """Return the texts of what is out now, oldest first."""
