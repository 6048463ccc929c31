"""Requests to Facebook held against the published edges of Page, PagePost and Video."""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bottega.sandbox.core import Exchange
from tests.requirements import need

SHARED = Path(os.environ.get("BOTTEGA_SHARED") or Path(__file__).parents[2].parent / "shared")
GENERAL = {"access_token", "appsecret_proof"}
"""What every call may carry. https://developers.facebook.com/docs/graph-api/overview"""
READING = {"fields": "string"}
PAGING = {"after": "string", "before": "string", "limit": "unsigned int"}
PAGING |= {"since": "datetime", "until": "datetime"}
"""What a reading may carry. https://developers.facebook.com/docs/graph-api/results"""
FILES = {"photos": {"source"}, "thumbnails": {"source"}, "captions": {"captions_file"}}
"""Files sent beside the parameters. https://developers.facebook.com/docs/graph-api/reference/page/photos"""
UPLOADS = "/video-upload/"
"""Films go to a host of their own. https://developers.facebook.com/docs/video-api/guides/reels-publishing"""
VIDEO: Mapping[tuple[str, str | None], dict[str, str]] = {
    ("GET", None): {},
    ("POST", None): {"description": "string", "published": "bool", "name": "string"},
    ("DELETE", None): {},
    ("GET", "video_insights"): {"metric": "list<Object>", "period": "string"},
    ("POST", "thumbnails"): {"is_preferred": "bool"},
    ("POST", "captions"): {"default_locale": "string", "locales_to_delete": "list<string>"},
}
"""What of a video is asked. https://developers.facebook.com/docs/graph-api/reference/video
as facebook/facebook-business-sdk-codegen has it (api_specs/specs/AdVideo.json)."""
VIDEO_FIELDS = {"id", "status", "permalink_url", "reactions", "comments", "description"}

OF_THE_PERSON = ("/oauth/access_token", "/me/accounts", "/me/permissions")
"""What is asked of the person who connects a page; the descriptions are of pages and posts."""


def violations(exchange: Exchange) -> list[str]:
    """Return what a request to Facebook does that is not described; others are left alone."""
    if exchange.service != "facebook" or exchange.path.endswith(OF_THE_PERSON):
        return []
    if exchange.path.startswith(UPLOADS):
        wrong = exchange.method != "POST" or exchange.fields or exchange.query
        return [f"{exchange.path}: a film is sent alone"] if wrong else []
    path = re.fullmatch(r"/v\d+\.\d/(\w+)(?:/(\w+))?", exchange.path)
    if path is None:
        return [f"{exchange.path}: no such path"]
    target, edge = path[1], path[2]
    about = "page" if edge or target == "me" else "page-post"
    if target.isdigit() if edge is None else (exchange.method, edge) in VIDEO:
        about = "video"  # a post has the number of its page in its name
    parameters = _parameters(about, exchange.method, edge)
    if parameters is None:
        return [f"{exchange.method} {exchange.path}: no such operation"]
    if exchange.method == "GET":
        parameters |= READING | (PAGING if edge else {})
    asked = {**exchange.query, **exchange.fields}
    found = [f"{name}: no such parameter" for name in asked.keys() - parameters - GENERAL]
    found += [f"{name}: no such file" for name in exchange.files if name not in FILES.get(edge, ())]
    found += _types(parameters, asked)
    return found + _fields("page-post" if edge and about == "page" else about, asked)


@cache
def specification(about: str) -> dict[str, Any]:
    """Read the description of "page" or "page-post", where it is."""
    path = SHARED / "specs" / f"facebook-graph-{about}.json"
    need(path.exists(), f"{path.name} in ../shared/specs (or BOTTEGA_SHARED)")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def _parameters(about: str, method: str, edge: str | None) -> dict[str, str] | None:
    if about == "video":
        told = VIDEO.get((method, edge))
        return None if told is None else dict(told)
    for operation in specification(about)["apis"]:
        if operation["method"] == method and operation.get("endpoint") == edge:
            return {parameter["name"]: parameter["type"] for parameter in operation["params"]}
    return None


def _types(parameters: Mapping[str, str], asked: Mapping[str, str]) -> list[str]:
    found = []
    for name, value in asked.items():
        kind = parameters.get(name, "string")
        well = (
            (kind != "bool" or value in ("true", "false"))
            and (kind != "unsigned int" or value.isdigit())
            and (not kind.startswith("list<") or isinstance(json.loads(value), list))
        )
        if not well:
            found.append(f"{name}: {value!r} is no {kind}")
    return found


def _fields(about: str, asked: Mapping[str, str]) -> list[str]:
    known = set(VIDEO_FIELDS)
    if about != "video":
        apis = specification(about)["apis"]
        known = {entry["name"] for entry in specification(about)["fields"]}
        known |= {entry["endpoint"] for entry in apis if entry.get("endpoint")}
    told = asked["fields"].split(",") if "fields" in asked else ()
    wanted = [name.partition(".")[0] for name in told]  # an edge may say how much of it
    return [f"fields: no {name} in {about}" for name in wanted if name not in known]
