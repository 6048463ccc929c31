"""A conversation with Telegram's Bot API about a channel, in which every failure is judged.

https://core.telegram.org/bots/api#making-requests
"""

from typing import Any, ClassVar, Final

import requests

from publishers.base import Call, CannotTell, ChannelDown, Rejected, Unavailable, Unclear
from publishers.conversation import Conversation
from publishers.http import redact

__all__ = ["Bot"]

_NOT_OURS: Final = (
    "chat not found",
    "not enough rights",
    "administrator rights",
    "chat_write_forbidden",
    "channel_private",
)
"""Refusals (400) that every other post would meet as well."""


class Bot(Conversation):
    """One conversation with the Bot API, whose every address carries the token."""

    service: ClassVar[str] = "Telegram"

    def __init__(self, api_url: str, token: str, call: Call | None) -> None:
        super().__init__(f"{api_url.rstrip('/')}/bot{token}", call)
        self._token = token

    def ask(self, method: str, proof: Any, **rest: Any) -> Any:
        """Make the call that changes the channel and return its result, which `proof` accepts."""
        done = self.change("POST", method, lambda told: _result(told, proof), **rest)
        return done["result"]

    def look(self, method: str, **query: str) -> dict[str, Any]:
        """Read; raises CannotTell when the answer is no answer."""
        told = self.read(method, **query)
        if not isinstance(told, dict) or not _result(told, lambda one: isinstance(one, dict)):
            raise CannotTell("Telegram ha dato una risposta incomprensibile.")
        found: dict[str, Any] = told["result"]
        return found

    def judged(self, answer: requests.Response, told: Any) -> Exception:
        """Say what an answer other than a success proves."""
        status = answer.status_code
        if not isinstance(told, dict) or told.get("ok") is not False:
            return Unclear(f"Telegram ha risposto {status} senza spiegarsi.")
        detail = redact(str(told.get("description", "")), (self._token,))
        match status:
            case 429:
                parameters = told.get("parameters")
                wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
                reason = "Telegram chiede di aspettare: troppi messaggi in poco tempo."
                return Unavailable(reason, self.after(wait), whole_channel=True)
            case 401 | 403 | 404:
                return ChannelDown(f"Telegram non accetta il bot nel canale: {detail}")
            case 400 if any(words in detail.lower() for words in _NOT_OURS):
                return ChannelDown(f"Telegram non lascia pubblicare il bot nel canale: {detail}")
            case 400 | 413:
                return Rejected(f"Telegram ha rifiutato il messaggio: {detail}")
        return Unclear(f"Telegram ha risposto {status}: {detail}")


def _result(told: dict[str, Any], proof: Any) -> bool:
    return told.get("ok") is True and bool(proof(told.get("result")))
