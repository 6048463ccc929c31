"""Voice notes: a browser records WebM, the apps of Telegram send Ogg with Opus."""

import io

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

_OGG = b"OggS"


def as_voice(recording: bytes) -> bytes:
    """Return a recording as the apps would send it; what nobody can open stays as it is.

    https://core.telegram.org/bots/api#sendvoice
    """
    if recording.startswith(_OGG):
        return recording
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(recording), "r") as given, av.open(out, "w", format="ogg") as made:
            _write(given, made)
    except (FFmpegError, IndexError, ValueError):
        return recording
    return out.getvalue()


def _write(given: InputContainer, made: OutputContainer) -> None:
    voice = made.add_stream("libopus", rate=48_000)
    for frame in given.decode(given.streams.audio[0]):
        made.mux(voice.encode(frame))
    made.mux(voice.encode(None))
