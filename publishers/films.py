"""Films: whether a channel takes one, its parts, its captions, the wait until it is processed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from content.media import Medium, MediumKind
from content.media.captions import cues
from content.posts import Piece
from publishers.base import Call, Rejected, Unavailable

__all__ = [
    "FilmLimits",
    "Progress",
    "awaited",
    "captions_of",
    "parts",
    "shown",
    "size_of",
    "srt_of",
]

GOES_UP: Final = 200 * 1024 * 1024
"""Bytes that go up and are processed while an operation is surely ours, on a common line."""
_LOOKS: Final = 60
_SHORTEST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 10.0
"""Seconds between two looks at a film that is being processed."""
_BREATH: Final = timedelta(minutes=10)
_LOST: Final = "Il filmato del post, o i suoi sottotitoli, non si trova più sul disco."


@dataclass(frozen=True, slots=True)
class FilmLimits:
    """What a channel takes of a film: its types, its bytes, from and up to how many seconds."""

    types: frozenset[str]
    size: int
    longest: float = float("inf")
    shortest: float = 0.0

    def take(self, film: Medium) -> bool:
        """Tell whether a film is surely taken: one whose size or length nobody knows is not."""
        if film.size is None or film.seconds is None or film.mime not in self.types:
            return False
        fits = 0 < film.size <= min(self.size, GOES_UP)
        return fits and self.shortest <= film.seconds <= self.longest


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a channel is with a film; `wait` is the seconds after which it wants to be asked."""

    ready: bool = False
    failed: str | None = None
    wait: float = 0.0


def shown(piece: Piece, limits: FilmLimits, pictures: int) -> tuple[Medium, ...]:
    """Return what a post shows: the first film that the channel takes, else so many pictures.

    A film that it does not take is left to the page, whose card carries its poster.
    """
    for one in piece.media:
        if one.kind is MediumKind.VIDEO and limits.take(one):
            return (one,)
    return piece.pictures[:pictures]


def size_of(film: Medium, root: Path) -> int:
    """Return how many bytes a film has on the disk; raises Rejected when it is lost."""
    try:
        return (root / film.file_name).stat().st_size
    except OSError:
        raise Rejected(_LOST) from None


def parts(film: Medium, root: Path, size: int) -> Iterator[bytes]:
    """Yield a film's bytes, `size` at a time; raises Rejected when it is lost."""
    try:
        with (root / film.file_name).open("rb") as opened:
            while part := opened.read(size):
                yield part
    except OSError:
        raise Rejected(_LOST) from None


def captions_of(film: Medium, root: Path) -> bytes | None:
    """Return a film's captions as WebVTT, None without any; raises Rejected when they are lost."""
    if film.captions_name is None:
        return None
    try:
        return (root / film.captions_name).read_bytes()
    except OSError:
        raise Rejected(_LOST) from None


def srt_of(captions: bytes) -> bytes:
    """Return captions in WebVTT as SubRip, whose times have hours and a comma."""
    blocks = [
        f"{number}\n{_srt_time(begin)} --> {_srt_time(end)}\n{words}"
        for number, (begin, end, words) in enumerate(cues(captions), 1)
    ]
    return ("\n\n".join(blocks) + "\n").encode()


def awaited(service: str, call: Call | None, look: Callable[[], Progress]) -> None:
    """Look until a film is processed.

    Raises Rejected when the service cannot process it, Unavailable when that takes too long:
    either way nothing came out.
    """
    for _ in range(_LOOKS):
        seen = look()
        if seen.ready:
            return
        if seen.failed is not None:
            raise Rejected(
                f"{service} non riesce a elaborare il filmato ({seen.failed or 'senza dire perché'}"
                "). Non è uscito niente: togli il filmato dal pezzo, o mettine uno in MP4 (H.264 e "
                "AAC), e approva di nuovo."
            )
        if call is not None:
            call.last_check()
        time.sleep(min(max(seen.wait, _SHORTEST_WAIT), _LONGEST_WAIT))
    later = call.now + _BREATH if call is not None else None
    raise Unavailable(f"{service} sta ancora elaborando il filmato: si riprova.", later)


def _srt_time(moment: str) -> str:
    whole = moment if moment.count(":") > 1 else f"00:{moment}"
    return whole.replace(".", ",")
