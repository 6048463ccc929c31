"""Asks Telegram for updates, and acknowledges what is committed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.inbox import Inbox, number_of

log = structlog.get_logger()
WAIT_SECONDS: Final = 20
AT_ONCE: Final = 100
_PATIENCE_SECONDS: Final = 10
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0


class Polling:
    """Fetches until cancelled, whatever comes and whatever fails.

    A number is acknowledged by asking for the next one, which is done only after the commit. The
    updates stay as they came: one that the library cannot read is kept too, and keeps back none.
    https://core.telegram.org/bots/api#getupdates
    """

    def __init__(self, bot: ExtBot[Any], inbox: Inbox, kinds: Sequence[str]) -> None:
        """Take the kinds of updates to ask for, by their names in the Bot API."""
        self._bot, self._inbox, self._kinds = bot, inbox, list(kinds)
        self._offset = 0

    async def run(self) -> None:
        """Fetch until cancelled."""
        pause = 0.0
        prepared = False
        while True:
            try:
                if not prepared:  # while a webhook is set, Telegram refuses to be polled
                    await self._bot.delete_webhook()
                    prepared = True
                await self._fetch()
                pause = 0.0
            except RetryAfter as error:
                wait = error.retry_after
                pause = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            except TelegramError as error:
                pause = _longer(pause)
                log.warning("telegram_silent", error=type(error).__name__, again_in=pause)
            except Exception:  # nothing was acknowledged: it is given again
                pause = _longer(pause)
                log.exception("updates_not_kept")
            await asyncio.sleep(pause)

    async def _fetch(self) -> None:
        """Ask once and keep what comes.

        Telegram takes the method's name in any case; in small letters the library gives back what
        came, without reading it.
        """
        came: list[Any] = await self._bot.do_api_request(
            "getupdates",
            {
                "offset": self._offset,
                "timeout": WAIT_SECONDS,
                "limit": AT_ONCE,
                "allowed_updates": self._kinds,
            },
            read_timeout=WAIT_SECONDS + _PATIENCE_SECONDS,
        )
        numbered = {number: one for one in came if (number := number_of(one)) is not None}
        if len(numbered) < len(came):
            log.error("not_an_update", count=len(came) - len(numbered))
        if numbered:
            await self._inbox.take(list(numbered.values()))
            self._offset = max(numbered) + 1


def _longer(pause: float) -> float:
    return min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
