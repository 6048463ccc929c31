"""Films on a Facebook page: reels, begun under an id before anybody can see them.

The id is kept before anything else is done, so that the video itself tells later whether it is out;
whatever happens on the way, it goes on with the same one, which cannot come out twice.

https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from content.media import Medium, MediumKind
from publishers.base import (
    Call,
    CannotTell,
    ChannelDown,
    Post,
    Published,
    Rejected,
    Unavailable,
    Unclear,
)
from publishers.films import (
    GOES_UP,
    Begun,
    FilmLimits,
    FilmRest,
    Progress,
    awaited,
    captions_of,
    poster_of,
    size_of,
    srt_of,
    unprocessable,
)

__all__ = ["FILMS", "Reels", "address", "film_of", "is_reel", "node", "reel"]

FILMS: Final = FilmLimits(
    frozenset({"video/mp4"}), GOES_UP, longest=90, shortest=3, upright=(540, 960)
)
"""Nothing is published of bytes; 24 to 60 frames in a second are judged by Facebook alone.
https://developers.facebook.com/docs/video-api/guides/reels-publishing#requirements"""
_PATIENCE: Final = 5
"""How often one looks whether the processing begins by itself, before the reel is published."""
_SLOWLY: Final = 2.0
"""Seconds between two looks at what is being published."""
_LANGUAGE: Final = "it_IT"
_BROKEN: Final = frozenset({"error", "expired", "upload_failed"})
_REEL: Final = "_reel_"
"""What stands between the numbers of a page and of a reel's video, in how we call it."""


class Graph(Protocol):
    """What is asked of a conversation with the Graph API."""

    call: Call | None
    quiet_until: datetime | None

    def look_for(self, path: str, **fields: str) -> dict[str, Any] | None:
        """Read; None when Facebook knows no such object. Raises CannotTell without an answer."""

    def send(self, video: str, rest: FilmRest, sent: int) -> None:
        """Send what of a film is not there yet; may fail freely."""

    def prepare(
        self, path: str, files: Mapping[str, tuple[str, bytes, str]] | None = None, **fields: str
    ) -> dict[str, Any]:
        """Make a call that changes nothing people see, and that may fail freely."""

    def change(self, method: str, path: str, proof: str, **fields: str) -> dict[str, Any]:
        """Make the call that changes the page, whose answer proves it by a field."""


@dataclass(frozen=True, slots=True)
class _Video:
    """How far it is: `sent` bytes are there, `busy` says that something is under way.

    `failed` says why it came to nothing, "" where nobody says why, None where it did not.
    """

    sent: int
    uploaded: bool
    processed: bool
    busy: bool
    out: bool
    failed: str | None


class _GoneError(CannotTell):
    """Facebook knows no such video; perhaps somebody deleted it once it was out."""


