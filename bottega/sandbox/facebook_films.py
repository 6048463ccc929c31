"""What Facebook keeps of reels: begun, sent, processed in its own time, published by a last call.

https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from bottega.sandbox.core import Exchange
from bottega.sandbox.facebook_posts import GraphError, words

_CAPTIONS: Final = re.compile(r"[\w-]+\.[a-z]{2}_[A-Z]{2}\.srt")
_PHASES: Final = ("uploading", "processing", "publishing")
OPERATIONS: Final = frozenset(
    {"reels.start", "reels.status", "reels.finish", "thumbnails", "captions"}
)
"""All that is about films alone, but to send one."""


@dataclass(slots=True)
class Reel:
    """A reel as Facebook holds it; `looks` is how often one must still look at its processing.

    `slow` is how often one must look, after the call that publishes it, until it is out; `patient`
    says that its processing begins no sooner than that.
    """

    id: str
    looks: int
    slow: int
    patient: bool
    total: int = 0
    content: bytes = b""
    poster: bytes = b""
    captions: str = ""
    failed: str = ""
    finished: bool = False
    out: bool = False
    description: str = ""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def uploaded(self) -> bool:
        """Whether all of it is there."""
        return 0 < self.total == len(self.content)

    @property
    def under_way(self) -> bool:
        """Whether it is being processed, or was."""
        return self.uploaded and (self.finished or not self.patient)

    def told(self) -> dict[str, Any]:
        """Return its status as the API tells it."""
        busy = "in_progress" if self.under_way else "not_started"
        states = (
            "complete" if self.uploaded else "in_progress",
            "complete" if self.under_way and not self.looks else busy,
            "complete" if self.out else "in_progress" if self.finished else "not_started",
        )
        if self.failed:
            error = {"status": "error", "error": {"message": self.failed}}
            told = status("error", *states)
            told["status"]["processing_phase"] = error
            return told
        told = status("ready" if self.out else "processing", *states)
        told["status"]["uploading_phase"]["bytes_transfered"] = len(self.content)
        return told


class Films:
    """The reels of a page, under numbers that `number` makes; `publish` puts one on the page.

    `looks`, `slow` and `patient` are what each new one begins with.
    """

    def __init__(self, number: Callable[[], str], publish: Callable[[Reel], None]) -> None:
        """Begin empty."""
        self._number, self._publish = number, publish
        self.looks, self.slow, self.patient = 2, 0, False
        self.kept: dict[str, Reel] = {}

    def operation(self, named: str, target: str, asked: Mapping[str, str]) -> str:
        """Return the name of what is asked, where it is about a reel that may not be out."""
        if named == "video_reels":
            return f"reels.{asked.get('upload_phase', 'unknown')}"
        if named == "read" and target in self.kept and asked.get("fields") == "status":
            return "reels.status"
        return named

    def act(
        self, operation: str, target: str, asked: Mapping[str, str], exchange: Exchange
    ) -> dict[str, Any]:
        """Do what `operation` names; raises GraphError."""
        if operation == "reels.start":
            made = Reel(self._number(), self.looks, self.slow, self.patient)
            self.kept[made.id] = made
            return {
                "video_id": made.id,
                "upload_url": f"https://rupload.facebook.com/video-upload/{made.id}",
            }
        reel = self._reel(asked.get("video_id", "") if operation == "reels.finish" else target)
        match operation:
            case "reels.finish":
                self._finish(reel, asked)
            case "reels.status":
                self._advance(reel)
                return {**reel.told(), "id": reel.id}
            case "thumbnails":
                _, reel.poster = exchange.files.get("source", ("", b""))
                if not reel.poster.startswith(b"\xff\xd8") or asked.get("is_preferred") != "true":
                    raise GraphError(324, "(#324) Missing or invalid image file")
            case "captions":
                self._caption(reel, *exchange.files.get("captions_file", ("", b"")))
        return {"success": True}

    def send(self, number: str, headers: Mapping[str, str], exchange: Exchange) -> Response:
        """Take what is not there yet of a film, as the host that takes films does."""
        reel, total = self.kept.get(number), headers.get("file_size", "")
        if reel is None or reel.uploaded or not total.isdigit():
            return _refused("NotFoundError", "There is no such upload")
        if headers.get("offset") != str(len(reel.content)):
            return _refused("OffsetInvalidError", "Request starting offset is invalid")
        _, content = exchange.files.get("body", ("", b""))
        reel.content, reel.total = reel.content + content, int(total)
        if not reel.uploaded:
            return _refused("PartialRequestError", "Partial request (did not match length of file)")
        if reel.content[4:8] != b"ftyp":
            reel.failed = "The file you selected is in a format that we don't support."
        return JSONResponse({"success": True})

    def _finish(self, reel: Reel, asked: Mapping[str, str]) -> None:
        if asked.get("video_state") != "PUBLISHED":
            raise GraphError(100, "(#100) The sandbox takes only reels that are published at once")
        if not reel.uploaded or reel.failed or reel.finished:
            raise GraphError(6000, "(#6000) There was a problem uploading your video file")
        reel.description = words({"message": asked.get("description", "")})
        reel.finished = True
        self._come_out(reel)

    def _advance(self, reel: Reel) -> None:
        if reel.under_way and reel.looks:
            reel.looks -= 1
        elif reel.finished and reel.slow:
            reel.slow -= 1
        self._come_out(reel)

    def _come_out(self, reel: Reel) -> None:
        if reel.finished and not (reel.out or reel.failed or reel.looks or reel.slow):
            reel.out = True
            self._publish(reel)

    def _caption(self, reel: Reel, name: str, content: bytes) -> None:
        if not _CAPTIONS.fullmatch(name) or b" --> " not in content:
            raise GraphError(386, "(#386) The captions file is not a SubRip file with a locale")
        reel.captions = content.decode()

    def _reel(self, number: str) -> Reel:
        reel = self.kept.get(number)
        if reel is None:
            raise GraphError(100, f"Object with ID '{number}' does not exist", subcode=33)
        return reel


def status(video: str, *states: str) -> dict[str, Any]:
    """Return a status as the API tells it: of the video, of each phase."""
    told: dict[str, Any] = {"video_status": video}
    for name, state in zip(_PHASES, states, strict=True):
        told[f"{name}_phase"] = {"status": state}
    return {"status": told}


def processing(mood: str) -> Response | None:
    """Return what is said of any film in a trouble of its processing, None in another."""
    match mood:
        case "processing":
            return JSONResponse(status("processing", "complete", "in_progress", "not_started"))
        case "unprocessable":
            told = status("error", "complete", "error", "not_started")
            told["status"]["processing_phase"]["error"] = {"message": "Resolution too low."}
            return JSONResponse(told)
    return None


def _refused(kind: str, message: str) -> Response:
    debug = {"retriable": False, "type": kind, "message": message}
    return JSONResponse({"debug_info": debug}, 400)
