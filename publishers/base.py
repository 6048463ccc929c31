"""What a channel's adapter is: pure render, one changing call, honest errors, a reading back."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel

from content.deliveries import Action
from content.posts import Piece, Post

__all__ = [
    "Action", "Call", "CannotTell", "ChannelDown", "Finding", "Limits", "Piece", "Post",
    "Published", "Publisher", "Rejected", "Unavailable",
]  # fmt: skip


class Unavailable(Exception):
    """Certainly not performed (refused connection, documented throttle); may be tried again.

    `retry_at` is the moment the channel named, if it named one. `whole_channel` says that every
    call to this account would meet the same answer (a throttle), not this one alone.
    """

    def __init__(
        self, reason: str, retry_at: datetime | None = None, *, whole_channel: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.retry_at, self.whole_channel = reason, retry_at, whole_channel


class Rejected(Exception):
    """Certainly not performed, and refused for good: the same call would be refused again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChannelDown(Exception):
    """Certainly not performed: the account cannot post now (revoked token, missing right)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotTell(Exception):
    """Reading the channel back gave no proof either way (raised by `find` alone)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes: `text` in the channel's own measure (0: no text), media in number."""

    text: int
    media: int


@dataclass(frozen=True, slots=True)
class Call:
    """The circumstances of one operation.

    `key` names the operation for good. `due_at` is the moment it was planned for, `now` the
    present, both UTC. `remote_id` is what an edit, a delete or a reply is aimed at.
    """

    key: str
    action: Action
    now: datetime
    due_at: datetime
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Proof of success: the channel's own id of the post and its public address."""

    remote_id: str
    permalink: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report, in Italian; `mend` says what to do when it is not well."""

    well: bool
    what: str
    mend: str = ""


class Publisher(ABC):
    """One channel. Blocking code with hard timeouts; holds no state of its own between calls.

    Whatever `publish` raises beside Unavailable, Rejected and ChannelDown means "nobody knows":
    the operation becomes unconfirmed and is reconciled through `find`.
    """

    channel: ClassVar[str]
    label: ClassVar[str]
    limits: ClassVar[Limits]
    settling: timedelta
    """How long after a call a post that was created may still be absent from a reading."""
    idempotent: ClassVar[bool] = False
    """Whether performing the same operation again is harmless, so that it needs no reading back."""

    class Config(BaseModel):
        """The channel's keys; each is read from the environment as CHANNEL_KEY."""

    @abstractmethod
    def __init__(self, config: BaseModel, media_root: Path) -> None:
        """Take the channel's Config and the folder where media are kept by hash."""

    @property
    @abstractmethod
    def configured(self) -> bool:
        """Whether all keys are there."""

    @abstractmethod
    def render(self, piece: Piece) -> Post:
        """Return what would be sent for this piece: pure, the same bytes each time."""

    @abstractmethod
    def publish(self, post: Post, call: Call) -> Published:
        """Perform the operation: all that may fail freely first, then exactly one changing call."""

    @abstractmethod
    def find(self, post: Post, since: datetime) -> Published | None:
        """Read the channel back for a post created at or after `since` (UTC).

        None means proved absent from a complete reading. Raises CannotTell, Unavailable or
        ChannelDown when there is no proof.
        """

    def check(self) -> Sequence[Finding]:
        """Ask the channel whether its keys and rights are good (reads only); for the doctor."""
        return ()


Outcome = Literal["unavailable", "rejected", "channel_down", "unconfirmed"]
