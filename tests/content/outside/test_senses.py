from collections.abc import AsyncIterator, Iterator

import pytest

from bottega.sandbox.core import Trouble
from bottega.sandbox.model import KEY, NAME
from bottega.sandbox.server import Sandbox, running
from content.outside.senses import MAX_RECORDING, ModelSenses
from tests import files


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    with running(sandbox):
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
async def senses(sandbox: Sandbox) -> AsyncIterator[ModelSenses]:
    url = f"{sandbox.url}/openai/v1"
    one = ModelSenses(url, KEY, hearing="sandbox-ears", sight=NAME, timeout=5)
    yield one
    await one.aclose()


async def test_what_is_said_comes_with_its_times(sandbox: Sandbox, senses: ModelSenses) -> None:
    sandbox.model.transcript = "Apre la biblioteca di Tirano."

    voice = files.voice()
    heard = await senses.transcribe(voice, "vocale.ogg")

    assert heard is not None
    assert heard.text == "Apre la biblioteca di Tirano."
    assert heard.captions == (
        b"WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nApre la biblioteca di Tirano.\n"
    )
    (asked,) = sandbox.board.exchanges
    assert (asked.fields["model"], asked.fields["language"]) == ("sandbox-ears", "it")
    assert asked.files["file"] == ("vocale.ogg", voice)


async def test_a_model_without_times_is_asked_once_and_remembered(
    sandbox: Sandbox, senses: ModelSenses
) -> None:
    sandbox.model.knows_times = False

    heard = [await senses.transcribe(b"voce", "vocale.ogg") for _ in range(2)]

    assert [one.captions for one in heard if one] == [None, None]
    assert heard[0] is not None
    assert heard[0].text == sandbox.model.transcript
    forms = [one.fields["response_format"] for one in sandbox.board.exchanges]
    assert forms == ["vtt", "json", "json"]


async def test_silence_says_nothing_and_is_no_reason_to_forget_times(
    sandbox: Sandbox, senses: ModelSenses
) -> None:
    sandbox.model.transcript = ""
    assert await senses.transcribe(b"silenzio", "vocale.ogg") is None

    sandbox.model.transcript = "Eccomi."
    heard = await senses.transcribe(b"voce", "vocale.ogg")
    assert heard is not None
    assert heard.captions is not None


async def test_a_recording_too_large_for_the_model_is_not_sent(
    sandbox: Sandbox, senses: ModelSenses
) -> None:
    assert await senses.transcribe(bytes(MAX_RECORDING + 1), "film.m4a") is None
    assert sandbox.board.exchanges == []


async def test_a_picture_is_described_in_one_line(sandbox: Sandbox, senses: ModelSenses) -> None:
    sandbox.model.answers.append("Una sala\ncon scaffali.  ")

    assert await senses.describe(files.photo(), "image/jpeg", "Titolo") == "Una sala con scaffali."
    (asked,) = sandbox.board.exchanges
    assert asked.json["messages"][1]["content"][1]["type"] == "image_url"


@pytest.mark.parametrize(
    "said", ["<b>Sala</b>", "Vedi https://rubato.example", "ada@esempio.it", "a" * 201, ""]
)
async def test_a_description_that_is_not_one_is_dropped(
    sandbox: Sandbox, senses: ModelSenses, said: str
) -> None:
    sandbox.model.answers.append(said)

    assert await senses.describe(files.photo(), "image/jpeg", "Titolo") == ""


async def test_a_model_that_fails_is_no_failure_of_ours(
    sandbox: Sandbox, senses: ModelSenses
) -> None:
    trouble = Trouble("answer", "model", "*", times=9, status=400, body="{}")
    sandbox.board.troubles.append(trouble)

    assert await senses.transcribe(b"voce", "vocale.ogg") is None
    assert await senses.describe(files.photo(), "image/jpeg", "Titolo") == ""
