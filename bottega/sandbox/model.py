"""A stand-in for a model behind the OpenAI-compatible API: it edits by rule, never by surprise."""

import hmac
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bottega.sandbox.core import Exchange, Switchboard, Trouble, exchange_of

KEY = "sandbox-model-key"
NAME = "sandbox-model"

Asked: TypeAlias = dict[str, Any]
Writer: TypeAlias = Callable[[Asked], str]


class Model:
    """The model API. `answers` are given first, in order: contents, or functions of the request.

    After them `writer` writes, `composed` unless a test sets another. `knows_schemas` False makes
    a server that refuses json_schema with 400, as those do that know only json_object.
    `transcript` is what is heard in any recording; `knows_times` False makes a model that tells
    words without their times, and refuses WebVTT.
    """

    def __init__(self, board: Switchboard, key: str = KEY) -> None:
        self.board, self.key = board, key
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.answers: deque[str | Writer] = deque()
        self.writer: Writer = composed
        self.knows_schemas = True
        self.knows_times = True
        self.transcript = "Buongiorno, vi racconto la nostra iniziativa."

    def routes(self) -> list[BaseRoute]:
        """Return the API's routes, to be mounted where `base_url` ends, without its /v1."""
        return [
            Route("/v1/chat/completions", self._complete, methods=["POST"]),
            Route("/v1/audio/transcriptions", self._transcribe, methods=["POST"]),
            Route("/v1/models", self._models),
        ]

    async def _complete(self, request: Request) -> Response:
        return await self._serve(request, "chat/completions", self._completion)

    async def _transcribe(self, request: Request) -> Response:
        return await self._serve(request, "audio/transcriptions", self._transcription)

    async def _models(self, request: Request) -> Response:
        listed = {"id": NAME, "object": "model", "created": 0, "owned_by": "sandbox"}
        return await self._serve(
            request, "models", lambda _: JSONResponse({"object": "list", "data": [listed]})
        )

    async def _serve(
        self, request: Request, operation: str, answer: Callable[[Exchange], Response]
    ) -> Response:
        try:
            exchange = await exchange_of("model", request, operation)
        except ValueError:
            return _error(400, "We could not parse the JSON body of your request.")

        async def perform() -> Response:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self.key}".encode()):
                return _error(401, "Incorrect API key provided.", "invalid_api_key")
            with self.board.lock:
                return answer(exchange)

        return await self.board.serve(exchange, operation, perform, _own_error)

    def _completion(self, exchange: Exchange) -> Response:
        asked = exchange.json if isinstance(exchange.json, dict) else {}
        for name in ("model", "messages"):
            if not asked.get(name):
                return _error(400, f"Missing required parameter: '{name}'.", param=name)
        if asked.get("stream"):
            return _error(400, "Streaming is not supported.", param="stream")
        if _format(asked) == "json_schema" and not self.knows_schemas:
            return _error(
                400, "'response_format.type' must be 'json_object' or 'text'",
                param="response_format",
            )  # fmt: skip
        answer = self.answers.popleft() if self.answers else self.writer
        return JSONResponse(_answered(asked, answer(asked) if callable(answer) else answer))

    def _transcription(self, exchange: Exchange) -> Response:
        if "file" not in exchange.files or not exchange.files["file"][1]:
            return _error(400, "Missing required parameter: 'file'.", param="file")
        form = exchange.fields.get("response_format", "json")
        if form == "json":
            return JSONResponse({"text": self.transcript})
        if form != "vtt" or not self.knows_times:
            said = f"response_format '{form}' is not compatible with this model."
            return _error(400, said, param="response_format")
        words = f"00:00:00.000 --> 00:00:04.000\n{self.transcript}"
        return PlainTextResponse(f"WEBVTT\n\n{words}\n" if self.transcript else "WEBVTT\n")


def composed(asked: Asked) -> str:
    """Return a decent text made of what the last user message tells, in the form asked for."""
    data = _told(asked)
    form = _format(asked)
    if form == "text":
        return str(data["text"])
    if schema := _schema(asked):
        return json.dumps(_fill(schema, data, "", schema), ensure_ascii=False)
    return json.dumps(data, ensure_ascii=False)


