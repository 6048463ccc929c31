"""The people of a crowd: each tells a story of their own, with an album, to the receipt."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any, Final

from PIL import Image

from bottega.sandbox import Person, Sandbox

PHOTOS: Final = 3
_ANYWAY: Final = "📨 Invia lo stesso"
"""In a large crowd some stories of one place are alike."""
_LOOK_SECONDS: Final = 0.25
_SQUARES: Final = 16
_FIRST: Final = 800_000_000
_WORDS: Final = (
    "biblioteca", "sentiero", "mercato", "scuola", "teatro", "fontana", "orto", "museo", "ponte",
    "palestra", "coro", "parco", "festival", "cortile", "laboratorio", "torrente", "ciclabile",
    "archivio", "refettorio", "campanile", "vivaio", "molo", "chiostro", "radio", "officina",
    "cinema", "lavatoio", "frantoio", "belvedere", "osservatorio",
)  # fmt: skip
_PLACES: Final = (
    "Tirano", "Sondrio", "Morbegno", "Chiavenna", "Bormio", "Lecco", "Como", "Varese", "Cremona",
    "Mantova", "Lodi", "Crema", "Bergamo", "Brescia", "Pavia", "Monza", "Vigevano", "Voghera",
    "Saronno", "Legnano",
)  # fmt: skip


@dataclass(slots=True)
class One:
    """A person of the crowd, what they tell, and the pictures' ids in the order they send them."""

    person: Person
    story: str
    pictures: list[str] = field(default_factory=list)
    receipt: str = ""


def one_of_many(sandbox: Sandbox, number: int, random: Random) -> One:
    """Return a person who has not said anything yet."""
    words = random.sample(_WORDS, 8)
    place = random.choice(_PLACES)
    story = (
        f"{words[0].capitalize()} e {words[1]} numero {number}: il Comune di {place} ha aperto "
        f"{words[2]}, {words[3]} e {words[4]} per chi abita vicino a {words[5]}. "
        f"Si comincia dal {words[6]}, poi verrà il {words[7]} {number * 7919 % 10007}."
    )
    person = sandbox.telegram.person(_FIRST + number, f"Persona {number}")
    return One(person, story)


async def tell(one: One) -> None:
    """Tell a story with an album, from the first greeting to the receipt."""
    person = one.person
    person.write("/start")
    person.press(await _sees(one, "Per cominciare", button="accetto"), "c:accept")
    await _sees(one, "raccontami")
    person.write(one.story)
    await _sees(one, "La tua segnalazione")
    for message in person.send_album([_picture(one, n) for n in range(PHOTOS)]):
        one.pictures.append(message["photo"][-1]["file_id"])
    scheda = await _sees(one, f"Foto: {PHOTOS}", button="📨 Invia")
    data = next(text for text in _buttons(scheda) if text.startswith("📨 Invia"))
    person.press(scheda, data)
    said = str((await _receipt(one))["text"])
    one.receipt = said.partition("segnalazione è ")[2].partition(".")[0]


async def _receipt(one: One) -> dict[str, Any]:
    """Wait for the receipt; who is asked whether it was told before says that it was not."""
    answered = False
    while True:
        for message in reversed(one.person.chat.messages):
            if message["from"]["is_bot"] and "Ricevuta" in message.get("text", ""):
                return message
            if not answered and _ANYWAY in _buttons(message):
                one.person.press(message, _ANYWAY)
                answered = True
        await asyncio.sleep(_LOOK_SECONDS)


async def _sees(one: One, words: str, button: str = "") -> dict[str, Any]:
    """Wait for a message of the bot with these words and a button, the newest such."""
    while True:
        for message in reversed(one.person.chat.messages):
            said = message["from"]["is_bot"] and words in message.get("text", "")
            if said and any(button in text for text in (_buttons(message) or [""])):
                return message
        await asyncio.sleep(_LOOK_SECONDS)


def _buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _picture(one: One, place: int) -> bytes:
    """Return a picture of its own: its number in black and white squares."""
    number, side = (one.person.id - _FIRST) * PHOTOS + place, 16
    image = Image.new("RGB", (_SQUARES * side, side), "white")
    for square in range(_SQUARES):
        if number >> square & 1:
            image.paste("black", (square * side, 0, (square + 1) * side, side))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def doubled(one: One, ends: Sequence[float]) -> int:
    """Count the messages that came twice, but for one in flight when a process ended."""
    seen: dict[str, float] = {}
    count = 0
    for message in one.person.chat.messages:
        if not message["from"]["is_bot"]:
            continue
        said, now = message.get("text", ""), message["date"]
        if said in seen and not any(seen[said] - 1 <= end <= now + 1 for end in ends):
            count += 1
        seen[said] = now
    return count
