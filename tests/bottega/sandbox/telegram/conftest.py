"""A bot, and the people around it."""

from collections.abc import AsyncIterator

import pytest
import telegram

from bottega.sandbox.server import Sandbox
from bottega.sandbox.telegram import Chat, Person
from tests.bottega.sandbox.telegram.cast import bot_of


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[telegram.Bot]:
    async with bot_of(sandbox) as made:
        yield made


@pytest.fixture
def ada(sandbox: Sandbox) -> Person:
    return sandbox.telegram.person(101, "Ada", "Neri", started=True)


@pytest.fixture
def bruno(sandbox: Sandbox) -> Person:
    return sandbox.telegram.person(102, "Bruno", username="bruno", started=True)


@pytest.fixture
def desk(sandbox: Sandbox, bruno: Person) -> Chat:
    return sandbox.telegram.group(-1001, "Redazione", bruno)
