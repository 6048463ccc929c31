"""Video and sound: the streams copied as they are into a container that says nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from PIL import Image

from content.media.medium import MediumRefused, Refusal
from content.media.pictures import MAX_PIXELS

POSTER_SIDE: Final = 1280
_POSTER_AT_SECONDS: Final = 1
_WHOLE: Final = 0.9
"""How much of what a file says it lasts must be there, or else it was cut off."""
_MP4: Final = (frozenset({"h264", "hevc", "av1", "mpeg4", "vp9"}), frozenset({"aac", "mp3"}))
_WEBM: Final = (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"}))
_SOUNDS: Final = {
    "aac": ("ipod", "audio/mp4"),
    "mp3": ("mp3", "audio/mpeg"),
    "opus": ("ogg", "audio/ogg"),
    "vorbis": ("ogg", "audio/ogg"),
    "flac": ("flac", "audio/flac"),
    "pcm_s16le": ("wav", "audio/wav"),
}
_OPTIONS: Final = {
    "mp4": {"movflags": "+faststart"},
    "ipod": {"movflags": "+faststart"},
    "mp3": {"write_id3v2": "0", "id3v2_version": "0"},
}


@dataclass(frozen=True, slots=True)
class Recording:
    """What was copied: its type, its size in pixels as it is shown, how long it lasts."""

    mime: str
    seconds: float
    width: int = 0
    height: int = 0
    poster: Image.Image | None = None


def clean(source: Path, target: Path, form: str) -> Recording:
    """Copy picture and sound of a recording to `target`, without titles, places, covers or tracks.

    `form` is FFmpeg's name of the container. Raises MediumRefused.
    """
    with _opened(source, form) as opened:
        streams = _streams(opened)
        container, mime = _destination(streams)
        seconds = _copied(opened, streams, target, container)
    if not mime.startswith("video/"):
        return Recording(mime, seconds)
    with _opened(target, _READ_AS[container]) as opened:
        poster = _poster(opened)
    width, height = poster.size
    poster.thumbnail((POSTER_SIDE, POSTER_SIDE))
    return Recording(mime, seconds, width, height, poster)


def sound(source: Path, target: Path, form: str) -> str:
    """Copy the sound of a recording alone; return its type. Raises MediumRefused if it is mute."""
    with _opened(source, form) as opened:
        streams = [one for one in _streams(opened) if one.type == "audio"]
        if not streams:
            raise MediumRefused(Refusal.BROKEN)
        container, mime = _destination(streams)
        _copied(opened, streams, target, container)
    return mime


_READ_AS: Final = {"mp4": "mov", "webm": "matroska"}


@contextmanager
def _opened(source: Path, form: str) -> Iterator[InputContainer]:
    """Open a file by what its content says it is: never a playlist that names other files."""
    try:
        with av.open(str(source), "r", format=form) as opened:
            yield opened
    except (FFmpegError, ValueError, ArithmeticError) as error:
        if isinstance(error, MediumRefused):
            raise
        raise MediumRefused(Refusal.BROKEN) from error


def _streams(opened: InputContainer) -> list[Any]:
    """Return the picture and the sound, no more than one of each; a cover is not a picture."""
    attached = av.stream.Disposition.attached_pic
    videos = [one for one in opened.streams.video if not one.disposition & attached]
    found = [*videos[:1], *opened.streams.audio[:1]]
    if not found:
        raise MediumRefused(Refusal.BROKEN)
    for one in videos[:1]:
        if one.width * one.height > MAX_PIXELS:
            raise MediumRefused(Refusal.TOO_MANY_PIXELS)
        if not one.width * one.height:
            raise MediumRefused(Refusal.BROKEN)
    return found


def _destination(streams: list[Any]) -> tuple[str, str]:
    """Return container and type for these streams; only what browsers play is taken."""
    names = {one.type: one.codec_context.codec.canonical_name for one in streams}
    video, audio = names.get("video"), names.get("audio")
    if video is None:
        if audio in _SOUNDS:
            return _SOUNDS[audio]
        raise MediumRefused(Refusal.OLD_RECORDING)
    for name, (videos, audios) in (("mp4", _MP4), ("webm", _WEBM)):
        if video in videos and (audio is None or audio in audios):
            return name, f"video/{name}"
    raise MediumRefused(Refusal.OLD_RECORDING)


def _copied(opened: InputContainer, streams: list[Any], target: Path, container: str) -> float:
    """Copy packets; return the seconds that the recording lasts."""
    # What FFmpeg would sign the file with is left out: the same film has the same hash.
    options = {"fflags": "+bitexact"} | _OPTIONS.get(container, {})
    end = 0.0
    with av.open(str(target), "w", format=container, options=options) as made:
        ways = {one.index: _stream(made, one) for one in streams}
        for packet in opened.demux(streams):
            if packet.dts is None:
                continue
            if packet.pts is not None:
                last = packet.pts + (packet.duration or 0)
                end = max(end, float(last * packet.time_base))
            packet.stream = ways[packet.stream.index]
            made.mux(packet)
    start = float((opened.start_time or 0) / av.time_base)
    promised = float(opened.duration / av.time_base) if opened.duration else 0.0
    lasts = end - max(start, 0.0)
    if lasts <= 0 or lasts < promised * _WHOLE:
        raise MediumRefused(Refusal.BROKEN)
    return round(lasts, 2)


def _stream(made: OutputContainer, like: Any) -> Any:
    stream = made.add_stream_from_template(like)
    stream.metadata.clear()
    return stream


def _poster(opened: InputContainer) -> Image.Image:
    """Return an early picture of a video, upright."""
    shown = None
    video = opened.streams.video[0]
    video.codec_context.skip_frame = "NONKEY"
    for frame in opened.decode(video):
        shown = frame
        if frame.time is None or frame.time >= _POSTER_AT_SECONDS:
            break
    if shown is None:
        raise MediumRefused(Refusal.BROKEN)
    picture: Image.Image = shown.to_image()  # type: ignore[no-untyped-call]
    return picture.rotate(shown.rotation, expand=True) if shown.rotation else picture
