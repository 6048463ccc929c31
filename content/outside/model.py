"""First drafts by a language model behind any OpenAI-compatible address."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from content.cleaning import readable
from content.drafting import LEAD, ChannelLimit, Draft, Source, instructions
from content.goals import GOALS
from content.sentences import shortened

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LONGEST_SOURCE: Final = 20_000
_RETRIES: Final = 1
_UNFINISHED: Final = ("length", "content_filter")


class ModelAssistant:
    """Drafts by a model. It is given data and returns words: no tools, no say in any decision.

    Raises what goes wrong (`openai.APIError`, ValueError, pydantic's ValidationError); who
    builds it wraps it in a CheckedAssistant. `timeout` is in seconds, for each try.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        timeout: float,
        limits: Sequence[ChannelLimit],
    ) -> None:
        self._base_url, self._api_key, self._model = base_url, api_key, model
        self._timeout, self._limits = timeout, tuple(limits)
        self._client: AsyncOpenAI | None = None
        self._takes_schema = True

    def __repr__(self) -> str:
        return f"ModelAssistant({self._model!r})"

    async def draft(self, source: Source) -> Draft:
        """Ask the model once and return its draft, validated, its text cleaned."""
        answer = _Answer.model_validate_json(await self._ask(source))
        return Draft(
            title=" ".join(readable(answer.title).split()),
            lead=shortened(" ".join(readable(answer.lead).split()), LEAD),
            text=readable(answer.text).strip(),
            sdgs=tuple(answer.sdgs),
            texts={one.name: _post(answer, one) for one in self._limits},
            model=self._model,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _ask(self, source: Source) -> str:
        from openai import BadRequestError  # noqa: PLC0415 - half a second, for who uses it

        try:
            return await self._complete(source)
        except BadRequestError:
            if not self._takes_schema:
                raise
            # Many compatible servers know only the older form; this one is not asked twice.
            self._takes_schema = False
            try:
                return await self._complete(source)
            except BadRequestError:
                self._takes_schema = True
                raise

    async def _complete(self, source: Source) -> str:
        done = await self._opened().chat.completions.create(
            model=self._model,
            messages=[
                {"role": "system", "content": self._instructions()},
                {"role": "user", "content": _as_data(source)},
            ],
            response_format=self._form(),
        )
        choice = done.choices[0] if done.choices else None
        if choice and choice.message.content and choice.finish_reason not in _UNFINISHED:
            return choice.message.content
        raise ValueError("the model gave no whole answer")

    def _opened(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI  # noqa: PLC0415 - half a second, for who uses it

        if self._client is None:
            self._client = AsyncOpenAI(
                base_url=self._base_url,
                api_key=self._api_key,
                timeout=self._timeout,
                max_retries=_RETRIES,
            )
        return self._client

    def _instructions(self) -> str:
        told = instructions(self._limits)
        return told if self._takes_schema else f"{told}\n{json.dumps(_schema(self._limits))}"

    def _form(self) -> Any:
        if not self._takes_schema:
            return {"type": "json_object"}
        schema = {"name": "bozza", "strict": True, "schema": _schema(self._limits)}
        return {"type": "json_schema", "json_schema": schema}


class _Answer(BaseModel):
    """What is taken of a model's answer; whatever else it says is dropped unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    lead: str
    text: str
    sdgs: list[int] = Field(min_length=1, max_length=3)
    texts: dict[str, str]


def _post(answer: _Answer, limit: ChannelLimit) -> str:
    return shortened(readable(answer.texts.get(limit.name, "")), limit.limit, limit.measure)


def _as_data(source: Source) -> str:
    """Return the submission as one JSON object: its words stay strings, whatever they say."""
    told = source.model_dump(mode="json")
    told["text"] = readable(source.text)[:_LONGEST_SOURCE]
    return json.dumps(told, ensure_ascii=False)


def _schema(limits: Sequence[ChannelLimit]) -> dict[str, Any]:
    """Return the strict JSON Schema of an answer: https://json-schema.org/draft/2020-12."""
    words = {"type": "string"}
    goals = {"type": "integer", "enum": [goal.number for goal in GOALS]}
    return _closed(
        {
            "title": words,
            "lead": words,
            "text": words,
            "sdgs": {"type": "array", "items": goals, "minItems": 1, "maxItems": 3},
            "texts": _closed({limit.name: words for limit in limits}),
        }
    )


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
