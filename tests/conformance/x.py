"""Requests to X held against its OpenAPI description."""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from bottega.sandbox.core import Exchange
from tests.requirements import need

SHARED = Path(os.environ.get("BOTTEGA_SHARED") or Path(__file__).parents[2].parent / "shared")

TOKENS = "/2/oauth2/token"
"""Where tokens are; the description names the address alone, among its security schemes."""


def violations(exchange: Exchange) -> list[str]:
    """Return what a request to X does that its API does not describe; others are left alone."""
    if exchange.service != "x" or exchange.path == TOKENS:
        return []
    method = exchange.method.lower()
    described = _described(method, exchange.path)
    if described is None:
        return [f"{exchange.method} {exchange.path}: no such operation"]
    return [*_query(described, exchange.query), *_body(described, exchange)]


@cache
def specification() -> dict[str, Any]:
    """Read the description, where it is."""
    path = SHARED / "specs" / "x-api-v2.openapi.json"
    need(path.exists(), f"{path.name} in ../shared/specs (or BOTTEGA_SHARED)")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def _described(method: str, path: str) -> Any:
    exact = specification()["paths"].get(path, {}).get(method)
    if exact:
        return exact
    for template, operations in specification()["paths"].items():
        pattern = re.sub(r"\\{[^}]*\\}", r"[A-Za-z0-9_]+", re.escape(template))
        if method in operations and re.fullmatch(pattern, path):
            return operations[method]
    return None


def _query(described: Any, query: Mapping[str, str]) -> list[str]:
    parameters = {
        parameter["name"]: parameter
        for parameter in map(_resolved, described.get("parameters", ()))
        if parameter["in"] == "query"
    }
    found = [f"{name}: no such query parameter" for name in query if name not in parameters]
    for name, parameter in parameters.items():
        if name in query:
            value = _value(query[name], _resolved(parameter["schema"]))
            found += [f"{name}: {error}" for error in _errors(value, parameter["schema"])]
        elif parameter.get("required"):
            found.append(f"{name}: missing")
    return found


def _body(described: Any, exchange: Exchange) -> list[str]:
    content = described.get("requestBody", {}).get("content", {})
    if exchange.fields or exchange.files:
        body = dict(exchange.fields) | dict.fromkeys(exchange.files, "")
        schema = content.get("multipart/form-data")
    else:
        body, schema = exchange.json, content.get("application/json")
    if body is None:
        return []
    if schema is None:
        return ["a body of a kind that is not described"]
    return _errors(body, schema["schema"])


def _resolved(item: Any) -> Any:
    while "$ref" in item:
        place: Any = specification()
        for step in item["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        item = place
    return item


def _value(text: str, schema: Any) -> Any:
    if schema.get("type") == "array":
        return text.split(",")
    if schema.get("type") == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return text


def _errors(value: Any, schema: Any) -> list[str]:
    whole = {"components": specification()["components"], "allOf": [schema]}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(whole).iter_errors(value)
    ]
