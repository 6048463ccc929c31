"""Requests and answers held against the published Bot API (types and parameters, version 10.0)."""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from bottega.sandbox.core import Exchange

Problems: TypeAlias = list[str]
SERVICES = ("telegram", "telegram_channel")
"""What is spoken to by the Bot API: the newsroom's bot, and the one that posts in the channel."""

_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "Integer": (int,), "Float": (int, float), "String": (str,), "Boolean": (bool,),
    "True": (bool,), "InputFile": (str,),
}  # fmt: skip
_CONSTANT = re.compile(r'(?:always|must be) "?(\w+)"?$')


def spec_path() -> Path:
    """Return where the published specification is."""
    beside = Path(__file__).parents[2].parent / "shared"
    return Path(os.environ.get("BOTTEGA_SHARED", beside)) / "specs" / "telegram-bot-api-10.0.json"


@cache
def spec() -> dict[str, Any]:
    """Return the published specification: `methods` and `types`, each with its `fields`."""
    loaded: dict[str, Any] = json.loads(spec_path().read_text("utf-8"))
    return loaded


def violations(exchange: Exchange) -> Problems:
    """Return what a request to Telegram does against the specification; others are left alone."""
    if exchange.service not in SERVICES:
        return []
    method = spec()["methods"].get(exchange.path)
    if method is None:
        return [f"{exchange.path}: no such method"]
    given = _given(exchange)
    known = {field["name"]: field for field in method.get("fields", [])}
    problems = [f"unknown parameter {name}" for name in given if name not in known]
    for name, field in known.items():
        if name in given:
            problems += [f"{name}{p}" for p in _of_types(given[name], field["types"])]
        elif field["required"]:
            problems.append(f"missing parameter {name}")
    problems += _stray_files(exchange, known)
    return [f"{exchange.path}: {problem}" for problem in problems]


def mismatches(value: Any, *types: str) -> Problems:
    """Return how a JSON value differs from the nearest of these types of the specification."""
    return _of_types(value, types)


def _given(exchange: Exchange) -> dict[str, Any]:
    """Return the parameters with what they mean, forms being all text."""
    method = spec()["methods"][exchange.path]
    types = {field["name"]: field["types"] for field in method.get("fields", [])}
    texts = {**exchange.query, **exchange.fields}
    given = {name: _decoded(text, types.get(name, ["String"])) for name, text in texts.items()}
    if isinstance(exchange.json, dict):
        given |= exchange.json
    return given | {name: f"attach://{name}" for name in exchange.files if name in types}


def _decoded(text: str, types: list[str]) -> Any:
    if "String" in types or "InputFile" in types:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _stray_files(exchange: Exchange, known: dict[str, Any]) -> Problems:
    named = {name for text in exchange.fields.values() for name in _attached(text)}
    return [
        f"file {name} belongs to nothing"
        for name in exchange.files
        if name not in named and "InputFile" not in known.get(name, {}).get("types", ())
    ]


def _attached(text: str) -> Iterator[str]:
    for part in text.split("attach://")[1:]:
        yield part.split('"')[0]


def _of_types(value: Any, types: list[str] | tuple[str, ...]) -> Problems:
    inner = [one.removeprefix("Array of ") for one in types if one.startswith("Array of ")]
    if isinstance(value, list) and inner:  # the items of one list may be of different types
        return [f"[{i}]{p}" for i, item in enumerate(value) for p in _of_types(item, inner)]
    return min((_of_type(value, one) for one in types), key=len)


def _of_type(value: Any, name: str) -> Problems:
    if name.startswith("Array of "):
        return [f": {value!r} is no list"]
    if name in _PRIMITIVES:
        fits = isinstance(value, _PRIMITIVES[name])
        fits = fits and isinstance(value, bool) == (name in ("Boolean", "True"))
        return [] if fits else [f": {value!r} is no {name}"]
    shape = spec()["types"][name]
    if subtypes := shape.get("subtypes"):
        return _of_types(value, subtypes)
    return _of_fields(value, name, shape.get("fields", []))


def _of_fields(value: Any, name: str, fields: list[dict[str, Any]]) -> Problems:
    if not isinstance(value, dict):
        return [f": {value!r} is no {name}", ": nor any object"]
    known = {field["name"]: field for field in fields}
    problems = [f".{key}: unknown in {name}" for key in value if key not in known]
    for key, field in known.items():
        if key in value:
            problems += [f".{key}{p}" for p in _of_types(value[key], field["types"])]
            problems += _of_constant(value[key], key, field)
        elif field["required"]:
            problems.append(f".{key}: missing from {name}")
    return problems


def _of_constant(value: Any, key: str, field: dict[str, Any]) -> Problems:
    """Tell subtypes apart by the value that the specification says a field always has."""
    stated = _CONSTANT.search(field["description"]) if key in ("type", "status", "source") else None
    if stated is None or value == stated[1]:
        return []
    return [f".{key}: {value!r} is not {stated[1]!r}"]