def garbage(_: Asked) -> str:
    """Return what no JSON parser takes."""
    return "Certo! Ecco l'articolo: {titolo: senza virgolette,"


def cut(asked: Asked) -> str:
    """Return an answer that ends half-way."""
    whole = composed(asked)
    return whole[: len(whole) // 2]


def _told(asked: Asked) -> dict[str, Any]:
    """Return the data in the last user message: its JSON, or its words as `title` and `text`."""
    said = next((m["content"] for m in reversed(asked["messages"]) if m["role"] == "user"), "")
    if isinstance(said, list):
        pictured = any(part.get("type") == "image_url" for part in said)
        texts = [part["text"] for part in said if part.get("type") == "text"]
        said = "Una fotografia dell'iniziativa." if pictured else "\n".join(texts)
    found = next((o for o in _objects(said) if said.strip().startswith("{")), {})
    strings = [value for value in found.values() if isinstance(value, str) and value.strip()]
    text = str(found.get("text") or max(strings, key=len, default=said)).strip()
    title = str(found.get("title") or re.split(r"(?<=[.!?])\s|\n", text)[0]).strip()
    return {**found, "title": title[:120], "text": text}


def _schema(asked: Asked) -> dict[str, Any] | None:
    """Return the JSON schema asked for, in its own place or written out in a message."""
    named = asked.get("response_format", {}).get("json_schema", {}).get("schema")
    texts = [m["content"] for m in asked["messages"] if isinstance(m.get("content"), str)]
    written = (o for text in texts for o in _objects(text) if "properties" in o)
    return named or next(written, None)


def _fill(schema: dict[str, Any], data: dict[str, Any], name: str, root: dict[str, Any]) -> Any:
    """Return the plainest value that this schema allows, from the data where it has the name."""
    if reference := schema.get("$ref"):
        schema = root["$defs"][reference.rpartition("/")[2]]
    if options := schema.get("anyOf"):
        return _fill(options[0], data, name, root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    own = data.get(name)
    if schema.get("type") == "object":
        inner = own if isinstance(own, dict) else data
        parts = schema.get("properties", {}).items()
        return {key: _fill(part, inner, key, root) for key, part in parts}
    if schema.get("type") == "array":
        item = schema.get("items", {})
        few = [_fill(item, data, name, root) for _ in range(schema.get("minItems", 0))]
        return own if isinstance(own, list) else few
    if schema.get("type") == "string":
        return str(own or data.get("title" if "tit" in name.lower() else "text", ""))[
            : schema.get("maxLength")
        ]
    least = schema.get("minimum", 0)
    plain = {"integer": least, "number": least, "boolean": False}
    return own if own is not None else plain.get(schema.get("type", ""))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that stand in a text."""
    place = text.find("{")
    while place >= 0:
        try:
            found, place_after = json.JSONDecoder().raw_decode(text, place)
        except ValueError:
            place_after = place + 1
        else:
            if isinstance(found, dict):
                yield found
        place = text.find("{", place_after)


def _format(asked: Asked) -> str:
    return str((asked.get("response_format") or {}).get("type", "text"))


def _answered(asked: Asked, content: str) -> dict[str, Any]:
    words_in, words_out = len(json.dumps(asked["messages"])) // 4, len(content) // 4
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": "chatcmpl-sandbox", "object": "chat.completion", "created": int(time.time()),
        "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {
            "prompt_tokens": words_in, "completion_tokens": words_out,
            "total_tokens": words_in + words_out,
        },
    }  # fmt: skip


def _own_error(trouble: Trouble) -> Response:
    if trouble.mood == "revoked":
        return _error(401, "Incorrect API key provided.", "invalid_api_key")
    error = _error(429, "Rate limit reached.", "rate_limit_exceeded")
    error.headers["Retry-After"] = f"{trouble.seconds:g}"
    return error


def _error(
    status: int, message: str, code: str | None = None, param: str | None = None
) -> JSONResponse:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return JSONResponse({"error": error}, status)
