"""What large decoders open (films, documents, phones' photos) has a process of its own.

It has little of everything, for the files come from anyone: what breaks or swallows memory there
refuses one file, and the newsroom goes on.
"""

import hashlib
import io
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from pydantic import BaseModel, ValidationError

from content.media.medium import Medium, MediumRefused, Refusal, shown_name

PDF: Final = "pdf"
PHONE: Final = "photo of a phone"
"""A picture as phones keep it (HEIC, AVIF): its decoders are a film's."""
OFFICE: Final = "zip"
GIF: Final = "gif"
"""A picture that moves, or one that does not."""
SOUND: Final = "sound of "
"""Before the name of a recording's container: its sound alone is wanted."""
_SECONDS: Final = 120
_MEMORY: Final = 3 * 1024**3
_POSTER_QUALITY: Final = 82
_ROOM: Final = Path(__file__).parents[2]


class Outcome(BaseModel):
    """What came of a file: what it is now, or why it cannot be taken."""

    medium: Medium | None = None
    refused: Refusal | None = None


def opened(source: Path, folder: Path, form: str, name: str) -> Medium:
    """Clean a file into `folder` ("kept", and "poster" where there is one); return what it is.

    `form` is PDF, OFFICE, PHONE, GIF, or FFmpeg's name of a container. Raises MediumRefused.
    """
    command = [sys.executable, "-m", __name__, str(source), str(folder), form, name]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the name is an argument, no shell
            command,
            env={"PYTHONPATH": str(_ROOM), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        outcome = Outcome.model_validate_json(done.stdout)
    except (subprocess.TimeoutExpired, ValidationError):
        raise MediumRefused(Refusal.BROKEN) from None
    if outcome.medium is None:
        raise MediumRefused(outcome.refused or Refusal.BROKEN)
    return outcome.medium


def main(source: Path, folder: Path, form: str, name: str) -> str:
    """Do the work, within bounds; return the outcome as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        medium = _cleaned(source, folder, form, name)
    except MediumRefused as refused:
        return Outcome(refused=refused.code).model_dump_json()
    return Outcome(medium=medium).model_dump_json()


def _cleaned(source: Path, folder: Path, form: str, name: str) -> Medium:
    kept = folder / "kept"
    if form == PHONE:
        return _photo(source, kept)
    if form == GIF and not _moves(source):
        return _still(source, kept, ("GIF",))
    poster: Image.Image | None = None
    if form == PDF:
        from content.media import documents  # noqa: PLC0415 - each is large, and one is needed

        pages = documents.clean(source, kept)
        poster = documents.preview(kept)
        mime = "application/pdf"
        about: dict[str, object] = {"pages": pages, "name": shown_name(name, mime)}
    elif form == OFFICE:
        from content.media import offices  # noqa: PLC0415

        mime = offices.clean(source, kept)
        about = {"name": shown_name(name, mime)}
    elif form.startswith(SOUND):
        from content.media import recordings  # noqa: PLC0415

        mime = recordings.sound(source, kept, form.removeprefix(SOUND))
        about = {}
    else:
        from content.media import animations, recordings  # noqa: PLC0415

        one = animations.clean(source, kept) if form == GIF else None
        done = one or recordings.clean(source, kept, form)
        mime, poster = done.mime, done.poster
        about = {"seconds": done.seconds, "width": done.width, "height": done.height}
    if poster is not None:
        about["poster"] = _stored(poster, folder / "poster")
    return Medium.model_validate(
        about | {"mime": mime, "sha256": digest(kept), "size": kept.stat().st_size}
    )


def _photo(source: Path, kept: Path) -> Medium:
    from pillow_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener()
    return _still(source, kept, ("HEIF", "AVIF"))


def _moves(source: Path) -> bool:
    from content.media import animations  # noqa: PLC0415

    return animations.moves(source)


def _still(source: Path, kept: Path, formats: tuple[str, ...]) -> Medium:
    from content.media import pictures  # noqa: PLC0415

    medium, data = pictures.clean(source.read_bytes(), formats)
    kept.write_bytes(data)
    return medium


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _stored(picture: Image.Image, path: Path) -> str:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=_POSTER_QUALITY, optimize=True)
    path.write_bytes(out.getvalue())
    return hashlib.sha256(out.getvalue()).hexdigest()


if __name__ == "__main__":
    _, _source, _folder, _form, _name = sys.argv
    os.nice(5)
    sys.stdout.write(main(Path(_source), Path(_folder), _form, _name))
