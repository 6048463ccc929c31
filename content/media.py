"""Pictures: told by their content, bounded before decoding, stripped of metadata, kept by hash."""

import hashlib
import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 2560
_FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class MediumRefused(ValueError):
    """A file that cannot be taken; `code` says why: too_big, too_many_pixels, not_a_picture."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Medium(BaseModel):
    """One picture of a piece: its bytes by hash, its size in pixels, what it shows."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    mime: str
    width: int
    height: int
    alt: str = ""

    @property
    def file_name(self) -> str:
        """Its name below the media folder."""
        return f"{self.sha256}{'.png' if self.mime == 'image/png' else '.jpg'}"

    def read(self, root: Path) -> bytes:
        """Return its bytes from the media folder `root`."""
        return (root / self.file_name).read_bytes()


def clean(data: bytes) -> tuple[Medium, bytes]:
    """Decode a picture, turn it upright, drop its metadata and bring it to a sane size.

    Returns the medium and its bytes: JPEG, or PNG where the picture is transparent.
    Raises MediumRefused.
    """
    if len(data) > MAX_BYTES:
        raise MediumRefused("too_big")
    try:
        with Image.open(io.BytesIO(data), formats=list(_FORMATS)) as opened:
            few_enough = opened.width * opened.height <= MAX_PIXELS
            if few_enough:  # nothing is decoded before its size is known
                picture = ImageOps.exif_transpose(opened)
                picture.thumbnail((MAX_SIDE, MAX_SIDE))
                transparent = picture.has_transparency_data
                plain = picture.convert("RGBA" if transparent else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise MediumRefused("not_a_picture") from error
    if not few_enough:
        raise MediumRefused("too_many_pixels")
    plain.info.clear()
    out = io.BytesIO()
    if transparent:
        plain.save(out, "PNG", optimize=True)
    else:
        plain.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    kept = out.getvalue()
    medium = Medium(
        sha256=hashlib.sha256(kept).hexdigest(),
        mime="image/png" if transparent else "image/jpeg",
        width=plain.width,
        height=plain.height,
    )
    return medium, kept


def keep(root: Path, data: bytes) -> Medium:
    """Clean a picture and store it below `root` under its hash; raises MediumRefused."""
    medium, kept = clean(data)
    target = root / medium.file_name
    if not target.exists():
        root.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(kept)
        part.replace(target)
    return medium
