"""How fast a group may be written to: so many calls in any minute, edits too."""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(seconds=61)
"""A minute, and what a call may be late: https://core.telegram.org/bots/faq#broadcasting-to-users"""

ENOUGH: Final = 1000


class Tempo:
    """Counts the calls in each group; a leaky bucket would let twice as many pass at first."""

    def __init__(self, calls: int, clock: Callable[[], datetime]) -> None:
        """Take how many calls a minute a group may have; 0 for any number."""
        self._most, self._clock = calls, clock
        self._calls: dict[int, deque[datetime]] = defaultdict(deque)
        self._held: dict[int, datetime] = {}

    def free(self, chat_id: int) -> bool:
        """Whether a chat may be written to now."""
        now = self._clock()
        if self._held.get(chat_id, now) > now:
            return False
        self._held.pop(chat_id, None)
        if not self._most or chat_id >= 0:
            return True
        calls = self._calls[chat_id]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        return len(calls) < self._most

    def room(self, chat_id: int) -> int:
        """Return how many calls may follow at once, more than enough where there is no brake."""
        if not self._most or chat_id >= 0:
            return ENOUGH
        return self._most - len(self._calls[chat_id]) if self.free(chat_id) else 0

    def count(self, chat_id: int) -> None:
        """Note that a call about a chat was made."""
        if self._most and chat_id < 0:
            self._calls[chat_id].append(self._clock())

    def hold(self, chat_id: int, until: datetime) -> None:
        """Write nothing to a chat until a moment, as Telegram asks."""
        self._held[chat_id] = until
