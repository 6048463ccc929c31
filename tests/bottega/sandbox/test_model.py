"""The stand-in for a model, as the openai client meets it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel, Field

from bottega.sandbox.core import Trouble
from bottega.sandbox.model import NAME, composed, cut, garbage
from bottega.sandbox.server import Sandbox

STORY = {
    "title": "Orto di via Roma",
    "text": "Un orto condiviso è nato in via Roma. Trenta famiglie lo coltivano insieme.",
}
MESSAGES: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Scrivi l'articolo."},
    {"role": "user", "content": json.dumps(STORY)},
]


class Article(BaseModel):
    title: str = Field(max_length=60)
    summary: str = Field(max_length=30)
    paragraphs: list[str] = Field(min_length=1)
    sure: bool
    note: str | None
    score: int = Field(ge=1)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        api_key=sandbox.model.key, base_url=f"{sandbox.url}/openai/v1", max_retries=0, timeout=5
    ) as made:
        yield made


async def write(client: openai.AsyncOpenAI, **more: Any) -> str:
    done = await client.chat.completions.create(model=NAME, messages=MESSAGES, **more)
    return str(done.choices[0].message.content)


async def test_a_schema_is_filled_from_what_the_user_tells(client: openai.AsyncOpenAI) -> None:
    done = await client.chat.completions.parse(
        model=NAME, messages=MESSAGES, response_format=Article
    )
    article = done.choices[0].message.parsed
    assert article is not None
    assert article.title == "Orto di via Roma"
    assert article.paragraphs == [STORY["text"]]
    assert article.summary == STORY["text"][:30]
    assert done.usage is not None
    assert done.usage.total_tokens > 0


async def test_the_same_request_gets_the_same_answer(client: openai.AsyncOpenAI) -> None:
    assert await write(client) == await write(client) == STORY["text"]


async def test_json_object_answers_with_the_story(client: openai.AsyncOpenAI) -> None:
    answer = json.loads(await write(client, response_format={"type": "json_object"}))
    assert answer == STORY


async def test_a_schema_written_in_the_instructions_is_followed(
    client: openai.AsyncOpenAI,
) -> None:
    schema = json.dumps(Article.model_json_schema())
    done = await client.chat.completions.create(
        model=NAME,
        messages=[{"role": "system", "content": f"Rispondi così: {schema}"}, MESSAGES[1]],
        response_format={"type": "json_object"},
    )
    assert Article.model_validate_json(done.choices[0].message.content or "").title


async def test_a_picture_is_described(client: openai.AsyncOpenAI) -> None:
    done = await client.chat.completions.create(
        model=NAME,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Che cosa mostra?"},
                    {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AA=="}},
                ],
            }
        ],
    )
    assert done.choices[0].message.content == "Una fotografia dell'iniziativa."


async def test_a_recording_is_written_down(sandbox: Sandbox, client: openai.AsyncOpenAI) -> None:
    sandbox.model.transcript = "Mi chiamo Ada."
    heard = await client.audio.transcriptions.create(model=NAME, file=("voce.ogg", b"voce"))
    assert heard.text == "Mi chiamo Ada."


async def test_a_test_s_own_answers_come_first(
    sandbox: Sandbox, client: openai.AsyncOpenAI
) -> None:
    sandbox.model.answers += ["uno", lambda asked: f"due di {asked['model']}"]
    assert [await write(client) for _ in range(3)] == ["uno", f"due di {NAME}", STORY["text"]]


@pytest.mark.parametrize("writer", [garbage, cut])
async def test_answers_may_be_no_json(
    sandbox: Sandbox, client: openai.AsyncOpenAI, writer: Any
) -> None:
    sandbox.model.writer = writer
    answer = await write(client, response_format={"type": "json_object"})
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(answer)


async def test_an_old_server_refuses_schemas(sandbox: Sandbox, client: openai.AsyncOpenAI) -> None:
    sandbox.model.knows_schemas = False
    with pytest.raises(openai.BadRequestError, match="json_object"):
        await client.chat.completions.parse(model=NAME, messages=MESSAGES, response_format=Article)
    assert json.loads(await write(client, response_format={"type": "json_object"}))


async def test_a_wrong_key_is_refused(sandbox: Sandbox, client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        await write(client.with_options(api_key="wrong"))


async def test_troubles_reach_the_client_as_its_own_errors(
    sandbox: Sandbox, client: openai.AsyncOpenAI
) -> None:
    sandbox.board.troubles += [
        Trouble("throttle", "model", "chat/completions", seconds=2),
        Trouble("lost", "model", "chat/completions"),
        Trouble("late", "model", "chat/completions", seconds=30),
        Trouble("answer", "model", "chat/completions", status=503, body="down"),
    ]
    with pytest.raises(openai.RateLimitError) as caught:
        await write(client)
    assert caught.value.response.headers["retry-after"] == "2"
    with pytest.raises(openai.APIConnectionError):
        await write(client)
    with pytest.raises(openai.APITimeoutError):
        await write(client, timeout=0.3)
    with pytest.raises(openai.InternalServerError):
        await write(client)


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in await client.models.list()] == [NAME]


def test_words_that_are_no_json_become_title_and_text() -> None:
    said = "Nasce un orto. Lo coltivano in trenta."
    asked = {
        "model": NAME,
        "messages": [{"role": "user", "content": said}],
        "response_format": {"type": "json_object"},
    }
    assert json.loads(composed(asked)) == {"title": "Nasce un orto.", "text": said}
