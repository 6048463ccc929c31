"""How the people of a journey act: by their phones, on the sandbox's Telegram."""

import asyncio
import io
from collections.abc import Callable
from typing import Any, TypeVar

from PIL import Image

from bottega.sandbox import Answer, Chat, Person, Sandbox

ACCEPT = "✅ Ho letto e accetto"
SEND = "📨 Invia alla redazione"
SEND_NO_MINORS = "📨 Invia (nessun minore si riconosce)"
APPROVE = "✅ Approva"
APPROVE_NOW = "🚀 Approva e pubblica ora"
ALTS_ARE_FINE = "🖼 Va bene così"
PATIENCE_SECONDS = 30.0

Message = dict[str, Any]
Seen = TypeVar("Seen")


class Phone:
    """A person and one chat of theirs with the bot, or the moderators' group."""

    def __init__(self, sandbox: Sandbox, person: Person, chat: Chat | None = None) -> None:
        self.sandbox, self.person = sandbox, person
        self.chat = chat or person.chat

    def write(self, text: str) -> None:
        """Write in the chat."""
        self.person.write(text, to=self.chat)

    async def sees(self, *words: str, after: int = 0) -> Message:
        """Wait for a message of the bot that holds all these words, the newest such."""

        def look() -> Message | None:
            for message in reversed(self.chat.messages):
                said = f"{message.get('text', '')}{message.get('caption', '')}"
                new = message["message_id"] > after and message["from"]["is_bot"]
                if new and all(word in said for word in words):
                    return message
            return None

        return await self.until(look)

    async def presses(self, button: str, message: Message) -> Answer:
        """Press a button, by its text, and wait for what the bot answers."""
        press = self.person.press(message, button)
        return await asyncio.to_thread(press.answered_sync, PATIENCE_SECONDS)

    async def approves(self, card: Message, how: str = APPROVE_NOW) -> Answer:
        """Approve a case, after the descriptions proposed for its pictures."""
        await self.describes(card)
        return await self.presses(how, card)

    async def describes(self, card: Message) -> None:
        """Accept the descriptions proposed for a case's pictures, if any."""
        number = card["message_id"]

        def shown() -> list[str]:
            return buttons(self.chat.get(number) or card)

        if ALTS_ARE_FINE in shown():
            await self.presses(ALTS_ARE_FINE, self.chat.get(number) or card)
            await self.until(lambda: ALTS_ARE_FINE not in shown() or None)

    async def joins(self) -> None:
        """Start the bot and accept the notice."""
        self.write("/start")
        await self.presses(ACCEPT, await self.sees("Per cominciare"))
        await self.sees("raccontami")

    async def submits(self, scheda: Message) -> str:
        """Send the scheda; return the receipt number."""
        shown = buttons(scheda)
        await self.presses(SEND if SEND in shown else SEND_NO_MINORS, scheda)
        return receipt_in(await self.sees("Ricevuta", after=scheda["message_id"]))

    async def until(self, look: Callable[[], Seen | None]) -> Seen:
        """Wait for something to be seen in Telegram."""
        return await self.sandbox.telegram.wait_for(look, PATIENCE_SECONDS)


def receipt_in(message: Message) -> str:
    """Return the number that a receipt gives."""
    return str(message["text"]).split("segnalazione è ")[1].split(".")[0]


def buttons(message: Message) -> list[str]:
    """Return the texts of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def picture(colour: str = "teal", size: tuple[int, int] = (320, 200)) -> bytes:
    """Return a photograph of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
