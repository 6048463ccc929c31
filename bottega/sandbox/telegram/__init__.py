"""A stand-in for Telegram: the Bot API over HTTP, and the people on the other side."""

from bottega.sandbox.telegram.chats import Chat, Message
from bottega.sandbox.telegram.cloud import TOKEN, Telegram
from bottega.sandbox.telegram.people import Person
from bottega.sandbox.telegram.presses import Answer, Press

__all__ = ["TOKEN", "Answer", "Chat", "Message", "Person", "Press", "Telegram"]
