"""What a file of a piece is known by, once it is kept."""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

MAX_BYTES: Final = 20 * 1024 * 1024
"""What Telegram hands to a bot: https://core.telegram.org/bots/api#getfile"""
LONGEST_NAME: Final = 100

_SUFFIXES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/wav": ".wav",
    "application/pdf": ".pdf",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}


class MediumKind(StrEnum):
    """What people do with a file: look, watch, listen, read."""

    PICTURE = "picture"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class Refusal(StrEnum):
    """Why a file cannot be taken."""

    TOO_BIG = "too_big"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    SWELLS = "swells"
    BROKEN = "broken"
    PROTECTED = "protected"
    MACROS = "macros"
    SVG = "svg"
    OLD_RECORDING = "old_recording"
    NOT_CAPTIONS = "not_captions"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    UNKNOWN = "unknown"


class MediumRefused(ValueError):
    """A file that cannot be taken; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


class Medium(BaseModel):
    """One file of a piece: its bytes by hash, its size in pixels, what it shows.

    `name` is a document's as its sender called it, `seconds` how long a recording lasts, `size`
    in bytes. `poster` is the hash of a JPEG that stands for a video or a document, `captions` that
    of a WebVTT file; `transcript` is what is said, without times. `caption` is what the column
    writes below a picture, `credit` whose it is where no piece says that of all its pictures.
    """

    model_config = ConfigDict(frozen=True)

    sha256: str
    mime: str
    width: int = 0
    height: int = 0
    alt: str = ""
    name: str | None = None
    size: int | None = None
    seconds: float | None = None
    pages: int | None = None
    poster: str | None = None
    captions: str | None = None
    transcript: str | None = None
    caption: str | None = None
    credit: str | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_there(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Say of a picture what was always said: posts approved before keep their hash."""
        said: dict[str, Any] = plain(self)
        return {name: value for name, value in said.items() if value is not None}

    @property
    def kind(self) -> MediumKind:
        """What people do with it."""
        match self.mime.partition("/")[0]:
            case "image":
                return MediumKind.PICTURE
            case "video":
                return MediumKind.VIDEO
            case "audio":
                return MediumKind.AUDIO
            case _:
                return MediumKind.DOCUMENT

    @property
    def is_seen(self) -> bool:
        """Whether people look at it, so that who cannot see needs it told."""
        return self.kind in (MediumKind.PICTURE, MediumKind.VIDEO)

    @property
    def file_name(self) -> str:
        """Its name below the media folder."""
        return f"{self.sha256}{suffix_of(self.mime)}"

    @property
    def poster_name(self) -> str | None:
        """The name of the picture that stands for it, below the media folder."""
        return f"{self.poster}.jpg" if self.poster else None

    @property
    def captions_name(self) -> str | None:
        """The name of its captions, below the media folder."""
        return f"{self.captions}.vtt" if self.captions else None

    def read(self, root: Path) -> bytes:
        """Return its bytes from the media folder `root`."""
        return (root / self.file_name).read_bytes()


def suffix_of(mime: str) -> str:
    """Return the end of a file's name, by its type; that of a JPEG for one that is not known."""
    return _SUFFIXES.get(mime, ".jpg")


def shown_name(given: str, mime: str) -> str:
    """Return a file's name as it may be shown: no folder, no sign that misleads, its true end."""
    stem = Path(given.replace("\\", "/")).name
    readable = "".join(one for one in stem if one.isprintable() and one not in '<>:"|?*')
    end = suffix_of(mime)
    base = readable[: -len(end)] if readable.lower().endswith(end) else Path(readable).stem
    return f"{base.strip(' .')[: LONGEST_NAME - len(end)] or 'documento'}{end}"
