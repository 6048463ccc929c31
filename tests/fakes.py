"""A channel that does what a test tells it to, and remembers what it was sent."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from publishers.base import Call, Limits, Piece, Post, Published, Publisher


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that reached the channel: the operation's key, the post's bytes, and the action."""

    key: str
    body: str
    call: Call


class FakePublisher(Publisher):
    """A channel in memory, safe for many threads.

    `outcomes` are taken by the calls in turn: an exception is raised, after the post came out if
    `out_anyway`; None, or no outcome left, is a success. Each call lasts `seconds`, or until
    `gate` is set where there is one.
    """

    limits = Limits(text=1000, media=0)
    settling = timedelta(0)

    def __init__(
        self,
        channel: str,
        *,
        outcomes: Iterable[Exception | None] = (),
        out_anyway: bool = False,
        seconds: float = 0,
        gate: threading.Event | None = None,
    ) -> None:
        self.channel = self.label = channel  # type: ignore[misc]  # one class, many channels
        self.seconds, self.gate, self.out_anyway = seconds, gate, out_anyway
        self.outcomes = list(outcomes)
        self.sent: list[Sent] = []
        self.out: dict[str, Published] = {}
        self.reached = threading.Event()
        self.reading: Exception | None = None
        """What `seek` raises, if anything, after it has yielded `shown` posts."""
        self.shown: int | None = None
        self._lock = threading.Lock()

    @property
    def configured(self) -> bool:
        return True

    def render(self, piece: Piece) -> Post:
        return Post(channel=self.channel, title=piece.title, text=piece.title)

    def publish(self, post: Post, call: Call) -> Published:
        with self._lock:
            outcome = self.outcomes.pop(0) if self.outcomes else None
            self.sent.append(Sent(call.key, post.canonical(), call))
            number = len(self.sent)
        self.reached.set()
        if self.gate is not None:
            self.gate.wait(30)
        time.sleep(self.seconds)
        published = Published(
            f"{self.channel}-{number}", f"https://{self.channel}.example/{number}"
        )
        if outcome is None or self.out_anyway:
            with self._lock:
                self.out[post.sha256] = published
        if outcome is not None:
            raise outcome
        return published

    def seek(self, posts: Sequence[Post], since: datetime) -> Iterator[tuple[Post, Published]]:
        with self._lock:
            found = [(post, self.out[post.sha256]) for post in posts if post.sha256 in self.out]
        yield from found[: self.shown]
        if self.reading is not None:
            raise self.reading

    def id_in(self, post: Post, addresses: Sequence[str]) -> str | None:
        here = f"https://{self.channel}.example/"
        if not addresses or not all(one.startswith(here) for one in addresses):
            return None
        return ",".join(f"{self.channel}-{one.removeprefix(here)}" for one in addresses)

    def called(self) -> list[str]:
        """Return the keys of the operations that were sent, once for each call."""
        with self._lock:
            return [one.key for one in self.sent]
