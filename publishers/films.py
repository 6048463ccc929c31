"""Films: whether a channel takes one, its parts, its captions, the wait until it is processed."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from urllib3.filepost import encode_multipart_formdata

from content.media import Medium, MediumKind
from content.media.captions import cues
from content.posts import Piece
from publishers.base import Call, Rejected, Unavailable

__all__ = [
    "GOES_UP",
    "Begun",
    "FilmForm",
    "FilmLimits",
    "FilmRest",
    "Progress",
    "awaited",
    "captions_of",
    "chosen",
    "parts",
    "poster_of",
    "shown",
    "size_of",
    "srt_of",
    "unprocessable",
]

GOES_UP: Final = 200 * 1024 * 1024
"""Bytes that go up and are processed while an operation is surely ours, on a common line."""
_LOOKS: Final = 60
_SHORTEST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 10.0
"""Seconds between two looks at a film that is being processed."""
_BREATH: Final = timedelta(minutes=10)
_PART: Final = 256 * 1024
_LOST: Final = "Il filmato del post, o quello che lo accompagna, non si trova più sul disco."
_OFF_SHAPE: Final = 0.01
"""How far the sides of a film may be from 9 by 16: sizes are rounded to what encoders like."""


class Begun(Unavailable):
    """Certainly not performed, but begun under the channel's id `remote_id`, seen by nobody.

    Once the id is kept, the same operation goes on with it: `Post.begun`.
    """

    def __init__(self, reason: str, remote_id: str) -> None:
        super().__init__(reason)
        self.remote_id = remote_id


@dataclass(frozen=True, slots=True)
class FilmLimits:
    """What a channel takes of a film: its types, bytes, from and up to how many seconds, pixels.

    `upright` is the least width and height where it must stand upright, 9 by 16.
    """

    types: frozenset[str]
    size: int
    longest: float = float("inf")
    shortest: float = 0.0
    pixels: float = float("inf")
    upright: tuple[int, int] | None = None

    def take(self, film: Medium) -> bool:
        """Tell whether a film is surely taken: one whose size or length nobody knows is not."""
        if film.size is None or film.seconds is None or film.mime not in self.types:
            return False
        fits = 0 < film.size <= min(self.size, GOES_UP)
        seen = film.width * film.height <= self.pixels
        lasts = self.shortest <= film.seconds <= self.longest
        return fits and seen and lasts and (self.upright is None or _stands(film, *self.upright))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a channel is with a film; `wait` is the seconds after which it wants to be asked."""

    ready: bool = False
    failed: str | None = None
    wait: float = 0.0


class FilmForm:
    """A form with a film, for one request: read from the disk as it goes up, never held whole."""

    def __init__(
        self, film: Medium, root: Path, name: str, **fields: str | tuple[str, bytes, str]
    ) -> None:
        """Take the film's field, and the others: texts, or name, bytes and type of small files.

        Raises Rejected when the film is lost.
        """
        here = secrets.token_hex(16)
        told = [*fields.items(), (name, (film.file_name, here, film.mime))]
        body, self.kind = encode_multipart_formdata(told)
        self._head, _, self._tail = body.partition(here.encode())
        self._length = len(body) - len(here) + size_of(film, root)
        self._film, self._root = film, root

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from parts(self._film, self._root, _PART)
        yield self._tail


class FilmRest:
    """A film from one byte on, for one request: read from the disk as it goes up, never held whole.

    The operation is given more time as it goes on; raises Unavailable when there is none.
    """

    def __init__(self, film: Medium, root: Path, begin: int, call: Call | None) -> None:
        """Take where it begins; raises Rejected when the film is lost."""
        self._film, self._root, self._begin, self._call = film, root, begin, call
        self._length = size_of(film, root) - begin

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        for part in parts(self._film, self._root, _PART, self._begin):
            if self._call is not None:
                self._call.last_check()
            yield part


def shown(piece: Piece, limits: FilmLimits, pictures: int) -> tuple[Medium, ...]:
    """Return what a post shows: the first film that the channel takes, else so many pictures.

    A film that it does not take is left to the page, whose card carries its poster.
    """
    film = chosen(piece, limits)
    return (film,) if film is not None else piece.pictures[:pictures]


def chosen(piece: Piece, limits: FilmLimits) -> Medium | None:
    """Return the first film of a piece that a channel takes."""
    films = (one for one in piece.media if one.kind is MediumKind.VIDEO)
    return next((one for one in films if limits.take(one)), None)


def size_of(film: Medium, root: Path) -> int:
    """Return how many bytes a film has on the disk; raises Rejected when it is lost."""
    try:
        return (root / film.file_name).stat().st_size
    except OSError:
        raise Rejected(_LOST) from None


def parts(film: Medium, root: Path, size: int, begin: int = 0) -> Iterator[bytes]:
    """Yield a film's bytes from one on, `size` at a time; raises Rejected when it is lost."""
    try:
        with (root / film.file_name).open("rb") as opened:
            opened.seek(begin)
            while part := opened.read(size):
                yield part
    except OSError:
        raise Rejected(_LOST) from None


def captions_of(film: Medium, root: Path) -> bytes | None:
    """Return a film's captions as WebVTT, None without any; raises Rejected when they are lost."""
    return _beside(film.captions_name, root)


def poster_of(film: Medium, root: Path) -> bytes | None:
    """Return the JPEG that stands for a film, None without one; raises Rejected when it is lost."""
    return _beside(film.poster_name, root)


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
            raise unprocessable(service, seen.failed)
        if call is not None:
            call.last_check()
        time.sleep(min(max(seen.wait, _SHORTEST_WAIT), _LONGEST_WAIT))
    later = call.now + _BREATH if call is not None else None
    raise Unavailable(f"{service} sta ancora elaborando il filmato: si riprova.", later)


def unprocessable(service: str, reason: str) -> Rejected:
    """Return what is said of a film that a service cannot process."""
    return Rejected(
        f"{service} non riesce a elaborare il filmato ({reason or 'senza dire perché'}). Non è "
        "uscito niente: togli il filmato dal pezzo, o mettine uno in MP4 (H.264 e AAC), e approva "
        "di nuovo."
    )


def _stands(film: Medium, width: int, height: int) -> bool:
    """Tell whether a film is 9 by 16, near enough, and has at least so many pixels."""
    off = abs(film.width * 16 - film.height * 9)
    return off <= film.height * 9 * _OFF_SHAPE and film.width >= width and film.height >= height


def _beside(name: str | None, root: Path) -> bytes | None:
    try:
        return (root / name).read_bytes() if name is not None else None
    except OSError:
        raise Rejected(_LOST) from None


def _srt_time(moment: str) -> str:
    whole = moment if moment.count(":") > 1 else f"00:{moment}"
    return whole.replace(".", ",")
