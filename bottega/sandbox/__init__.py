"""Stand-ins for everything outside: Telegram, the channels and the model API, on loopback."""

from bottega.sandbox.cast import Cast, furnish
from bottega.sandbox.core import Exchange, Mood, Service, Switchboard, Trouble
from bottega.sandbox.facebook import Facebook
from bottega.sandbox.model import Model
from bottega.sandbox.server import Sandbox, running
from bottega.sandbox.telegram import Answer, Chat, Person, Press, Telegram
from bottega.sandbox.x import X

__all__ = [
    "Answer", "Cast", "Chat", "Exchange", "Facebook", "Model", "Mood", "Person", "Press", "Sandbox",
    "Service", "Switchboard", "Telegram", "Trouble", "X", "furnish", "running",
]  # fmt: skip
