"""What the pieces of a storm are made of: each kind is one line of KINDS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from benchmarks.newsroom import said
from content.media import Medium, keep, keep_captions
from content.threads import joined
from tests import files

THREADING: Final = ("x", "mastodon")
"""Where a text goes out in several posts."""
_COLOURS: Final = ("navy", "teal", "maroon", "olive", "purple")
_CAPTIONS: Final = files.captions("Buongiorno a tutti")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of piece: `edits` returns what an editor makes of the n-th article.

    It is given the folder of the media.
    """

    name: str
    edits: Callable[[Path, int], Mapping[str, Any]]


def kind_of(number: int) -> Kind:
    """Return the kind of the n-th article."""
    return KINDS[number % len(KINDS)]


def edits(root: Path, number: int) -> Mapping[str, Any]:
    """Return what an editor makes of the n-th article before it is approved."""
    return kind_of(number).edits(root, number)


def in_parts(words: str) -> str:
    """Return words for a channel as a thread that begins with them."""
    return joined([words, f"{words} Gli orari.", f"{words} Gli incontri."])


def _linked(_: Path, number: int) -> Mapping[str, Any]:
    return {"link": f"https://www.comune.tirano.example/biblioteche/{number}"}


def _picture(root: Path, number: int) -> Mapping[str, Any]:
    return {"media": [_kept(root, number, 0)]}


def _pictures(root: Path, number: int) -> Mapping[str, Any]:
    return {"media": [_kept(root, number, place) for place in range(3)]}


def _film(root: Path, _: int) -> Mapping[str, Any]:
    return {"media": [_filmed(root)]}


def _thread(_: Path, number: int) -> Mapping[str, Any]:
    return {"texts": {name: in_parts(f"{said(number)} Prima edizione.") for name in THREADING}}


KINDS: Final = (
    Kind("text", lambda _, __: {}),
    Kind("film", _film),
    Kind("picture", _picture),
    Kind("link", _linked),
    Kind("pictures", _pictures),
    Kind("thread", _thread),
)
"""Every kind comes once among as many articles as there are kinds."""


def _kept(root: Path, number: int, place: int) -> dict[str, Any]:
    colour = _COLOURS[(number + place) % len(_COLOURS)]
    picture = _drawn(root, colour, 40 + number % 7)
    return picture.model_dump(mode="json") | {"alt": f"Sala {place + 1} della biblioteca {number}"}


@cache
def _drawn(root: Path, colour: str, width: int) -> Medium:
    return keep(root, files.photo((width, 30), colour))


@cache
def _filmed(root: Path) -> dict[str, Any]:
    """Return a film that every channel takes, made once, with its captions."""
    captions, transcript = keep_captions(root, _CAPTIONS)
    told = {"alt": "Il sindaco saluta", "captions": captions, "transcript": transcript}
    return keep(root, files.film(3, (540, 960), sound=None)).model_dump(mode="json") | told
