"""Updates pushed to the bot's own address, one at a time, each until it is taken."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx

from bottega.sandbox.core import Switchboard
from bottega.sandbox.telegram.asked import SetWebhook
from bottega.sandbox.telegram.errors import bad
from bottega.sandbox.telegram.updates import Update, Updates

_PATIENCE = httpx.Timeout(30)


class Webhook:
    """Where updates go; `pause` is the time in seconds before the first repetition."""

    def __init__(self, board: Switchboard, updates: Updates, clock: Callable[[], float]) -> None:
        self._board, self._updates, self._clock = board, updates, clock
        self.reset()

    def reset(self) -> None:
        """Begin anew, without a webhook."""
        self._set = SetWebhook()
        self._error: dict[str, Any] = {}
        self.pause = 0.1

    def set(self, ask: SetWebhook) -> bool:
        """Take a new address; an empty one removes it (plain HTTP is let pass, for loopback)."""
        if ask.url and not re.match(r"https?://[^\s/]+", ask.url):
            raise bad("bad webhook: URL host is empty")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", ask.secret_token):
            raise bad("secret token contains unallowed characters")
        self._set, self._error = ask, {}
        self._updates.pushed = bool(ask.url)
        if ask.allowed_updates is not None:
            self._updates.allowed = ask.allowed_updates
        if ask.drop_pending_updates:
            self._updates.queue.clear()
        self._board.wake()
        return True

    def info(self) -> dict[str, Any]:
        """Return the Bot API's WebhookInfo."""
        info: dict[str, Any] = {
            "url": self._set.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.queue),
        }
        if self._set.url:
            info |= {"max_connections": self._set.max_connections, **self._error}
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def deliver(self) -> None:
        """Push updates for as long as the sandbox is served."""
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
            pause = self.pause
            while True:
                due = await self._board.until(self._due, 60)
                if due is not None and await self._push(client, *due):
                    pause = self.pause
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2) if due else self.pause

    def _due(self) -> tuple[SetWebhook, Update] | None:
        queue = self._updates.queue
        return (self._set, queue[0]) if self._set.url and queue else None

    async def _push(self, client: httpx.AsyncClient, hook: SetWebhook, update: Update) -> bool:
        secret = hook.secret_token
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            answer = await client.post(hook.url, json=update, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return self._failed("Connection refused or timed out")
        if not answer.is_success:
            return self._failed(f"Wrong response from the webhook: {answer.status_code}")
        with self._board.lock:
            self._updates.done(update)
        self._board.touch()
        return True

    def _failed(self, reason: str) -> bool:
        with self._board.lock:
            self._error = {"last_error_date": int(self._clock()), "last_error_message": reason}
        return False
