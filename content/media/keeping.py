"""Keeping a file: told by its content, cleaned by its kind, stored under its hash."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import puremagic

from content.media import apart, captions, pictures
from content.media.medium import MAX_BYTES, Medium, MediumKind, MediumRefused, Refusal

_HEAD: Final = 4096
_PART: Final = ".part-"
_SIGN_WITHIN: Final = 1024
_PICTURE: Final = "picture"
CAPTIONS: Final = "captions"
_TAKEN: Final = {
    "image/jpeg": _PICTURE,
    "image/png": _PICTURE,
    "image/webp": _PICTURE,
    "image/gif": apart.GIF,
    "video/mp4": "mov",
    "audio/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/x-m4v": "mov",
    "video/webm": "matroska",
    "application/x-matroska": "matroska",
    "video/x-matroska": "matroska",
    "application/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wave": "wav",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "application/pdf": apart.PDF,
    "text/vtt": CAPTIONS,
}
_REFUSED: Final = {
    "image/svg+xml": Refusal.SVG,
    "video/x-msvideo": Refusal.OLD_RECORDING,
    "video/avi": Refusal.OLD_RECORDING,
    "video/x-ms-wmv": Refusal.OLD_RECORDING,
    "video/x-ms-asf": Refusal.OLD_RECORDING,
    "video/mpeg": Refusal.OLD_RECORDING,
    "video/x-flv": Refusal.OLD_RECORDING,
    "audio/amr": Refusal.OLD_RECORDING,
}
_PHONES: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif")
"""Brands of the pictures that phones keep, which the library takes for films at times."""
_SIGNS: Final = {b"%PDF-": apart.PDF, b"PK\x03\x04": apart.OFFICE, b"WEBVTT": CAPTIONS}
"""What tells a file that the library does not: a PDF after other bytes, any ZIP."""


def keep(root: Path, data: bytes, name: str = "") -> Medium:
    """Clean a file and store it below `root` under its hash.

    `name` is what its sender called it; what it is, its content says. Raises MediumRefused.
    """
    if len(data) > MAX_BYTES:
        raise MediumRefused(Refusal.TOO_BIG)
    form = form_of(data[:_HEAD])
    if form == _PICTURE:
        medium, kept = pictures.clean(data)
        store(root, medium.file_name, kept)
        return medium
    with _workplace(root) as folder:
        source = folder / "source"
        source.write_bytes(data)
        return _kept(root, folder, source, form, name)


def keep_file(root: Path, source: Path, name: str = "") -> Medium:
    """Do what `keep` does for a file on disk of any size; it stays where it is."""
    with source.open("rb") as read:
        form = form_of(read.read(_HEAD))
    if form in (_PICTURE, apart.PHONE, apart.GIF):
        if source.stat().st_size > MAX_BYTES:
            raise MediumRefused(Refusal.TOO_BIG)
        return keep(root, source.read_bytes(), name)
    with _workplace(root) as folder:
        return _kept(root, folder, source, form, name)


def keep_captions(root: Path, data: bytes) -> tuple[str, str]:
    """Store captions (WebVTT) below `root`; return their hash, and what is said in them.

    Raises MediumRefused.
    """
    cues = captions.cues(data)
    kept = captions.written(cues)
    sha256 = hashlib.sha256(kept).hexdigest()
    store(root, f"{sha256}.vtt", kept)
    return sha256, captions.spoken(cues)


def soundtrack(root: Path, medium: Medium) -> tuple[bytes, str] | None:
    """Return the sound of a kept recording, and a file name for it; None for a mute one."""
    if medium.kind is MediumKind.AUDIO:
        return medium.read(root), medium.file_name
    source = root / medium.file_name
    with _workplace(root) as folder, source.open("rb") as read:
        form = f"{apart.SOUND}{form_of(read.read(_HEAD))}"
        try:
            sound = apart.opened(source, folder, form, "")
        except MediumRefused:
            return None
        return (folder / "kept").read_bytes(), sound.file_name


def form_of(head: bytes) -> str:
    """Return what the first bytes of a file say it is: a picture, CAPTIONS, a form of `apart`.

    Raises MediumRefused for what is taken in no form.
    """
    if head[4:8] == b"ftyp" and head[8:12] in _PHONES:
        return apart.PHONE
    try:
        mimes = [one.mime_type for one in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        mimes = []
    for mime in mimes:
        if mime in _TAKEN:
            return _TAKEN[mime]
        if mime in _REFUSED:
            raise MediumRefused(_REFUSED[mime])
    for sign, form in _SIGNS.items():
        if sign in head[:_SIGN_WITHIN]:
            return form
    raise MediumRefused(Refusal.SVG if b"<svg" in head else Refusal.UNKNOWN)


def store(root: Path, name: str, data: bytes) -> None:
    """Put a file below `root`, whole or not at all."""
    if (root / name).exists():
        return
    with _workplace(root) as folder:
        (folder / name).write_bytes(data)
        _settle(folder / name, root / name)


def discard_unfinished(root: Path, *, before: datetime) -> int:
    """Delete what a crash left half-done below `root` before a moment; return how many."""
    left = [one for one in root.glob(f"{_PART}*") if one.stat().st_mtime < before.timestamp()]
    for one in left:
        shutil.rmtree(one, ignore_errors=True)
    return len(left)


def _kept(root: Path, folder: Path, source: Path, form: str, name: str) -> Medium:
    if form == CAPTIONS:
        raise MediumRefused(Refusal.NOT_CAPTIONS)
    medium = apart.opened(source, folder, form, name)
    if medium.poster_name is not None:
        _settle(folder / "poster", root / medium.poster_name)
    _settle(folder / "kept", root / medium.file_name)
    return medium


def _settle(part: Path, target: Path) -> None:
    """Give a finished file its name, once its bytes are on the disk."""
    if not target.exists():
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)


@contextmanager
def _workplace(root: Path) -> Iterator[Path]:
    """Give a folder on the same disk as `root`, gone at the end."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=_PART) as folder:
        yield Path(folder)
