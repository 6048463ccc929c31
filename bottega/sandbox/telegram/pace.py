"""Telegram's documented rate limits, when a test switches them on."""

from collections import defaultdict, deque
from collections.abc import Callable

from bottega.sandbox.telegram.chats import Chat
from bottega.sandbox.telegram.errors import too_many

_OVERALL = (30, 1.0)
_PRIVATE = (3, 3.0)
_GROUP = (20, 60.0)


class Pace:
    """Counts what the bot sends: 30 a second, 20 a minute in a group, one a second elsewhere.

    Bursts of three are let pass in a private chat, as the real limit is a soft one. Edits count.
    https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: dict[int, deque[float]] = defaultdict(deque)

    def step(self, chat: Chat) -> None:
        """Count one call about this chat; raises 429 when it is one too many."""
        now = self._clock()
        limits = {0: _OVERALL, chat.id: _PRIVATE if chat.type == "private" else _GROUP}
        for key, (most, seconds) in limits.items():
            calls = self._calls[key]
            while calls and calls[0] <= now - seconds:
                calls.popleft()
            if len(calls) >= most:
                raise too_many(calls[0] + seconds - now)
        for key in limits:
            self._calls[key].append(now)
