"""A publisher and the stand-in that it speaks to: what the tests of all publishers share."""

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import BaseModel

from bottega.sandbox.core import Mood, Trouble
from bottega.sandbox.outlets import Outlet
from bottega.sandbox.server import Sandbox
from content.media import Medium, keep, keep_captions
from content.media.keeping import store
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.base import Action, Call, CannotTell, Post, Published, Publisher
from publishers.films import Begun
from tests import files

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    """A publisher and the stand-in that it speaks to."""

    publisher: Publisher
    outlet: Outlet
    root: Path
    kept: dict[str, str] = field(default_factory=dict)
    """What was begun, by the hash of the post: what the newsroom keeps between two tries."""

    def post(self, title: str = "Apre lo sportello", pictures: int = 0) -> Post:
        """Return what the channel would be sent for a piece."""
        return self.publisher.render(piece(title, [picture(self.root, n) for n in range(pictures)]))

    def film_post(self, title: str = "Apre lo sportello") -> Post:
        """Return what the channel would be sent for a piece with a film."""
        return self.publisher.render(piece(title, [film(self.root)]))

    def order(self, operation: str, mood: Mood, **rest: Any) -> None:
        trouble = Trouble(mood, self.outlet.channel, operation, **rest)
        self.outlet.board.troubles.append(trouble)

    def perform(self, action: Action, post: Post, target: str | None = None) -> object:
        """Return what the publisher says came of it."""
        call = Call(key="operation-7", action=action, now=NOW, due_at=NOW, remote_id=target)
        try:
            return self.go_on(post, call)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            return error

    def go_on(self, post: Post, call: Call) -> Published:
        """Publish, and go on with what was only begun, as the newsroom does."""
        try:
            return self.publisher.publish(self.begun(post), call)
        except Begun as begun:
            self.kept[post.sha256] = begun.remote_id
        return self.publisher.publish(self.begun(post), call)

    def begun(self, post: Post) -> Post:
        """Return a post with the id under which it was begun, if it was."""
        return post.model_copy(update={"begun": self.kept.get(post.sha256)})

    def target(self, action: Action) -> str | None:
        """Return the id of a post that an action can be aimed at, which is then out."""
        if action is Action.CREATE:
            return None
        first = Call(key="operation-1", action=Action.CREATE, now=NOW, due_at=NOW)
        return self.publisher.publish(self.post("Prima"), first).remote_id

    def changing(self) -> int:
        """Return how often this channel was asked to change anything that people see."""
        names = {name for several in self.outlet.changes.values() for name in several}
        operations = self.outlet.board.operations
        return sum(operations.count((self.outlet.channel, name)) for name in names)

    def told(self, post: Post) -> bool | None:
        """Return whether a reading finds a post; None when it cannot tell."""
        try:
            return self.publisher.find(self.begun(post), SINCE) is not None
        except CannotTell:
            return None


def staged(kind: type[Publisher], sandbox: Sandbox, root: Path, **changes: str) -> Stage:
    """Return a publisher with the keys of its stand-in."""
    assert kind.channel in sandbox.outlets, f"{kind.channel} needs a stand-in in bottega.sandbox"
    keys = sandbox.keys()[kind.channel] | changes
    publisher = kind(kind.Config.model_validate(keys), root)
    assert publisher.configured
    return Stage(publisher, sandbox.outlets[kind.channel], root)


def piece(title: str, media: list[Medium]) -> Piece:
    return Piece(
        article_id=1, version=1, receipt="A-1", kind=Kind.INITIATIVE, section=Section.NEWS,
        slug="sportello", title=title, lead="Da lunedì, in biblioteca.", text="…",
        organisation="Comune di Tirano", url="https://www.laboratori.example/notizie/sportello",
        media=tuple(media),
    )  # fmt: skip


def picture(root: Path, number: int) -> Medium:
    out = BytesIO()
    Image.new("RGB", (8, 8), (number * 20, 0, 0)).save(out, "PNG")
    return keep(root, out.getvalue()).model_copy(update={"alt": f"Foto {number}"})


@cache
def _filmed() -> tuple[Medium, dict[str, bytes]]:
    """Keep the film once: what it is, and its files by name."""
    with tempfile.TemporaryDirectory() as folder:
        medium = keep(Path(folder), files.film(3, (540, 960), sound=None))
        return medium, {one.name: one.read_bytes() for one in Path(folder).iterdir()}


def film(root: Path) -> Medium:
    """Return an upright film of three seconds, which every channel takes, with its captions."""
    captions, transcript = keep_captions(root, CAPTIONS)
    kept, stored = _filmed()
    for name, content in stored.items():
        store(root, name, content)
    told = {"alt": "Il sindaco saluta", "captions": captions, "transcript": transcript}
    return kept.model_copy(update=told)


CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nBuongiorno a tutti\n"


def at_home(kind: type[Publisher], root: Path) -> BaseModel:
    """Return a config whose every folder is below `root`/home."""
    folders = {
        name: root / "home" / name
        for name, one in kind.Config.model_fields.items()
        if one.annotation in (Path, Path | None)
    }
    return kind.Config.model_validate(folders)