class Reels:
    """The reels of a page, in one conversation with the Graph API."""

    def __init__(self, graph: Graph, page_id: str, root: Path) -> None:
        """Take the page, and the folder where media are kept by hash."""
        self._graph, self._page_id, self._root = graph, page_id, root

    def publish(self, post: Post, film: Medium) -> Published:
        """Publish a film by one changing call, once it is up and processed.

        Raises Begun when it was only begun: the id must be kept before it can go on.
        """
        if post.begun is None:
            raise self._begun(film)
        try:
            out = self._made_ready(post.begun, film)
        except _GoneError:  # what was begun, and never published, is kept for a while only
            raise self._begun(film) from None
        except CannotTell as error:
            raise Unavailable(str(error)) from None
        if not out:
            self._publish(post.begun, post.text)
        return self._proof(post.begun)

    def seek(self, posts: Sequence[Post]) -> Iterator[tuple[Post, Published]]:
        """Look how the videos of posts are; raises, at the end, what kept one from being told."""
        doubt: CannotTell | Unavailable | None = None
        for post in posts:
            if post.begun is None:  # without an id, the call that publishes was never made
                continue
            try:
                out = self._is_out(post.begun)
            except (CannotTell, Unavailable) as error:
                doubt = error
                continue
            if out:
                yield post, self._proof(post.begun)
        if doubt is not None:
            raise doubt

    def _begun(self, film: Medium) -> Begun:
        size_of(film, self._root)
        told = self._graph.prepare(f"{self._page_id}/video_reels", upload_phase="start")
        video = str(told.get("video_id", ""))
        if not re.fullmatch(r"\d+", video):
            raise Unavailable("Facebook non ha cominciato a prendere il filmato.")
        return Begun("Facebook aspetta il filmato: si continua.", video)

    def _made_ready(self, video: str, film: Medium) -> bool:
        """Bring a video so far that it can be published; return whether it is out already.

        Every step may fail freely, and goes on where it was.
        """
        seen = self._look(video)
        if seen.failed is not None:
            raise unprocessable("Facebook", seen.failed)
        if not (seen.out or seen.uploaded):
            rest = FilmRest(film, self._root, seen.sent, self._graph.call)
            self._graph.send(video, rest, seen.sent)
        if not seen.out:
            seen = self._processed(video)
        if not seen.out:
            self._adorn(video, film)
        return seen.out

    def _processed(self, video: str) -> _Video:
        """Look until nothing is under way any more."""
        looks: list[_Video] = []

        def look() -> Progress:
            looks.append(seen := self._look(video))
            begun = seen.processed or len(looks) > _PATIENCE
            idle = seen.uploaded and not seen.busy and begun
            return Progress(ready=seen.out or idle, failed=seen.failed)

        awaited("Facebook", self._graph.call, look)
        return looks[-1]

    def _adorn(self, video: str, film: Medium) -> None:
        """Give a video its poster and its captions.

        https://developers.facebook.com/docs/graph-api/reference/video/thumbnails
        https://developers.facebook.com/docs/graph-api/reference/video/captions
        """
        poster, captions = poster_of(film, self._root), captions_of(film, self._root)
        if poster is not None:
            files = {"source": ("poster.jpg", poster, "image/jpeg")}
            with suppress(Rejected):  # then it is one of the film's own pictures
                self._graph.prepare(f"{video}/thumbnails", files, is_preferred="true")
        if captions is not None:
            name = f"sottotitoli.{_LANGUAGE}.srt"
            files = {"captions_file": (name, srt_of(captions), "application/x-subrip")}
            self._graph.prepare(f"{video}/captions", files, default_locale=_LANGUAGE)

    def _publish(self, video: str, words: str) -> None:
        """Publish a video and wait until it is out; raises Unclear when that is not seen.

        To have taken it is not to have published it: a part of the processing may follow.
        """
        self._graph.change(
            "POST",
            f"{self._page_id}/video_reels",
            "success",
            upload_phase="finish",
            video_id=video,
            video_state="PUBLISHED",
            description=words,
        )

        def look() -> Progress:
            try:
                seen = self._look(video)
            except (CannotTell, ChannelDown, Rejected, Unavailable):  # it says nothing of the video
                return Progress(wait=_SLOWLY)
            return Progress(ready=seen.out, failed=seen.failed, wait=_SLOWLY)

        try:
            awaited("Facebook", self._graph.call, look)
        except Unavailable:
            raise Unclear("Facebook ha preso il filmato e non l'ha ancora pubblicato.") from None

    def _is_out(self, video: str) -> bool:
        """Tell whether a video is published; raises CannotTell, or Unavailable while it may be yet.

        One that is neither published nor under way is not out: what is tried again goes on with it.
        """
        seen = self._look(video)
        if seen.busy and seen.failed is None and not seen.out:
            raise Unavailable("Facebook sta ancora elaborando il filmato.")
        return seen.out

    def _look(self, video: str) -> _Video:
        told = self._graph.look_for(video, fields="status")
        if told is None:
            raise _GoneError("Facebook non mostra più il filmato.")
        status = told.get("status")
        if not isinstance(status, dict):
            raise CannotTell("Facebook non dice a che punto è il filmato.")
        return _video(status)

    def _proof(self, video: str) -> Published:
        post_id = reel(self._page_id, video)
        return Published(post_id, address(post_id), self._graph.quiet_until)


def film_of(post: Post) -> Medium | None:
    """Return the film that a post shows, None where it shows none."""
    return next((one for one in post.media if one.kind is MediumKind.VIDEO), None)


def is_reel(post_id: str) -> bool:
    """Tell whether an id of ours is that of a reel."""
    return _REEL in post_id


def address(post_id: str) -> str:
    """Return where a reel is to be seen, by our id."""
    return f"https://www.facebook.com/reel/{node(post_id)}/"


def reel(page_id: str, video: str) -> str:
    """Return our id of a reel, by those of its page and its video."""
    return f"{page_id}{_REEL}{video}"


def node(post_id: str) -> str:
    """Return what the Graph API calls a post: a reel by its video alone."""
    return post_id.rpartition(_REEL)[2]


def _video(status: Mapping[str, Any]) -> _Video:
    phases = {
        name: told if isinstance(told := status.get(f"{name}_phase"), dict) else {}
        for name in ("uploading", "processing", "publishing")
    }
    states = {name: told.get("status") for name, told in phases.items()}
    publishing = phases["publishing"].get("publish_status", "published")
    uploading = phases["uploading"]
    sent = uploading.get("bytes_transfered", uploading.get("bytes_transferred"))  # it writes both
    return _Video(
        sent=sent if isinstance(sent, int) else 0,
        uploaded=states["uploading"] == "complete",
        processed=states["processing"] == "complete",
        busy="in_progress" in (states["processing"], states["publishing"]),
        out=states["publishing"] == "complete" and publishing == "published",
        failed=_problem(status, list(phases.values())),
    )


def _problem(status: Mapping[str, Any], phases: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why a video came to nothing, "" where nobody says why, None where it did not."""
    broken = status.get("video_status") in _BROKEN
    for one in phases:
        listed = one.get("errors")
        error = one.get("error") or (listed[0] if isinstance(listed, list) and listed else None)
        if isinstance(error, dict):
            return str(error.get("message", ""))[:200]
        broken = broken or one.get("status") == "error"
    return "" if broken else None
