"""Pictures: bounded before decoding, and drawn anew so that nothing but the picture survives."""

import hashlib
import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from content.media.medium import MAX_BYTES, Medium, MediumRefused, Refusal

MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 2560
_QUALITY: Final = 88
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


def clean(data: bytes, formats: tuple[str, ...] = _FORMATS) -> tuple[Medium, bytes]:
    """Decode a picture, turn it upright, drop its metadata and bring it to a sane size.

    `formats` are Pillow's names of those tried. Returns the medium and its bytes: JPEG, or PNG
    where the picture is transparent. Raises MediumRefused.
    """
    if len(data) > MAX_BYTES:
        raise MediumRefused(Refusal.TOO_BIG)
    plain = _decoded(data, formats)
    transparent = plain.mode == "RGBA"
    out = io.BytesIO()
    if transparent:
        plain.save(out, "PNG", optimize=True)
    else:
        plain.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    kept = out.getvalue()
    medium = Medium(
        sha256=hashlib.sha256(kept).hexdigest(),
        mime="image/png" if transparent else "image/jpeg",
        width=plain.width,
        height=plain.height,
    )
    return medium, kept


def _decoded(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=formats) as opened:
            _bound(opened.width, opened.height)  # nothing is decoded before
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediumRefused(Refusal.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise MediumRefused(Refusal.UNKNOWN) from None
    except MediumRefused:
        raise
    except (OSError, ValueError, SyntaxError):  # SyntaxError is Pillow's for a broken PNG
        raise MediumRefused(Refusal.BROKEN) from None
    plain.info.clear()
    return plain


def _bound(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise MediumRefused(Refusal.TOO_MANY_PIXELS)
