"""What the stand-in of a channel is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

from starlette.routing import BaseRoute

from bottega.sandbox.core import Switchboard


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as the page shows it: its address within the sandbox, its description."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as the page shows it.

    `created` is ISO 8601; `link` becomes a card; `measured` is what the service counts of the text
    and what it takes at most; `reply` says that it goes on from another post. `films` are told as
    `photos`, with their captions, where they have any, for a description.
    """

    id: str
    text: str
    created: str
    permalink: str
    deleted: bool = False
    link: str | None = None
    photos: tuple[Image, ...] = ()
    measured: tuple[int, int] | None = None
    reply: bool = False
    films: tuple[Image, ...] = ()


class Outlet(ABC):
    """A channel's stand-in, which is mounted at /PATH of the sandbox.

    Troubles are ordered for its operations, by `channel` as the service's name.
    """

    channel: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    mark: ClassVar[str]
    """What the service is called, what of it this is, and the letter of its pane."""
    path: ClassVar[str]
    changes: ClassVar[Mapping[str, Sequence[str]]]
    """The operations that a gesture ends in: create, edit, delete, reply; those that it has.

    The first is what a post without pictures asks for.
    """
    uploads: ClassVar[Sequence[str]] = ()
    """The operations that come before, for a post with pictures."""
    shows_films: ClassVar[bool] = False
    """Whether a post may show a film; the last operation of "create" puts it out."""
    takes_captions: ClassVar[bool] = False
    """Whether it takes a film's captions."""
    longest_film: ClassVar[float | None] = None
    """How many seconds a film may last, None where nobody says."""
    film_uploads: ClassVar[Sequence[str]] = ()
    """The operations that come before, for a post with a film that has captions."""
    film_looks: ClassVar[str] = ""
    """That of them which looks how far the processing of a film is."""
    readings: ClassVar[Sequence[str]] = ()
    """The operations by which what is out is read back."""
    name: str
    """Whose posts they are."""
    handle: str = ""
    """How they are called there."""
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
    def shown(self) -> list[Shown]:
        """Return the posts, oldest first, the deleted included."""

    def texts(self) -> list[str]:
        """Return the texts of what is out now, oldest first."""
        return [post.text for post in self.shown() if not post.deleted]
