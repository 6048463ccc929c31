"""The bot speaks Italian, and any language that has a catalogue."""

import sys
from types import ModuleType

import pytest

from bot import texts


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue with one sentence of its own."""
    catalogue = ModuleType("bot.texts.de")
    catalogue.__dict__["HELP"] = "Hilfe"
    monkeypatch.setitem(sys.modules, "bot.texts.de", catalogue)
    catalogue.__spec__ = texts.__spec__
    texts.catalogue.cache_clear()


def test_everybody_is_spoken_to_in_italian_without_a_catalogue() -> None:
    with texts.speaking("fi-FI"):
        assert texts.HELP.startswith("<b>Come funziona</b>")


@pytest.mark.parametrize("tag", ["", "..", "it.words", "--", None])
def test_a_strange_language_is_no_catalogue(tag: str | None) -> None:
    with texts.speaking(tag):
        assert texts.HELP.startswith("<b>Come funziona</b>")


def test_a_catalogue_says_what_it_has_and_the_rest_stays_italian(german: None) -> None:
    with texts.speaking("de-AT"):
        assert texts.HELP.startswith("Hilfe")
        assert texts.SEND == "📨 Invia alla redazione"
    assert texts.HELP.startswith("<b>Come funziona</b>")
