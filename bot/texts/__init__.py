"""Every sentence that the bot says: `it.py` has them all, another catalogue what it translates.

A catalogue is a module here named after its language, with the names of `it.py` that it says
otherwise. `texts.HELP` is looked up when it is said, in the language of who listens.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from bot.texts import it

if TYPE_CHECKING:
    from bot.texts.it import *  # noqa: F403

_ITALIAN: Final = "it"
_language: Final[ContextVar[str]] = ContextVar("language", default=_ITALIAN)


def __getattr__(name: str) -> Any:
    return getattr(catalogue(_language.get()), name, None) or getattr(it, name)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Say everything in a language (an IETF tag, as Telegram gives it) that has a catalogue."""
    before = _language.set((language or _ITALIAN).partition("-")[0].lower())
    try:
        yield
    finally:
        _language.reset(before)


@cache
def catalogue(language: str) -> ModuleType:
    """Return the catalogue of a language, the Italian one where there is none."""
    known = language.isascii() and language.isalpha()
    if known and find_spec(f"{__name__}.{language}") is not None:
        return import_module(f"{__name__}.{language}")
    return it
