"""The bot's inbox at Telegram: updates wait here until they are polled or pushed."""

from collections.abc import Callable
from typing import Any, TypeAlias

from bottega.sandbox.core import Switchboard
from bottega.sandbox.telegram.asked import GetUpdates
from bottega.sandbox.telegram.errors import BotApiError

Update: TypeAlias = dict[str, Any]

_ONLY_IF_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """The queue, with the rules of getUpdates.

    `pushed` says that a webhook takes the updates, so that polling is refused.
    """

    def __init__(self, board: Switchboard, clock: Callable[[], float]) -> None:
        self._board, self._clock = board, clock
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.queue: list[Update] = []
        self.allowed: list[str] = []
        self.pushed = False
        # From the clock, so that a sandbox started anew does not repeat the numbers of the last.
        self._next = int(self._clock())
        self._poller = 0

    def push(self, kind: str, content: dict[str, Any]) -> None:
        """Put an update in the queue, unless the bot has not asked for its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _ONLY_IF_ASKED
        if wanted:
            self.queue.append({"update_id": self._next, kind: content})
            self._next += 1
        self._board.touch()

    def done(self, update: Update) -> None:
        """Forget an update that was taken."""
        if update in self.queue:
            self.queue.remove(update)

    async def poll(self, ask: GetUpdates) -> list[Update]:
        """Wait for updates from `offset` on; a newer poll ends an older one with 409."""
        with self._board.lock:
            self._refuse_if_pushed()
            self._poller = mine = self._poller + 1
            if ask.allowed_updates is not None:
                self.allowed = ask.allowed_updates
            self._confirm(ask.offset)
            self._board.wake()
        limit = min(max(ask.limit, 1), 100)

        def look() -> list[Update] | None:
            self._refuse_if_pushed()
            if self._poller != mine:
                raise BotApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
            return self.queue[:limit] or None

        return await self._board.until(look, min(ask.timeout, 50)) or []

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.queue = self.queue[offset:]
        elif offset:
            self.queue = [update for update in self.queue if update["update_id"] >= offset]

    def _refuse_if_pushed(self) -> None:
        if self.pushed:
            raise BotApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
