"""Buttons that were pressed, and what the bot answered."""

from dataclasses import dataclass

from bottega.sandbox.core import Switchboard
from bottega.sandbox.telegram.chats import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a press: a passing note, or an alert to be dismissed."""

    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(slots=True)
class Press:
    """A button that was pressed; `answer` is None until the bot answers."""

    id: str
    board: Switchboard
    answer: Answer | None = None

    async def answered(self, seconds: float = 5) -> Answer:
        """Wait for the bot's answer; raises TimeoutError."""
        return _in_time(await self.board.until(lambda: self.answer, seconds))

    def answered_sync(self, seconds: float = 5) -> Answer:
        """Wait for the bot's answer without a loop; raises TimeoutError."""
        return _in_time(self.board.until_sync(lambda: self.answer, seconds))


def data_of(message: Message, button: str) -> str:
    """Return the data of the button with this text or data; raises LookupError."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [b for row in rows for b in row]
    for key in ("text", "callback_data"):
        for shown in buttons:
            if shown.get(key) == button and "callback_data" in shown:
                return str(shown["callback_data"])
    raise LookupError(f"no button {button!r} among {[b['text'] for b in buttons]}")


def _in_time(answer: Answer | None) -> Answer:
    if answer is None:
        raise TimeoutError("the bot did not answer the button")
    return answer
