"""Who failed to come in too often is not heard for a while."""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 20
WINDOW: Final = timedelta(minutes=10)
_KNOWN: Final = 10_000


class Brake:
    """Counts what went wrong lately, by the address it came from, in this process."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def refuses(self, who: str, now: datetime) -> bool:
        """Whether somebody failed too often to be heard again."""
        lately = self._failures.get(who, deque())
        while lately and lately[0] <= now - WINDOW:
            lately.popleft()
        return len(lately) >= FAILURES

    def failed(self, who: str, now: datetime) -> None:
        """Remember that somebody failed."""
        if len(self._failures) >= _KNOWN:  # a crowd of addresses: begin again
            self._failures.clear()
        self._failures.setdefault(who, deque(maxlen=FAILURES)).append(now)
