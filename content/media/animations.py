"""Animated pictures (GIF): drawn anew as films without sound, which channels and browsers play."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from PIL import Image, ImageSequence, UnidentifiedImageError

from content.media.medium import MediumRefused, Refusal
from content.media.pictures import MAX_PIXELS
from content.media.recordings import POSTER_SIDE, Recording

_SHORTEST: Final = 20
_USUAL: Final = 100
"""Milliseconds: what shows for less than the first does so for the second in every browser."""
_MILLISECOND: Final = Fraction(1, 1000)
_CODEC: Final = "libx264"


def moves(source: Path) -> bool:
    """Tell whether a GIF has more than one picture. Raises MediumRefused."""
    with _opened(source) as opened:
        return bool(getattr(opened, "is_animated", False))


def clean(source: Path, target: Path) -> Recording:
    """Draw a GIF's pictures to `target`, on white, each for its time. Raises MediumRefused."""
    with _opened(source) as opened:
        size = _even(opened.size)
        drawn = _drawn(opened, size)
        try:
            poster, lasts = _filmed(drawn, size, target)
        except (OSError, ValueError, SyntaxError, EOFError):  # as Pillow tells a broken file
            raise MediumRefused(Refusal.BROKEN) from None
    return Recording("video/mp4", round(lasts / 1000, 2), *size, poster)


def _opened(source: Path) -> Image.Image:
    try:
        opened = Image.open(source, formats=("GIF",))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediumRefused(Refusal.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise MediumRefused(Refusal.BROKEN) from None
    if opened.width * opened.height > MAX_PIXELS:
        raise MediumRefused(Refusal.TOO_MANY_PIXELS)
    return opened


def _even(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of a film for a picture's: no larger than sane, and even, as films are."""
    scale = min(1.0, POSTER_SIDE / max(size))
    width, height = (max(2, round(side * scale / 2) * 2) for side in size)
    return width, height


def _drawn(opened: Image.Image, size: tuple[int, int]) -> Iterator[tuple[Image.Image, int]]:
    """Yield each picture, and for how many milliseconds it shows."""
    for one in ImageSequence.Iterator(opened):
        seen = one.convert("RGBA")
        flat = Image.new("RGB", seen.size, "white")
        flat.paste(seen, mask=seen)
        shows = int(one.info.get("duration") or 0)
        yield flat.resize(size), shows if shows >= _SHORTEST else _USUAL


def _filmed(
    drawn: Iterator[tuple[Image.Image, int]], size: tuple[int, int], target: Path
) -> tuple[Image.Image, int]:
    """Write a film; return its first picture, and the milliseconds that it lasts."""
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    poster, at, shows = None, 0, 0
    with av.open(str(target), "w", format="mp4", options=options) as made:
        video: Any = made.add_stream(_CODEC, rate=1000 // _SHORTEST)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        for picture, shows in drawn:
            made.mux(video.encode(_frame(picture, at)))
            poster, at = poster or picture, at + shows
        if poster is None:
            raise ValueError("no picture")
        if shows > _SHORTEST:  # or the last would be gone at once
            made.mux(video.encode(_frame(picture, at - _SHORTEST)))
        made.mux(video.encode(None))
    return poster, at


def _frame(picture: Image.Image, at: int) -> Any:
    frame: Any = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    frame.pts, frame.time_base = at, _MILLISECOND
    return frame
